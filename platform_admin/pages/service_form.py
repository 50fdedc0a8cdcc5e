"""The form of a service, new or changed: left the fields, right what they become."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from jobs.document.types import OPERATORS
from platform_admin.forms import constraints as constraint_rows
from platform_admin.forms import links as link_rows
from platform_admin.forms import ports as port_rows
from platform_admin.forms.errors import show_stale
from platform_admin.forms.options import folds
from platform_admin.forms.service import ServiceForm, initial_of
from platform_admin.live.fetches import fragment
from platform_admin.live.fragment import html
from platform_admin.models import Cell, Environment, Service
from platform_admin.pages import trail
from platform_admin.pages.access import of_environment, of_service
from platform_admin.pages.become import Become, as_drafted, become
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.typed import RENAMED, Typed, checked, typed_service, with_archive
from platform_admin.pages.typed_git import BUTTONS
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.fetches import origin
from platform_admin.verbs.links import set_links
from platform_admin.verbs.services import change_service, create_service
from platform_admin.verbs.stale import Stale


@of_environment(Permission.CHANGE_DRAFT)
def new(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The empty form; saved, the environment with the new service in it."""
    return _form(request, environment, None)


@of_service(Permission.CHANGE_DRAFT)
def settings(request: HttpRequest, service: Service) -> HttpResponse:
    """The form with the draft's values; saved, the same page."""
    return _form(request, service.environment, service)


def _form(request: HttpRequest, environment: Environment, service: Service | None) -> HttpResponse:
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, environment, service, _untouched(service))
    if not {"preview", *BUTTONS}.isdisjoint(request.POST):
        typed = typed_service(request, actor, environment, service)
        return _page(request, environment, service, typed, shown=True)
    typed = with_archive(request, actor, environment, service)
    try:
        saved = None if typed.errors else _saved(actor, environment, service, typed)
    except Stale as error:
        assert service is not None, "what is new was changed by nobody"
        service.refresh_from_db()
        show_stale(typed.form, error, renamed=RENAMED)
        return _page(request, environment, service, typed)
    except Invalid as error:
        return _page(request, environment, service, typed.blamed(error))
    if saved is None:
        return _page(request, environment, service, checked(typed, actor, environment, service))
    messages.success(request, f"{saved.name} is saved in the draft.")
    return redirect("environment", environment.app.slug, environment.slug)


def _saved(
    actor: Actor, environment: Environment, service: Service | None, typed: Typed
) -> Service:
    """The service with its links: both are saved, or neither is."""
    seen = typed.form.cleaned_data.get("seen") if service else None
    with transaction.atomic():
        if service is None:
            saved = create_service(actor, environment, typed.fields)
        else:
            saved = change_service(actor, service, typed.fields, seen=seen)
        set_links(actor, saved, [row.fields() for row in typed.links], seen=seen)
        return saved


def _untouched(service: Service | None) -> Typed:
    if service is None:
        return Typed(ServiceForm(), None, [])
    return Typed(
        ServiceForm(initial=initial_of(service)),
        service.artifact,
        link_rows.stored(service.links.order_by("variable")),
        port_rows.stored(service.ports),
        constraint_rows.stored(service.constraints),
        fetch=origin(service.artifact),
    )


def _page(
    request: HttpRequest,
    environment: Environment,
    service: Service | None,
    typed: Typed,
    *,
    shown: bool = False,
) -> HttpResponse:
    actor = actor_of(request)
    address = [environment.app.slug, environment.slug]
    bound = typed.form.is_bound
    choices = link_rows.choices(environment, service)
    if service is None:
        here = reverse("new_service", args=address)
        where = trail.then(trail.of_environment(actor, environment), "new service", here)
    else:
        here = reverse("service_settings", args=[*address, service.name])
        where = trail.of_service(actor, service)
    context = {
        "environment": environment,
        "service": service,
        "tab": "settings",
        "form": typed.form,
        "artifact": typed.artifact,
        "fetched": html(request, fragment(environment, typed.fetch)),
        "has_fetch": typed.fetch is not None,
        "link_rows": link_rows.with_spare(typed.links),
        "port_rows": port_rows.with_spare(typed.ports),
        "wrong_ports": typed.wrong_ports,
        "constraint_rows": constraint_rows.with_spare(typed.constraints),
        "operators": OPERATORS,
        "folds": folds(
            typed.form,
            {
                "reached": bool(typed.ports or typed.wrong_ports),
                "large": bool(typed.constraints),
            },
            left_out="" if environment.cell.link_form == Cell.LinkForm.DNS else "protocol",
        ),
        "choices": choices,
        "known": {choice.value for choice in choices},
        "become": _right_side(typed, environment, service),
        "live_url": f"{here}live/",
    }
    title = f"Settings of {service}" if service else f"New service in {environment}"
    wrong = bound and typed.errors and not shown
    return page(
        request,
        "service/form.html",
        context,
        title=title,
        trail=where,
        status=422 if wrong else 200,
    )


def _right_side(typed: Typed, environment: Environment, service: Service | None) -> Become | None:
    """What the form becomes; None for one that nobody has filled in yet."""
    if typed.form.is_bound:
        return become(typed, environment, service)
    return as_drafted(service) if service else None
