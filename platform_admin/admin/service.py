from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from jobs.deploy.preview import live_preview
from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.columns import json_block
from platform_admin.admin.deletion import ask_deletion
from platform_admin.admin.forms import VerbForm, leave_to_rules, number, text
from platform_admin.admin.secret import ask_secret
from platform_admin.admin.site import site
from platform_admin.models import ColourName, Link, Service, Variable
from platform_admin.pages.registered import job_by_hand
from platform_admin.rules.fields import ServiceFields
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.restarts import restart
from platform_admin.verbs.services import change_service, create_service, fields_of
from platform_admin.verbs.suspending import resume, suspend

MOVED_ON = "Somebody else changed the count meanwhile: look at the new one, then set it again."
GIVEN = (
    "name", "kind", "image", "command", "release_command", "port", "health_path", "cpu_mhz",
    "memory_mb", "start_limit_s", "kill_timeout_s", "minimum", "maximum", "protocol",
    "check_interval_s", "check_timeout_s", "user", "memory_max_mb", "disk_mb", "drain_s",
    "kill_signal", "spread",
)  # fmt: skip


class ServiceForm(VerbForm):
    """A service of the draft."""

    class Meta:
        model = Service
        fields = ("environment", "artifact", *GIVEN)
        widgets = {
            "command": UnfoldAdminTextInputWidget,
            "release_command": UnfoldAdminTextInputWidget,
        }

    def call(self, actor: Actor) -> Service:
        given = self.cleaned_data
        if self.instance.pk is None:
            return create_service(actor, given["environment"], self._fields())
        return change_service(actor, self.instance, self._fields())

    def _fields(self) -> ServiceFields:
        given = self.cleaned_data
        values = {name: given.get(name, getattr(self.instance, name)) for name in GIVEN}
        artifact = given["artifact"]
        values["artifact_id"] = artifact.pk if artifact else None
        return replace(fields_of(self.instance), **values)


class DesiredForm(forms.Form):
    """How many instances, and why."""

    count = number("Instances")
    reason = text("Why", "For the record; may be empty.", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_to_rules(self.fields["count"])


class LinkInline(ReadOnlyInline):
    model = Link
    fk_name = "service"
    fields = ("variable", "to_service", "to_resource", "property", "opens")


class VariableInline(ReadOnlyInline):
    model = Variable
    fields = ("name", "secret", "value", "removed", "opens")


@admin.register(Service, site=site)
class ServiceAdmin(VerbAdmin):
    """Services of the draft, with the jobs that they are and will be."""

    form = ServiceForm
    add_form = ServiceForm
    add_fields = (
        "environment", "kind", "name", "artifact", "image", "command", "release_command", "port",
        "health_path", "start_limit_s", "kill_timeout_s", "cpu_mhz", "memory_mb", "minimum",
        "maximum",
    )  # fmt: skip
    fieldsets = (
        ("What it is", {"fields": ("environment", "name", "kind")}),
        ("What runs", {"fields": ("artifact", "image", "command", "release_command")}),
        ("How it is reached", {"fields": ("port", "health_path")}),
        ("How it starts and ends", {"fields": ("start_limit_s", "kill_timeout_s")}),
        ("How large, how many", {"fields": ("cpu_mhz", "memory_mb", "minimum", "maximum", "now")}),
        (
            "Options",
            {
                "fields": (
                    "user",
                    "kill_signal",
                    "protocol",
                    "drain_s",
                    "check_interval_s",
                    "check_timeout_s",
                    "memory_max_mb",
                    "disk_mb",
                    "spread",
                    "ports",
                    "constraints",
                    "restart",
                ),
                "classes": ("collapse",),
                "description": "Empty is Muster's choice. Lists are changed on the team's page.",
            },
        ),
        (
            "The Nomad job that the draft becomes",
            {
                "fields": ("drafted",),
                "classes": ("collapse",),
                "description": "As nomad job run -json takes it.",
            },
        ),
        ("The entries in Consul", {"fields": ("entries",), "classes": ("collapse",)}),
        ("Blue as it is registered", {"fields": ("blue",), "classes": ("collapse",)}),
        ("Green as it is registered", {"fields": ("green",), "classes": ("collapse",)}),
    )
    readonly_fields = (
        "environment", "name", "now", "drafted", "entries", "blue", "green", "ports",
        "constraints", "restart",
    )  # fmt: skip
    autocomplete_fields = ("environment", "artifact")
    inlines = (LinkInline, VariableInline)
    actions_detail = (
        "desired_by_hand", "restart_it", "suspend_it", "resume_it", "new_secret", "delete_it",
    )  # fmt: skip
    actions_row = ("desired_by_hand",)
    list_display = ("__str__", "team", "kind", "running", "bounds", "source")
    list_filter = ("kind", "environment__app__team")
    list_select_related = ("environment__app__team", "artifact", "rollout")
    search_fields = ("slug_row__slug", "image")
    ordering = ("slug_row",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        healthy = Q(instances__healthy=True, instances__ended=False, instances__draining=False)
        rows: QuerySet[Service] = super().get_queryset(request)
        return rows.annotate(healthy=Count("instances", filter=healthy))

    @admin.display(description="team", ordering="environment__app__team__slug")
    def team(self, service: Service) -> str:
        return str(service.environment.app.team)

    @admin.display(description="healthy", ordering="desired")
    def running(self, service: Any) -> str:
        return f"{service.healthy}/{service.desired}" if service.rollout.live else "never live"

    @admin.display(description="bounds")
    def bounds(self, service: Service) -> str:
        return f"{service.minimum} to {service.maximum}"

    @admin.display(description="runs")
    def source(self, service: Service) -> str:
        return str(service.artifact or service.image)

    @admin.display(description="instances")
    def now(self, service: Any) -> str:
        """The count; it is no part of the draft, so it has a button of its own."""
        said = f"{service.desired} wanted, {service.healthy} healthy"
        return f"{said}, suspended" if service.suspended_at else said

    @admin.display(description="job")
    def drafted(self, service: Service) -> SafeString | str:
        preview = live_preview(service)
        return json_block(preview.job) if preview else "The cell's drivers can not run it."

    @admin.display(description="services")
    def entries(self, service: Service) -> SafeString | str:
        preview = live_preview(service)
        return json_block(preview.consul) if preview else ""

    @admin.display(description="job")
    def blue(self, service: Service) -> SafeString | str:
        return _registered(service, ColourName.BLUE)

    @admin.display(description="job")
    def green(self, service: Service) -> SafeString | str:
        return _registered(service, ColourName.GREEN)

    @button("Set desired", "tune")
    def desired_by_hand(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How many instances are wanted, by hand."""
        service = found(self, request, object_id)
        question = Question(
            title=f"How many instances of {service}?",
            sentences=(
                f"{service.desired} are wanted now.",
                f"{service.minimum} to {service.maximum} are allowed; what is taken away drains.",
            ),
            button="Set",
            form=DesiredForm,
            initial={"count": service.desired},
            renamed={"desired": "count"},
        )

        def do(actor: Actor, given: dict[str, Any]) -> Done:
            count = given["count"]
            if not set_desired(actor, service, count, reason=given["reason"]):
                raise Invalid({"desired": [MOVED_ON]})
            return Done(f"{service} will run {count}.", service)

        return ask(self, request, service, question, do)

    @button("Restart", "restart_alt")
    def restart_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What is live, once more on the other colour."""
        service = found(self, request, object_id)
        question = Question(
            title=f"Restart {service}?",
            sentences=(
                "New instances of what is live take over from the old ones; no request fails.",
            ),
            button="Restart",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            made = restart(actor, service)
            return Done(f"Deployment {made.number} restarts it.", made)

        return ask(self, request, service, question, do)

    @button("Suspend", "pause")
    def suspend_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nothing of it runs until somebody resumes it."""
        service = found(self, request, object_id)
        question = Question(
            title=f"Suspend {service}?",
            sentences=(
                "Its instances drain, and none runs until somebody resumes it.",
                "Neither minimum nor schedule, load or queue wake it. Its jobs stay in Nomad.",
            ),
            button="Suspend",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            return Done(f"{suspend(actor, service)} is suspended.", service)

        return ask(self, request, service, question, do)

    @button("Resume", "play_arrow")
    def resume_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It runs as many as before it was suspended."""
        service = found(self, request, object_id)
        question = Question(
            title=f"Resume {service}?",
            sentences=("It has as many instances again as before, inside bounds and quota.",),
            button="Resume",
        )

        def do(actor: Actor, given: object) -> Done:
            return Done(f"{service} runs {resume(actor, service).desired} again.", service)

        return ask(self, request, service, question, do)

    @button("Set a secret", "key")
    def new_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A secret of this service alone."""
        service = found(self, request, object_id)
        return ask_secret(self, request, service, service.environment, service)

    @button("Delete", "delete")
    def delete_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes it away for ever."""
        return ask_deletion(self, request, found(self, request, object_id))

    def view_on_site(self, service: Service) -> str:
        environment = service.environment
        return reverse("service", args=[environment.app.slug, environment.slug, service.name])


def _registered(service: Service, colour: str) -> SafeString | str:
    row = service.colours.filter(colour=colour).first()
    return json_block(job_by_hand(row) if row else None) or "It is not registered."
