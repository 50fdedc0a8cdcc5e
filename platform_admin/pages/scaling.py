"""The scaling of a service: what is wanted of its size, and what was decided."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from platform_admin.forms.errors import show, show_stale
from platform_admin.forms.policy import SHADOW, PolicyForm, folds, initial_of
from platform_admin.forms.windows import (
    WindowRow,
    blamed,
    parsed,
    readable,
    stored,
    typed,
    with_spare,
)
from platform_admin.live.fragment import html
from platform_admin.live.replays import fragment
from platform_admin.models import ScalingEvent, Service
from platform_admin.pages import quota, trail
from platform_admin.pages.access import of_service
from platform_admin.pages.decision import Decision, decision
from platform_admin.pages.limits import live_limits
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.scheduled import ahead_s, now_in_words
from platform_admin.pages.week import week
from platform_admin.rules.permissions import Permission
from platform_admin.rules.policy import PolicyFields, policy_errors
from platform_admin.rules.schedules import read, zone_names, zone_of
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.policies import policy_fields, save_policy
from platform_admin.verbs.replays import person, replay_of, start_replay
from platform_admin.verbs.services import change_bounds
from platform_admin.verbs.stale import Stale
from scaler.rules.figures import waited

A_PAGE = 20
NAMED = re.compile(r"[\w-]{1,32}", re.ASCII)
"""What a replay may be called in an address."""
WINDOWS_WRONG = (
    "A window of the schedule has to change before this can be saved. Nothing you typed is lost."
)
ZONE_MEANT = "Of all hours below, by its name, such as Europe/Berlin. Empty: the platform's, {}."


@of_service(Permission.VIEW_APP)
def scaling(request: HttpRequest, service: Service) -> HttpResponse:
    """The scaling form, and the events so far."""
    fields = policy_fields(service.policy)
    initial = initial_of(service, fields)
    name = request.GET.get("replay", "")
    name = name if NAMED.fullmatch(name) else ""
    found = replay_of(service.pk, person(actor_of(request)), name) if name else None
    if found is not None:
        initial |= {**found.typed, "minimum": found.minimum, "maximum": found.maximum}
    form = PolicyForm(initial=initial, kind=service.kind)
    shown = html(request, fragment(service, name, found)) if name else ""
    windows = fields.windows if found is None else read(found.typed["windows"])
    return _page(request, service, form, stored(windows), shown)


@of_service(Permission.VIEW_APP)
def replay(request: HttpRequest, service: Service) -> HttpResponse:
    """Starts a replay of what was typed, and shows how far it is; nothing is changed.

    Who may not change the policy replays what is saved. Not posted, it is the scaling page.
    """
    if request.method != "POST":
        return _page(request, service, _as_saved(service), _windows(service))
    actor, form = actor_of(request), _as_saved(service)
    fields = policy_fields(service.policy)
    minimum, maximum = service.minimum, service.maximum
    rows: Sequence[WindowRow] = _windows(service)
    unread: Mapping[str, Sequence[str]] = {}
    if scope.allowed(actor, service.environment.app.team, Permission.SCALE):
        form = PolicyForm(request.POST, kind=service.kind)
        form.is_valid()
        rows = typed(request.POST)
        windows, unread = parsed(rows)
        fields = form.fields_of(service.kind, windows)
        minimum = form.cleaned_data.get("minimum", minimum)
        maximum = form.cleaned_data.get("maximum", maximum)
    if unread:
        rows = _blamed(form, rows, unread, unread)
    if form.is_bound and form.errors:
        return _refused(request, service, form, rows)
    try:
        name = start_replay(actor, service, fields, minimum, maximum)
    except Invalid as error:
        return _refused(request, service, form, _blamed(form, rows, error.errors, {}))
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('service_scaling', args=_address(service))}?replay={name}")
    found = replay_of(service.pk, person(actor), name)
    return HttpResponse(html(request, fragment(service, name, found)))


def _as_saved(service: Service) -> PolicyForm:
    initial = initial_of(service, policy_fields(service.policy))
    return PolicyForm(initial=initial, kind=service.kind)


def _windows(service: Service) -> Sequence[WindowRow]:
    return stored(policy_fields(service.policy).windows)


def _refused(
    request: HttpRequest, service: Service, form: PolicyForm, rows: Sequence[WindowRow]
) -> HttpResponse:
    """The page with the errors at their fields; beside a form that is open, them alone."""
    if not request.headers.get("HX-Request"):
        return _page(request, service, form, rows)
    wrong = [
        f"{form[name].label}: {said}" if name in form.fields else said
        for name, sentences in form.errors.items()
        for said in sentences
    ]
    return render(request, "scaling/_refused.html", {"refused": wrong})


@of_service(Permission.SCALE)
def save(request: HttpRequest, service: Service) -> HttpResponse:
    """Saves policy and bounds; then, or not posted, the scaling page."""
    if request.method != "POST":
        return _back(service)
    data = request.POST.copy()
    if SHADOW in data:
        data["mode"] = SHADOW
    form, rows = PolicyForm(data, kind=service.kind), typed(request.POST)
    form.is_valid()
    windows, unread = parsed(rows)
    fields = form.fields_of(service.kind, windows)
    errors: Mapping[str, Sequence[str]] = {}
    if form.is_valid() and not unread:
        try:
            _saved(actor_of(request), service, fields, form)
        except Stale as error:
            service.refresh_from_db()
            show_stale(form, error)
            return _page(request, service, form, rows)
        except Invalid as error:
            errors = error.errors
        else:
            messages.success(request, f"The scaling of {service.name} is saved: {_mode(fields)}.")
            return _back(service)
    bounds = (form.cleaned_data.get(name) for name in ("maximum", "minimum"))
    errors = {**policy_errors(fields, service.kind, *bounds), **errors, **unread}
    return _page(request, service, form, _blamed(form, rows, errors, unread))


def _blamed(
    form: PolicyForm,
    rows: Sequence[WindowRow],
    errors: Mapping[str, Sequence[str]],
    unread: Mapping[str, object],
) -> list[WindowRow]:
    """The rows with their errors; those of the form's fields are shown there.

    A row of which something could not be read is not blamed for what follows from it.
    """
    broken = tuple(f"{name.rpartition('.')[0]}." for name in unread)
    kept = {
        name: said
        for name, said in errors.items()
        if name in unread or not name.startswith(broken or ("?",))
    }
    marked, others = blamed(rows, kept)
    show(form, others)
    if any(row.errors for row in marked):
        form.add_error(None, WINDOWS_WRONG)
    return marked


@transaction.atomic
def _saved(actor: Actor, service: Service, fields: PolicyFields, form: PolicyForm) -> None:
    """Both are saved, or neither is; the bounds first, which lock the quota (verbs/locks.py)."""
    minimum, maximum = form.cleaned_data["minimum"], form.cleaned_data["maximum"]
    seen = form.cleaned_data.get("seen")
    if (minimum, maximum) != (service.minimum, service.maximum):
        change_bounds(actor, service, minimum, maximum, seen=seen, windows=fields.windows)
    save_policy(actor, service, fields, seen=seen)


def _mode(fields: PolicyFields) -> str:
    return {"on": "the count follows", "shadow": "it only records", "off": "it decides nothing"}[
        fields.mode
    ]


def _page(
    request: HttpRequest,
    service: Service,
    form: PolicyForm,
    rows: Sequence[WindowRow],
    replay: str = "",
) -> HttpResponse:
    actor = actor_of(request)
    environment = service.environment
    limits = live_limits(service)
    form.tell_measured(limits.start_up_s if limits else None)
    here = reverse("service_scaling", args=_address(service))
    bars = quota.bars(environment.app.team)
    folded = folds(form, service.kind)
    context = {
        "environment": environment,
        "service": service,
        "policy": service.policy,
        "tab": "scaling",
        "form": form,
        "folds": folded,
        "fixed_open": form["strategy"].value() == "fixed"
        or any(fold.open for fold in folded if fold.fixed),
        **_schedule(service, form, rows),
        "limits": limits,
        "replay": replay,
        "replay_url": reverse("service_scaling_replay", args=_address(service)),
        "quota": bars,
        "over_quota": quota.excess(bars),
        "may_scale": scope.allowed(actor, environment.app.team, Permission.SCALE),
        **_events(request, service),
    }
    return page(
        request,
        "scaling/page.html",
        context,
        title=f"Scaling of {service}",
        trail=trail.then(trail.of_service(actor, service), "scaling", here),
        status=422 if form.errors else 200,
    )


def _schedule(service: Service, form: PolicyForm, rows: Sequence[WindowRow]) -> dict[str, object]:
    """The rows of the schedule, and the next days drawn as the form says, saved or not."""
    form.fields["time_zone"].help_text = ZONE_MEANT.format(settings.TIME_ZONE)
    zone = zone_of(str(form["time_zone"].value() or "").strip(), settings.TIME_ZONE)
    policy, now = service.policy, timezone.now().timestamp()
    bounds = _bounds(service, form)
    return {
        "rows": with_spare(rows),
        "windows": len(rows),
        "windows_wrong": any(row.errors for row in rows) or bool(form["time_zone"].errors),
        "zones": zone_names(),
        "week": week(readable(rows), zone, *bounds, now),
        "bounds": bounds,
        "holds_now": now_in_words(policy, now),
        "ahead": waited(ahead_s(policy)),
    }


def _bounds(service: Service, form: PolicyForm) -> tuple[int, int]:
    """Those that the form says, where it says some that can be."""
    given = form.cleaned_data if form.is_bound else {}
    minimum, maximum = given.get("minimum"), given.get("maximum")
    if minimum is None or maximum is None or not 0 <= minimum <= maximum:
        return service.minimum, service.maximum
    return minimum, maximum


def _events(request: HttpRequest, service: Service) -> dict[str, object]:
    """A page of what was decided, newest first; one of them opened where it was asked for."""
    rows = service.scaling_events.select_related("actor").order_by("-at", "-pk")
    found: Page[ScalingEvent] = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    opened = request.GET.get("event", "")
    key = int(opened) if opened.isascii() and opened.isdigit() else None
    decisions: list[Decision] = [decision(row, whole=row.pk == key) for row in found]
    return {"events": found, "decisions": decisions, "opened": key}


def _address(service: Service) -> list[str]:
    environment = service.environment
    return [environment.app.slug, environment.slug, service.name]


def _back(service: Service) -> HttpResponse:
    return redirect("service_scaling", *_address(service))
