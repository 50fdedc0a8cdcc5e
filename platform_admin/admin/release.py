from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyAdmin, ReadOnlyInline
from platform_admin.admin.columns import json_block, when
from platform_admin.admin.site import site
from platform_admin.models import Deployment, Release
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deployments import deploy, touched_services


class DeploymentInline(ReadOnlyInline):
    model = Deployment
    fields = ("number", "state", "actor", "created_at", "finished_at", "opens")
    ordering = ("-number",)


@admin.register(Release, site=site)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases, which nothing changes; what can be done is to deploy one."""

    fields = (
        "environment", "number", "note", "author", "created_at", "restores", "digest", "content"
    )  # fmt: skip
    inlines = (DeploymentInline,)
    actions_detail = ("deploy_it",)
    actions_row = ("deploy_it",)
    list_display = ("__str__", "team", "note", "author", "restores_of", when("created_at", "made"))
    list_filter = ("environment__app__team",)
    list_select_related = ("environment__app__team", "author", "restores")
    search_fields = ("environment__app__slug", "environment__slug", "note", "digest")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.display(description="team", ordering="environment__app__team__slug")
    def team(self, release: Release) -> str:
        return str(release.environment.app.team)

    @admin.display(description="content of", ordering="restores")
    def restores_of(self, release: Release) -> str:
        return f"release {release.restores.number}" if release.restores else ""

    @admin.display(description="document")
    def content(self, release: Release) -> SafeString | str:
        return json_block(release.document)

    @button("Deploy", "rocket_launch")
    def deploy_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Brings this release live."""
        release = found(self, request, object_id)
        question = Question(
            title=f"Deploy {release}?",
            sentences=(_touched(release), "A failure puts back what is live."),
            button="Deploy",
        )

        def do(actor: Actor, given: object) -> Done:
            made = deploy(actor, release)
            return Done(f"Deployment {made.number} is on its way.", made)

        return ask(self, request, release, question, do)

    def view_on_site(self, release: Release) -> str:
        environment = release.environment
        return reverse("release", args=[environment.app.slug, environment.slug, release.number])


def _touched(release: Release) -> str:
    names = ", ".join(service.name for service in touched_services(release))
    if not names:
        return "No service differs from what is live."
    return f"These services get new instances: {names}."
