"""The releases of an environment: what is in each, what it changed, and the way back to it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from platform_admin.models import Deployment, Environment, Release
from platform_admin.pages import drafted, trail
from platform_admin.pages.access import of_environment
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.deployments import deploy as deploy_release
from platform_admin.verbs.deployments import roll_back
from platform_admin.verbs.errors import Invalid

A_PAGE = 30


@of_environment(Permission.VIEW_APP)
def releases(request: HttpRequest, environment: Environment) -> HttpResponse:
    """All releases and deployments, newest first."""
    rows = environment.releases.select_related("author", "restores").order_by("-number")
    deployments = environment.deployments.select_related("release", "actor").order_by("-number")
    context = {
        "environment": environment,
        "tab": "releases",
        "releases": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "deployments": deployments[:A_PAGE],
        "live": _live(environment),
    }
    where = _trail(request, environment)
    return page(
        request, "releases/list.html", context, title=f"Releases of {environment}", trail=where
    )


@of_environment(Permission.VIEW_APP)
def release(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """One release: its document, what it changed, where it is live, its deployments."""
    found = _found(environment, number)
    before = environment.releases.filter(number__lt=number).order_by("-number").first()
    live = _live(environment)
    address = [environment.app.slug, environment.slug, number]
    context = {
        "environment": environment,
        "tab": "releases",
        "release": found,
        "before": before,
        "changes": drafted.between(before, found),
        "live_services": live.get(number, []),
        "newest": not environment.releases.filter(number__gt=number).exists(),
        "was_live": bool(live.get(number)) or _succeeded(found),
        "deployments": found.deployments.select_related("actor").order_by("-number"),
        "may_deploy": scope.allowed(actor_of(request), environment.app.team, Permission.DEPLOY),
    }
    where = trail.then(_trail(request, environment), str(number), reverse("release", args=address))
    return page(
        request,
        "releases/page.html",
        context,
        title=f"Release {number} of {environment}",
        trail=where,
    )


@of_environment(Permission.DEPLOY)
@require_POST
def deploy(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """Deploys this release, then shows how it goes."""
    found = _found(environment, number)
    return _deploying(
        request, environment, number, lambda: deploy_release(actor_of(request), found)
    )


@of_environment(Permission.DEPLOY)
@require_POST
def go_back(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """Deploys a new release with this one's content, then shows how it goes."""
    _found(environment, number)
    return _deploying(
        request, environment, number, lambda: roll_back(actor_of(request), environment, number)
    )


def _deploying(
    request: HttpRequest, environment: Environment, number: int, start: Callable[[], Deployment]
) -> HttpResponse:
    address = (environment.app.slug, environment.slug)
    try:
        deployment = start()
    except Invalid as error:
        messages.error(request, str(error))
        return redirect("release", *address, number)
    return redirect("deployment", *address, deployment.number)


def _found(environment: Environment, number: int) -> Release:
    rows = environment.releases.select_related("author", "restores", "environment__app")
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404(f"{environment} has no release {number}.")
    return found


def _succeeded(release: Release) -> bool:
    """Whether it was brought live once, whatever is live now."""
    return release.deployments.filter(state=Deployment.State.SUCCEEDED).exists()


def _live(environment: Environment) -> dict[int, list[str]]:
    """The names of the services that are live, by the number of their release."""
    live: dict[int, list[str]] = {}
    rows = environment.services.select_related("rollout").prefetch_related("colours__release")
    for service in rows.order_by("name"):
        for row in service.colours.all():
            if row.colour == service.rollout.live and row.release:
                live.setdefault(row.release.number, []).append(service.name)
    return live


def _trail(request: HttpRequest, environment: Environment) -> tuple[trail.Part, ...]:
    here = reverse("releases", args=[environment.app.slug, environment.slug])
    return trail.then(trail.of_environment(actor_of(request), environment), "releases", here)
