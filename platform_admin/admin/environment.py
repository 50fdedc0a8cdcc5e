from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.deletion import ask_deletion
from platform_admin.admin.forms import VerbForm, text
from platform_admin.admin.secret import ask_secret
from platform_admin.admin.site import site
from platform_admin.models import Deployment, Environment, Release, Resource, Service
from platform_admin.verbs import restarts, suspending
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.deployments import deploy, roll_back
from platform_admin.verbs.releases import release


class EnvironmentForm(VerbForm):
    """A further environment of an app."""

    renamed = {"environment": "slug"}

    class Meta:
        model = Environment
        fields = ("app", "slug", "cell")
        labels = {"slug": "Name"}

    def call(self, actor: Actor) -> Environment:
        given = self.cleaned_data
        return create_environment(actor, given["app"], given["slug"], given["cell"])


class NoteForm(forms.Form):
    """What a release is for."""

    note = text("Note", "What changes, for those who read the list. May be empty.", required=False)


class ServiceInline(ReadOnlyInline):
    model = Service
    fields = ("name", "kind", "minimum", "maximum", "desired", "opens")


class ResourceInline(ReadOnlyInline):
    model = Resource
    fields = ("name", "kind", "cpu_mhz", "memory_mb", "port", "opens")


def live_release(environment: Environment) -> Release | None:
    """The release of the last deployment that succeeded."""
    last = _succeeded(environment).first()
    return last.release if last else None


def release_before(environment: Environment) -> Release | None:
    """What was live before what is live now: the newest release of another content."""
    now = live_release(environment)
    if now is None:
        return None
    before = _succeeded(environment).exclude(release__digest=now.digest).first()
    return before.release if before else None


def _succeeded(environment: Environment) -> Any:
    rows = environment.deployments.filter(state=Deployment.State.SUCCEEDED, restart=False)
    return rows.select_related("release").order_by("-number")


@admin.register(Environment, site=site)
class EnvironmentAdmin(VerbAdmin):
    """Environments, and what an operator does to one as a whole."""

    add_form = EnvironmentForm
    add_fields = ("app", "slug", "cell")
    changeable = False
    autocomplete_fields = ("app",)
    fields = ("app", "slug", "cell", "created_at")
    readonly_fields = ("created_at",)
    inlines = (ServiceInline, ResourceInline)
    actions_detail = (
        "release_and_deploy", "back", "restart_all", "suspend_all", "resume_all", "new_secret",
        "delete_it",
    )  # fmt: skip
    list_display = ("__str__", "team", "cell", "services_of", "live", when("created_at", "made"))
    list_filter = ("cell", "app__team")
    list_select_related = ("app__team", "cell")
    search_fields = ("slug", "app__slug", "app__team__slug")
    date_hierarchy = "created_at"
    ordering = ("app__slug", "slug")

    @admin.display(description="team", ordering="app__team__slug")
    def team(self, environment: Environment) -> str:
        return str(environment.app.team)

    @admin.display(description="services")
    def services_of(self, environment: Environment) -> str:
        return ", ".join(environment.services.order_by("name").values_list("name", flat=True))

    @admin.display(description="live release")
    def live(self, environment: Environment) -> str:
        found_release = live_release(environment)
        return str(found_release.number) if found_release else "never live"

    @button("Release and deploy", "rocket_launch")
    def release_and_deploy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Freezes the draft and brings it live."""
        environment = found(self, request, object_id)
        question = Question(
            title=f"Release and deploy {environment}?",
            sentences=(
                "The draft as it stands becomes a release, and is deployed at once.",
                "Services that it changes get new instances; a failure puts back what is live.",
            ),
            button="Release and deploy",
            form=NoteForm,
        )

        def do(actor: Actor, given: dict[str, Any]) -> Done:
            made = deploy(actor, release(actor, environment, given["note"]))
            return Done(f"Release {made.release.number} is on its way.", made)

        return ask(self, request, environment, question, do)

    @button("Roll back", "undo")
    def back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Brings back what was live before."""
        environment = found(self, request, object_id)
        before = release_before(environment)
        if before is None:
            self.message_user(request, f"{environment} has nothing to go back to.", "error")
            address = "admin:platform_admin_environment_change"
            return redirect(address, environment.pk)
        question = Question(
            title=f"Roll {environment} back to release {before.number}?",
            sentences=(
                f"What release {before.number} says goes live again, as a new release."
                f" It was made {before.created_at:%Y-%m-%d %H:%M} UTC. {before.note}".strip(),
                "The draft stays as it is; counts and today's addresses stay too.",
            ),
            button="Roll back",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            made = roll_back(actor, environment, before.number)
            return Done(f"Deployment {made.number} brings release {before.number} back.", made)

        return ask(self, request, environment, question, do)

    @button("Restart", "restart_alt")
    def restart_all(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All that is live, once more on the other colours."""
        environment = found(self, request, object_id)
        question = Question(
            title=f"Restart {environment}?",
            sentences=(
                "New instances of all that is live take over from the old ones; no request fails.",
            ),
            button="Restart",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            made = restarts.restart_all(actor, environment)
            return Done(f"{len(made)} under way: {', '.join(map(str, made))}.", made[0])

        return ask(self, request, environment, question, do)

    @button("Suspend", "pause")
    def suspend_all(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nothing of it runs until somebody resumes it, but for its resources."""
        environment = found(self, request, object_id)
        question = Question(
            title=f"Suspend {environment}?",
            sentences=(
                "The instances of all its services drain: none runs until somebody resumes it.",
                "Resources go on running.",
            ),
            button="Suspend",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            many = len(suspending.suspend_all(actor, environment))
            return Done(f"{many} services of {environment} are suspended.", environment)

        return ask(self, request, environment, question, do)

    @button("Resume", "play_arrow")
    def resume_all(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All its services run as many as before they were suspended."""
        environment = found(self, request, object_id)
        question = Question(
            title=f"Resume {environment}?",
            sentences=("Its services have as many instances again, inside bounds and quota.",),
            button="Resume",
        )

        def do(actor: Actor, given: object) -> Done:
            many = len(suspending.resume_all(actor, environment))
            return Done(f"{many} services of {environment} are back at work.", environment)

        return ask(self, request, environment, question, do)

    @button("Set a secret", "key")
    def new_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A secret for all services of the environment."""
        environment = found(self, request, object_id)
        return ask_secret(self, request, environment, environment, None)

    @button("Delete", "delete")
    def delete_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes it away for ever."""
        return ask_deletion(self, request, found(self, request, object_id))

    def view_on_site(self, environment: Environment) -> str:
        return reverse("environment", args=[environment.app.slug, environment.slug])
