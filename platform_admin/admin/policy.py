from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.site import site
from platform_admin.forms.seen import SeenField, as_seen
from platform_admin.models import ScalingPolicy
from platform_admin.rules.policy import PolicyFields, told
from platform_admin.rules.schedules import in_words, read
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.policies import pause_scaling, policy_fields, resume_scaling, save_policy

NAMES = tuple(name for name in PolicyFields.__dataclass_fields__ if name != "windows")


class PolicyForm(VerbForm):
    """What is wanted of a service's size; the windows of its schedule are left as they are.

    `seen` is what it was when the form was opened.
    """

    seen = SeenField()

    class Meta:
        model = ScalingPolicy
        fields = NAMES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = as_seen(told(policy_fields(self.instance)))

    def call(self, actor: Actor) -> ScalingPolicy:
        given = {name: self.cleaned_data[name] for name in NAMES}
        fields = PolicyFields(**given, windows=read(self.instance.windows))
        return save_policy(actor, self.instance.service, fields, seen=self.cleaned_data["seen"])


@admin.register(ScalingPolicy, site=site)
class ScalingPolicyAdmin(VerbAdmin):
    """What is wanted of each service's size; a policy is made with its service."""

    form = PolicyForm
    addable = False
    fieldsets = (
        (
            "Who decides",
            {
                "fields": (
                    "service", "mode", "strategy", "paused", "paused_at", "version", "seen",
                )
            },
        ),
        (
            "Web and private",
            {
                "fields": (
                    "latency_ms", "late_price", "guard_s", "recovery_s", "metric", "metric_target",
                )
            },
        ),
        ("Worker", {"fields": ("queue", "drain_s", "jobs_per_worker")}),
        ("How closely", {"fields": ("tolerance", "start_up_s")}),
        (
            "How fast it grows",
            {
                "fields": (
                    "up_percent", "up_instances", "up_period_s", "up_window_s", "up_cooldown_s",
                )
            },
        ),
        (
            "How fast it shrinks",
            {
                "fields": (
                    "down_percent", "down_instances", "down_period_s", "down_window_s",
                    "down_cooldown_s",
                )
            },
        ),
        ("When nothing is known", {"fields": ("unknown", "unknown_after_s", "floor")}),
        (
            "Schedule",
            {
                "fields": ("time_zone", "schedule"),
                "description": "Windows are added and removed on the service's Scaling page.",
            },
        ),
    )  # fmt: skip
    readonly_fields = ("service", "paused", "paused_at", "version", "schedule")
    actions_detail = ("pause", "resume")
    list_display = (
        "service",
        "team",
        "mode",
        "strategy",
        "target",
        "bounds",
        when("paused_at", "paused"),
    )
    list_filter = ("mode", "paused", "service__kind", "service__environment__app__team")
    list_select_related = ("service__environment__app__team",)
    search_fields = ("service__slug_row__slug", "queue")
    ordering = ("service__slug_row",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScalingPolicy]:
        rows: QuerySet[ScalingPolicy] = super().get_queryset(request)
        return rows.select_related("service__environment__app__team")

    @admin.display(description="team")
    def team(self, policy: ScalingPolicy) -> str:
        return str(policy.service.environment.app.team)

    @admin.display(description="target")
    def target(self, policy: ScalingPolicy) -> str:
        """The first signal in words."""
        if policy.latency_ms:
            return f"p95 within {policy.latency_ms} ms"
        if policy.drain_s:
            return f"{policy.queue or 'no queue'}: within {policy.drain_s} s"
        return "none"

    @admin.display(description="bounds")
    def bounds(self, policy: ScalingPolicy) -> str:
        return f"{policy.service.minimum} to {policy.service.maximum}"

    @admin.display(description="windows")
    def schedule(self, policy: ScalingPolicy) -> str:
        """The windows in words."""
        return in_words(read(policy.windows)) or "none"

    @button("Pause", "pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The count stays where it is."""
        policy = found(self, request, object_id)
        question = Question(
            title=f"Pause the scaling of {policy.service}?",
            sentences=("Its count stays where it is until somebody resumes it.",),
            button="Pause",
        )

        def do(actor: Actor, given: dict[str, Any]) -> Done:
            return Done(f"{policy.service} stays.", pause_scaling(actor, policy.service))

        return ask(self, request, policy, question, do)

    @button("Resume", "play_arrow")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The count follows again."""
        policy = found(self, request, object_id)
        question = Question(
            title=f"Resume the scaling of {policy.service}?",
            sentences=("From the next tick on its policy is followed again.",),
            button="Resume",
        )

        def do(actor: Actor, given: dict[str, Any]) -> Done:
            return Done(f"{policy.service} is followed.", resume_scaling(actor, policy.service))

        return ask(self, request, policy, question, do)

    def view_on_site(self, policy: ScalingPolicy) -> str:
        environment = policy.service.environment
        address = [environment.app.slug, environment.slug, policy.service.name]
        return reverse("service_scaling", args=address)
