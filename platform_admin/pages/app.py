"""An app: made, and its environments side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from platform_admin.forms.app import AppForm, EnvironmentForm
from platform_admin.forms.errors import show
from platform_admin.models import App, Team
from platform_admin.pages import standing, trail
from platform_admin.pages.access import of_app, signed_in
from platform_admin.pages.home import copy_of
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.apps import create_app, create_environment
from platform_admin.verbs.errors import Denied, Invalid


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new app; made, it opens its first environment."""
    actor = actor_of(request)
    teams = _may_create_in(actor)
    if not teams:
        raise Denied("To create an app you need to be an owner or a developer of a team.")
    form = AppForm(teams, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            environment = create_app(actor, **values)
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("environment", environment.app.slug, environment.slug)
    status = 422 if form.errors else 200
    return page(request, "app/new.html", {"form": form}, title="New app", status=status)


@of_app(Permission.VIEW_APP)
def overview(request: HttpRequest, app: App) -> HttpResponse:
    """The app's environments, each with how it stands."""
    actor = actor_of(request)
    copies = [
        copy_of(row, standing.of_services(row.services.all(), timezone.now()))
        for row in app.environments.select_related("app").order_by("slug")
    ]
    context = {
        "app": app,
        "copies": copies,
        "may_change": scope.allowed(actor, app.team, Permission.CHANGE_DRAFT),
    }
    return page(request, "app/page.html", context, title=app.slug, trail=trail.of_app(actor, app))


@of_app(Permission.CHANGE_DRAFT)
def new_environment(request: HttpRequest, app: App) -> HttpResponse:
    """The form of a further environment; made, it is opened."""
    actor = actor_of(request)
    form = EnvironmentForm(request.POST or None, initial={"environment": ""})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            environment = create_environment(actor, app, values["environment"], values["cell"])
        except Invalid as error:
            show(form, error.errors, renamed={"name": "environment"})
        else:
            return redirect("environment", app.slug, environment.slug)
    here = trail.then(
        trail.of_app(actor, app), "new environment", reverse("new_environment", args=[app.slug])
    )
    return page(
        request,
        "app/new_environment.html",
        {"form": form, "app": app},
        title=f"New environment of {app}",
        trail=here,
        status=422 if form.errors else 200,
    )


def _may_create_in(actor: Actor) -> list[Team]:
    return [
        team
        for team in scope.teams(actor).order_by("name")
        if scope.allowed(actor, team, Permission.CREATE_APP)
    ]
