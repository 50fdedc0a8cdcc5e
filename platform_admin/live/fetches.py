"""The live part of the service form's program from git: how far its fetch is."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from platform_admin.forms.service import ServiceForm
from platform_admin.live.fragment import Fragment, answer
from platform_admin.models import Environment, Fetch
from platform_admin.pages.access import of_environment
from platform_admin.pages.render import actor_of
from platform_admin.pages.typed_git import FIELDS, asked
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.fetches import cancel_fetch, fetch_of


@of_environment(Permission.UPLOAD_ARTIFACT)
@require_POST
def ask(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The fetch of what was typed, or what is wrong with it; what was fetched before stays."""
    form = ServiceForm(request.POST)
    form.is_valid()
    team = environment.app.team
    found = asked(actor_of(request), team, form)
    said = (
        [] if found else [each for name in FIELDS.values() for each in map(str, form[name].errors)]
    )
    known = found or fetch_of(team, form.cleaned_data.get("fetched"))
    return _answer(request, fragment(environment, known, tuple(said)))


@of_environment(Permission.VIEW_APP)
@require_safe
def progress(request: HttpRequest, environment: Environment, fetch: UUID) -> HttpResponse:
    """How far it is."""
    found = fetch_of(environment.app.team, fetch)
    if found is None:
        raise Http404
    return _answer(request, fragment(environment, found))


@of_environment(Permission.UPLOAD_ARTIFACT)
@require_POST
def cancel(request: HttpRequest, environment: Environment, fetch: UUID) -> HttpResponse:
    """The fetch, cancelled unless it has ended."""
    found = cancel_fetch(actor_of(request), environment.app.team, fetch)
    return _answer(request, fragment(environment, found))


def fragment(
    environment: Environment, fetch: Fetch | None, errors: tuple[str, ...] = ()
) -> Fragment:
    """What is known of the fetch, and how it is cancelled; empty where there is none."""
    address = [environment.app.slug, environment.slug]
    url = reverse("fetch_progress_live", args=[*address, fetch.pk]) if fetch else ""
    return Fragment(
        name="fetch-state",
        url=url,
        template="service/_fetch.html",
        context={"environment": environment, "fetch": fetch, "errors": errors},
        moving=True,
        ended=fetch is None or not fetch.under_way,
    )


def _said(form: ServiceForm) -> tuple[str, ...]:
    """What is wrong with where the program is."""
    return tuple(str(said) for name in FIELDS.values() for said in form[name].errors)


def _answer(request: HttpRequest, found: Fragment) -> HttpResponse:
    """The fragment; what the form becomes is asked for again once it has ended."""
    response = answer(request, found)
    if not found.ended:
        return response
    return trigger_client_event(response, "archive-stored", after="swap")
