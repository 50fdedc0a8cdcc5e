"""Variables of an environment or a service: plain values, secrets, and where a value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from platform_admin.forms import variables as rows
from platform_admin.forms.errors import MEANWHILE, show
from platform_admin.forms.seen import SeenField, as_seen
from platform_admin.forms.variables import SecretForm, VariableRow
from platform_admin.models import Environment, SecretVersion, Service, Variable
from platform_admin.pages import trail
from platform_admin.pages.access import of_environment, of_service
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.stale import Stale
from platform_admin.verbs.variables import remove_secret, set_secret, set_variables


@dataclass(frozen=True)
class Secret:
    """A secret's name and its last version; the value stays in the database."""

    name: str
    last: SecretVersion | None


@dataclass(frozen=True)
class Inherited:
    """A value that a service gets from elsewhere; `instead` says what wins over it, if any."""

    name: str
    value: str
    secret: bool
    source: str
    instead: str = ""


@of_environment(Permission.VIEW_APP)
def of_environment_page(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The environment's variables, which every service in it gets."""
    return _page(request, environment, None)


@of_service(Permission.VIEW_APP)
def of_service_page(request: HttpRequest, service: Service) -> HttpResponse:
    """The service's own variables, and those that it gets from its environment and links."""
    return _page(request, service.environment, service)


@of_environment(Permission.CHANGE_DRAFT)
def save_environment(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Saves the environment's plain values; not posted, it leads to the form."""
    return _save(request, environment, None)


@of_service(Permission.CHANGE_DRAFT)
def save_service(request: HttpRequest, service: Service) -> HttpResponse:
    """Saves the service's plain values; not posted, it leads to the form."""
    return _save(request, service.environment, service)


@of_environment(Permission.SET_SECRET)
def secret_of_environment(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Sets or removes a secret of the environment; not posted, it asks before a removal."""
    return _secret(request, environment, None)


@of_service(Permission.SET_SECRET)
def secret_of_service(request: HttpRequest, service: Service) -> HttpResponse:
    """Sets or removes a secret of the service; not posted, it asks before a removal."""
    return _secret(request, service.environment, service)


def _save(request: HttpRequest, environment: Environment, service: Service | None) -> HttpResponse:
    if request.method != "POST":
        return _back(environment, service)
    typed = rows.twice(rows.typed(request.POST))
    seen: dict[str, object] | None = SeenField().clean(request.POST.get("seen"))
    if any(row.errors for row in typed):
        return _page(request, environment, service, typed=typed, seen=seen)
    values = {row.name: row.value for row in typed}
    try:
        set_variables(actor_of(request), environment, service, values, seen=seen)
    except Invalid as error:
        typed, others = rows.blamed(typed, error.errors)
        if isinstance(error, Stale):
            told = {name.removeprefix("variables."): value for name, value in error.now.items()}
            seen, others = {**(seen or {}), **told}, [MEANWHILE, *others]
        return _page(request, environment, service, typed=typed, errors=others, seen=seen)
    messages.success(request, "The values are saved in the draft. Release it to make it so.")
    return _back(environment, service)


def _secret(
    request: HttpRequest, environment: Environment, service: Service | None
) -> HttpResponse:
    if request.method != "POST":
        return _asked(request, environment, service)
    form = SecretForm(request.POST)
    form.is_valid()
    name = form.cleaned_data.get("name") or ""
    actor = actor_of(request)
    try:
        if "remove" in request.POST:
            remove_secret(actor, environment, service, name)
            said = f"{name} is out of the draft; releases that name it keep it."
        else:
            value = form.cleaned_data.get("value") or ""
            made = set_secret(actor, environment, service, name, value)
            said = f"{name} has version {made.number} now. Release it to make it so."
    except Invalid as error:
        show(form, error.errors)
        return _page(request, environment, service, secret_form=form)
    messages.success(request, said)
    return _back(environment, service)


def _asked(request: HttpRequest, environment: Environment, service: Service | None) -> HttpResponse:
    """Whether the secret that the query names shall go: its value cannot be read or typed again."""
    name = request.GET.get("remove", "")
    found = [row for row in _own(environment, service) if row.secret and row.name == name]
    if not found:
        return _back(environment, service)
    context = {
        "environment": environment,
        "service": service,
        "tab": "variables",
        "secret": Secret(name, _last(found[0])),
        "secret_url": _url("secret", environment, service),
        "back_url": _url("", environment, service),
    }
    title = f"Remove {name} from {service or environment}"
    return page(
        request,
        "variables/remove.html",
        context,
        title=title,
        trail=_trail(request, environment, service),
    )


def _page(
    request: HttpRequest,
    environment: Environment,
    service: Service | None,
    *,
    typed: list[VariableRow] | None = None,
    errors: list[str] | None = None,
    seen: Mapping[str, object] | None = None,
    secret_form: SecretForm | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    team = environment.app.team
    own = _own(environment, service)
    stored = rows.stored(row for row in own if not row.secret)
    plain = typed if typed is not None else stored
    now = {row.name: row.value for row in stored}
    context = {
        "environment": environment,
        "service": service,
        "tab": "variables",
        "rows": rows.with_spare(plain),
        "seen": as_seen(now if seen is None else seen),
        "errors": errors or [],
        "secrets": [Secret(row.name, _last(row)) for row in own if row.secret],
        "secret_form": secret_form or SecretForm(),
        "inherited": inherited(service) if service else [],
        "save_url": _url("save", environment, service),
        "secret_url": _url("secret", environment, service),
        "may_change": scope.allowed(actor, team, Permission.CHANGE_DRAFT),
        "may_set_secret": scope.allowed(actor, team, Permission.SET_SECRET),
    }
    wrong = bool(errors or (secret_form and secret_form.errors)) or any(row.errors for row in plain)
    return page(
        request,
        "variables/page.html",
        context,
        title=f"Variables of {service or environment}",
        trail=_trail(request, environment, service),
        status=422 if wrong else 200,
    )


def inherited(service: Service) -> list[Inherited]:
    """What a service gets from its links and its environment, in the order of names.

    A link's variable stands for itself; the service's own value wins over the environment's.
    """
    links = list(service.links.select_related("to_service", "to_resource"))
    own = {row.name for row in service.variables.filter(removed=False)}
    linked = {link.variable for link in links}
    found = [
        Inherited(link.variable, f"{link.target} · {link.property}", False, "a link")
        for link in links
    ]
    for row in service.environment.variables.filter(service=None, removed=False):
        instead = "this service's own value" if row.name in own else ""
        instead = "a link" if row.name in linked else instead
        found.append(Inherited(row.name, row.value, row.secret, "the environment", instead))
    return sorted(found, key=lambda one: one.name)


def _own(environment: Environment, service: Service | None) -> list[Variable]:
    found = environment.variables.filter(service=service, removed=False)
    return list(found.prefetch_related("versions__author").order_by("name"))


def _last(variable: Variable) -> SecretVersion | None:
    return max(variable.versions.all(), key=lambda one: one.number, default=None)


def _trail(
    request: HttpRequest, environment: Environment, service: Service | None
) -> tuple[trail.Part, ...]:
    actor = actor_of(request)
    before = (
        trail.of_service(actor, service) if service else trail.of_environment(actor, environment)
    )
    return trail.then(before, "variables", _url("", environment, service))


def _url(action: str, environment: Environment, service: Service | None) -> str:
    noun = "service_variables" if service else "variables"
    address = [environment.app.slug, environment.slug, *([service.name] if service else [])]
    return reverse(f"{noun}_{action}" if action else noun, args=address)


def _back(environment: Environment, service: Service | None) -> HttpResponse:
    return redirect(_url("", environment, service))
