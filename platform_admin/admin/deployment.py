from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyAdmin, ReadOnlyInline
from platform_admin.admin.columns import deployment_state, text_block, when, with_shape
from platform_admin.admin.site import site
from platform_admin.models import Deployment, DeploymentStep
from platform_admin.pages.words import duration
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deployments import cancel


class StepInline(ReadOnlyInline):
    model = DeploymentStep
    fields = ("name", "of", "how", "started_at", "took", "said")
    ordering = ("started_at", "id")
    verbose_name_plural = "steps"

    @admin.display(description="service")
    def of(self, step: DeploymentStep) -> str:
        return step.service.name if step.service else ""

    @admin.display(description="state")
    def how(self, step: DeploymentStep) -> str:
        return with_shape(step.state, step.get_state_display())

    @admin.display(description="took")
    def took(self, step: DeploymentStep) -> str:
        if step.finished_at is None:
            return ""
        return duration((step.finished_at - step.started_at).total_seconds())

    @admin.display(description="output")
    def said(self, step: DeploymentStep) -> SafeString | str:
        return text_block(step.output)


@admin.register(Deployment, site=site)
class DeploymentAdmin(ReadOnlyAdmin):
    """Deployments with their steps; what can be done is to cancel one that goes on."""

    fieldsets = (
        (None, {"fields": ("environment", "number", "release", "touched", "how", "reason")}),
        ("What proves it", {"fields": ("proved",), "classes": ("collapse",)}),
        (
            "When and who",
            {"fields": ("actor", "created_at", "started_at", "finished_at", "due_at")},
        ),
        (
            "Who works on it",
            {
                "fields": ("lease_holder", "lease_until", "cancel_requested", "cancel_reason"),
                "classes": ("collapse",),
            },
        ),
    )
    inlines = (StepInline,)
    actions_detail = ("cancel_it",)
    list_display = (
        "__str__",
        "how",
        "team",
        "release_number",
        "touched",
        "actor",
        when("created_at", "began"),
        when("finished_at", "ended"),
        "reason",
    )
    list_filter = ("state", "environment__app__team")
    list_select_related = ("environment__app__team", "release", "actor")
    search_fields = ("environment__app__slug", "environment__slug", "reason")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.display(description="state", ordering="state")
    def how(self, deployment: Deployment) -> str:
        return deployment_state(deployment)

    @admin.display(description="team", ordering="environment__app__team__slug")
    def team(self, deployment: Deployment) -> str:
        return str(deployment.environment.app.team)

    @admin.display(description="release", ordering="release__number")
    def release_number(self, deployment: Deployment) -> int:
        return deployment.release.number

    @admin.display(description="services")
    def touched(self, deployment: Deployment) -> str:
        return ", ".join(deployment.services.order_by("name").values_list("name", flat=True))

    @admin.display(description="log")
    def proved(self, deployment: Deployment) -> SafeString | str:
        return text_block(deployment.proof)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """No button to cancel what has ended."""
        deployment = self.get_object(request, str(object_id))
        if deployment is None or deployment.ended:
            return []
        found_actions: list[Any] = super().get_actions_detail(  # type: ignore[misc]
            request, object_id
        )
        return found_actions

    @button("Cancel", "cancel")
    def cancel_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks the deployment to put back what was live."""
        deployment = found(self, request, object_id)
        question = Question(
            title=f"Cancel {deployment}?",
            sentences=("What was live before goes on, and what was begun is taken back.",),
            button="Cancel the deployment",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            cancel(actor, deployment)
            return Done(f"Deployment {deployment.number} puts back what was live.", deployment)

        return ask(self, request, deployment, question, do)

    def view_on_site(self, deployment: Deployment) -> str:
        environment = deployment.environment
        address = [environment.app.slug, environment.slug, deployment.number]
        return reverse("deployment", args=address)
