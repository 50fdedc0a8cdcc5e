"""What the draft would change, and releasing it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from jobs.deploy.preview import plan as nomads_plan
from platform_admin.models import Environment, Release
from platform_admin.pages import drafted, pending, trail
from platform_admin.pages.access import of_environment
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.releases import release

NOTE_LENGTH = 200


@of_environment(Permission.VIEW_APP)
def plan(request: HttpRequest, environment: Environment) -> HttpResponse:
    """What would change; posted, a release, and with it a deployment where that was asked."""
    if request.method == "POST":
        return _release(request, environment)
    return _page(request, environment)


def _release(request: HttpRequest, environment: Environment) -> HttpResponse:
    actor = actor_of(request)
    note = request.POST.get("note", "").strip()
    said = _wrong_with(note)
    if said:
        return _page(request, environment, note=note, errors=[said])
    try:
        return _released(actor, environment, note, deploying="deploy" in request.POST)
    except Invalid as error:
        sentences = [said for several in error.errors.values() for said in several]
        return _page(request, environment, note=note, errors=sentences)


def _wrong_with(note: str) -> str:
    """Why it cannot be the note of a release, "" if it can."""
    if len(note) > NOTE_LENGTH:
        return f"The note has {len(note)} characters: shorten it to {NOTE_LENGTH}."
    if "\0" in note:
        return "The note has a null character, which cannot be stored: take it out."
    return ""


def _released(
    actor: Actor, environment: Environment, note: str, *, deploying: bool
) -> HttpResponse:
    address = (environment.app.slug, environment.slug)
    with transaction.atomic():
        made: Release = release(actor, environment, note)
        if not deploying:
            return redirect("release", *address, made.number)
        return redirect("deployment", *address, deploy(actor, made).number)


def _page(
    request: HttpRequest,
    environment: Environment,
    *,
    note: str = "",
    errors: list[str] | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    address = [environment.app.slug, environment.slug]
    changes = drafted.changes(environment)
    team = environment.app.team
    context = {
        "environment": environment,
        "tab": "plan",
        "changes": changes,
        "changed": drafted.total(changes),
        "pending": pending.undeployed(environment) if changes else None,
        "under_way": pending.under_way(environment) if changes else None,
        "plans": nomads_plan(environment).services if changes else (),
        "note": note,
        "errors": errors or [],
        "may_release": scope.allowed(actor, team, Permission.RELEASE),
        "may_deploy": scope.allowed(actor, team, Permission.DEPLOY),
    }
    where = trail.of_environment(actor, environment)
    return page(
        request,
        "plan/page.html",
        context,
        title=f"Draft of {environment}",
        trail=trail.then(where, "draft", reverse("plan", args=address)),
        status=422 if errors else 200,
    )
