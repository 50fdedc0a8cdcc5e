"""Variables of an app, an environment or a service: plain values, typed or pasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from platform_admin.forms import variables as rows
from platform_admin.forms.errors import MEANWHILE
from platform_admin.forms.seen import SeenField, as_seen
from platform_admin.forms.variables import SecretForm, VariableRow
from platform_admin.models import App, Environment, Rotation, SecretVersion, Service, Variable
from platform_admin.pages import restarts
from platform_admin.pages.access import of_app, of_environment, of_service
from platform_admin.pages.effective import effective
from platform_admin.pages.owner import Owner
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.restarts import Restarts
from platform_admin.rules.pasted import Line, read_pasted
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import environ, scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.secrets import set_secrets
from platform_admin.verbs.stale import Stale
from platform_admin.verbs.variables import set_variables, validate_variables
from platform_admin.verbs.versions import drafted, prefetched

SAVED = "The values are saved in the draft. Release it to make it so."
SECRETS_VALUE = "is a secret here, so its value is not kept: set it as a secret."


@dataclass(frozen=True)
class Secret:
    """A secret's name, the version that drafts name, and the rotation of a newer one, if any.

    The value stays in the database.
    """

    name: str
    last: SecretVersion | None
    rotation: Rotation | None = None


@dataclass(frozen=True)
class Shown:
    """What a page of variables shows of what was just sent, beside what is stored."""

    typed: list[VariableRow] | None = None
    errors: Sequence[str] = ()
    seen: Mapping[str, object] | None = None
    secret_form: SecretForm | None = None
    restarts: Restarts | None = None
    secret_restarts: Restarts | None = None
    pasted: str = ""
    paste_errors: Sequence[str] = ()
    note: str = ""


NOTHING = Shown()


@of_app(Permission.VIEW_APP)
def of_app_page(request: HttpRequest, app: App) -> HttpResponse:
    """The app's variables, which every service in all its environments gets."""
    return shown(request, Owner(app))


@of_environment(Permission.VIEW_APP)
def of_environment_page(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The environment's variables, which every service in it gets."""
    return shown(request, Owner(environment))


@of_service(Permission.VIEW_APP)
def of_service_page(request: HttpRequest, service: Service) -> HttpResponse:
    """The service's own variables, and all that it gets, with where that comes from."""
    return shown(request, Owner(service.environment, service))


@of_app(Permission.CHANGE_DRAFT)
def save_app(request: HttpRequest, app: App) -> HttpResponse:
    """Saves the app's plain values; not posted, it leads to the form."""
    return _save(request, Owner(app))


@of_environment(Permission.CHANGE_DRAFT)
def save_environment(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Saves the environment's plain values; not posted, it leads to the form."""
    return _save(request, Owner(environment))


@of_service(Permission.CHANGE_DRAFT)
def save_service(request: HttpRequest, service: Service) -> HttpResponse:
    """Saves the service's plain values; not posted, it leads to the form."""
    return _save(request, Owner(service.environment, service))


@of_app(Permission.CHANGE_DRAFT)
def paste_app(request: HttpRequest, app: App) -> HttpResponse:
    """Reads pasted lines into the app's form or its secrets; not posted, it leads there."""
    return _paste(request, Owner(app))


@of_environment(Permission.CHANGE_DRAFT)
def paste_environment(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Reads pasted lines into the environment's form or its secrets; not posted, it leads there."""
    return _paste(request, Owner(environment))


@of_service(Permission.CHANGE_DRAFT)
def paste_service(request: HttpRequest, service: Service) -> HttpResponse:
    """Reads pasted lines into the service's form or its secrets; not posted, it leads there."""
    return _paste(request, Owner(service.environment, service))


def typed_values(request: HttpRequest) -> dict[str, str]:
    """The plain values as they stand in the form now."""
    return {row.name: row.value for row in rows.typed(request.POST) if row.name}


def _save(request: HttpRequest, owner: Owner) -> HttpResponse:
    if request.method != "POST":
        return redirect(owner.url())
    actor = actor_of(request)
    typed = rows.twice(rows.typed(request.POST))
    seen: dict[str, object] | None = SeenField().clean(request.POST.get("seen"))
    if any(row.errors for row in typed):
        return shown(request, owner, Shown(typed=typed, seen=seen))
    values = {row.name: row.value for row in typed}
    if "preview" in request.POST:
        found = validate_variables(actor, owner.within, owner.service, values)
        typed, others = rows.blamed(typed, found)
        would = restarts.of_values(owner, values)
        return shown(request, owner, Shown(typed=typed, errors=others, seen=seen, restarts=would))
    try:
        set_variables(actor, owner.within, owner.service, values, seen=seen)
    except Invalid as error:
        typed, others = rows.blamed(typed, error.errors)
        if isinstance(error, Stale):
            told = {name.removeprefix("variables."): value for name, value in error.now.items()}
            seen, others = {**(seen or {}), **told}, [MEANWHILE, *others]
        return shown(request, owner, Shown(typed=typed, errors=others, seen=seen))
    messages.success(request, SAVED)
    return redirect(owner.plan_url() if "release" in request.POST else owner.url())


def _paste(request: HttpRequest, owner: Owner) -> HttpResponse:
    if request.method != "POST":
        return redirect(owner.url())
    text = request.POST.get("pasted", "").replace("\r\n", "\n")
    found = read_pasted(text)
    errors = [f"Line {each.number}: {each.said}" for each in found.wrong]
    if "secrets" in request.POST:
        return _paste_secrets(request, owner, found.lines, errors)
    own = environ.rows(owner.within, owner.service)
    secrets = environ.secret_names(own)
    kept = [each for each in found.lines if each.name not in secrets]
    if len(kept) < len(found.lines):
        # What sets a secret is not shown again, and with it nothing of the text.
        text = ""
    errors += [
        f"Line {each.number}: {each.name} {SECRETS_VALUE}"
        for each in found.lines
        if each.name in secrets
    ]
    stored = rows.stored(row for row in own if not row.secret)
    typed = rows.with_pasted(stored, kept)
    note = f"{len(kept)} pasted. Nothing is saved yet: look at them, then save."
    return shown(
        request,
        owner,
        Shown(
            typed=typed,
            restarts=restarts.of_values(owner, {row.name: row.value for row in typed}),
            pasted=text if errors else "",
            paste_errors=errors,
            note=note if kept else "",
        ),
    )


def _paste_secrets(
    request: HttpRequest, owner: Owner, lines: Sequence[Line], errors: list[str]
) -> HttpResponse:
    """Sets all lines as secrets, or none; asked to "look", it only says what they would be."""
    if errors or request.POST["secrets"] == "look" or not lines:
        names = ", ".join(f"{each.name} (line {each.number})" for each in lines)
        note = f"Nothing is set yet. Would be secrets: {names}. Paste them again." if names else ""
        return shown(request, owner, Shown(paste_errors=errors, note=note))
    values = {each.name: each.value for each in lines}
    numbers = {each.name: each.number for each in lines}
    try:
        made = set_secrets(actor_of(request), owner.within, owner.service, values)
    except Invalid as error:
        said = [
            f"Line {numbers[name.partition('.')[0]]}: {each}"
            for name, several in error.errors.items()
            for each in several
        ]
        return shown(request, owner, Shown(paste_errors=said))
    messages.success(request, f"{len(made)} secrets are set. Release the draft to make it so.")
    return redirect(owner.url())


def shown(request: HttpRequest, owner: Owner, what: Shown = NOTHING) -> HttpResponse:
    """The page of the owner's variables, with what was just sent."""
    actor, team = actor_of(request), owner.team
    own = own_rows(owner)
    stored = rows.stored(row for row in own if not row.secret)
    plain = what.typed if what.typed is not None else stored
    now = {row.name: row.value for row in stored}
    form = what.secret_form
    context = {
        "owner": owner,
        "app": owner.app,
        "environment": owner.environment,
        "service": owner.service,
        "tab": "variables",
        "rows": rows.with_spare(plain),
        "seen": as_seen(now if what.seen is None else what.seen),
        "errors": what.errors,
        "secrets": [secret_of(row, owner) for row in own if row.secret],
        "secret_form": form or SecretForm(),
        "effective": effective(owner.service) if owner.service else [],
        "restarts": what.restarts,
        "secret_restarts": what.secret_restarts,
        "pasted": what.pasted,
        "paste_errors": what.paste_errors,
        "note": what.note,
        "drafts": [] if owner.environment else owner.environments(),
        "save_url": owner.url("save"),
        "secret_url": owner.url("secret"),
        "paste_url": owner.url("paste"),
        "live_url": owner.url("live"),
        "may_change": scope.allowed(actor, team, Permission.CHANGE_DRAFT),
        "may_set_secret": scope.allowed(actor, team, Permission.SET_SECRET),
    }
    wrong = bool(what.errors or what.paste_errors or (form and form.errors))
    wrong = wrong or any(row.errors for row in plain)
    return page(
        request,
        "variables/page.html",
        context,
        title=f"Variables of {owner}",
        trail=owner.trail(request),
        status=422 if wrong else 200,
    )


def own_rows(owner: Owner) -> list[Variable]:
    """The draft's variables and secrets of the owner, secrets with their versions."""
    found = Variable.objects.filter(**environ.where(owner.within, owner.service), removed=False)
    return list(found.prefetch_related(prefetched()).order_by("name"))


def secret_of(row: Variable, owner: Owner) -> Secret:
    """What may be shown of a secret."""
    versions = sorted(row.versions.all(), key=lambda one: one.number)
    newest = versions[-1] if versions else None
    reached = owner.environments()
    last = drafted(row, reached[0]) if reached else newest
    rotation = getattr(newest, "rotation", None) if newest is not None else None
    return Secret(row.name, last, rotation)
