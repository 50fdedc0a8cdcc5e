"""Deleting: what is lost, the name that says that it is meant, and how far it has come."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from platform_admin.forms.deletion import DeletionForm
from platform_admin.forms.errors import show
from platform_admin.live import deletions as live
from platform_admin.live.fragment import html
from platform_admin.models import App, Deletion, Environment, Resource, Service, Team
from platform_admin.pages import trail
from platform_admin.pages.access import of_app, of_environment, of_resource, of_service, of_team
from platform_admin.pages.losses import losses, stays
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.trail import Part
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.deletions import KINDS, delete, name_of, path_of
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.obstacles import Target, obstacles


@of_service(Permission.DELETE)
def of_a_service(request: HttpRequest, service: Service) -> HttpResponse:
    """What is lost with a service; posted with its name, it goes."""
    environment = service.environment
    address = reverse("service", args=[environment.app.slug, environment.slug, service.name])
    return _asked(request, service, trail.of_service(actor_of(request), service), address)


@of_resource(Permission.DELETE)
def of_a_resource(request: HttpRequest, resource: Resource) -> HttpResponse:
    """What is lost with a resource; posted with its name, it goes."""
    environment = resource.environment
    address = reverse("resource", args=[environment.app.slug, environment.slug, resource.name])
    return _asked(request, resource, trail.of_resource(actor_of(request), resource), address)


@of_environment(Permission.DELETE)
def of_an_environment(request: HttpRequest, environment: Environment) -> HttpResponse:
    """What is lost with an environment; posted with its name, it goes."""
    address = reverse("environment_settings", args=[environment.app.slug, environment.slug])
    return _asked(
        request, environment, trail.of_environment(actor_of(request), environment), address
    )


@of_app(Permission.DELETE)
def of_an_app(request: HttpRequest, app: App) -> HttpResponse:
    """What is lost with an app; posted with its name, it goes."""
    return _asked(
        request, app, trail.of_app(actor_of(request), app), reverse("app", args=[app.slug])
    )


@of_team(Permission.VIEW_TEAM)
def deletion(request: HttpRequest, team: Team, number: int) -> HttpResponse:
    """How far a deletion has come, live; afterwards what it was."""
    found = live.found(team, number)
    context = {"deletion": found, "progress": html(request, live.fragment(found))}
    where = trail.of_team(actor_of(request), team)
    here = reverse("deletion", args=[team.slug, number])
    return page(
        request,
        "deletions/page.html",
        context,
        title=f"Deleting {found.name}",
        trail=trail.then(where, f"deletion of {found.name}", here),
    )


def _asked(
    request: HttpRequest, target: Target, where: tuple[Part, ...], back: str
) -> HttpResponse:
    if target.deletion is not None:
        return _to_progress(target.deletion)
    form = DeletionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _to_progress(delete(actor_of(request), target, form.cleaned_data["name"]))
        except Invalid as error:
            show(form, error.errors)
    name, kind = name_of(target), KINDS[type(target)]
    in_the_way = obstacles(target)
    context = {
        "kind": kind,
        "name": name,
        "path": path_of(target),
        "losses": losses(target),
        "stays": stays(target),
        "in_the_way": in_the_way,
        "links_where": target.environment if isinstance(target, Service | Resource) else None,
        "form": form,
        "back": back,
    }
    return page(
        request,
        "deletions/ask.html",
        context,
        title=f"Delete {name}?",
        trail=trail.then(where, "delete", request.path),
        status=422 if form.errors else 200,
    )


def _to_progress(deletion: Deletion) -> HttpResponse:
    return redirect("deletion", deletion.team.slug, deletion.pk)
