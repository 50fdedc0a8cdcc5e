"""Secrets of an app, an environment or a service: set, generated, removed, rotated."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from platform_admin.forms.errors import show
from platform_admin.forms.variables import SecretForm
from platform_admin.models import App, Environment, Service, Variable
from platform_admin.pages import restarts
from platform_admin.pages.access import of_app, of_environment, of_service
from platform_admin.pages.owner import Owner
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.variables import Shown, own_rows, secret_of, shown
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.live import live_document
from platform_admin.verbs.rotations import naming, rotate
from platform_admin.verbs.secrets import remove_secret, set_secret


@of_app(Permission.SET_SECRET)
def of_app_secret(request: HttpRequest, app: App) -> HttpResponse:
    """Changes a secret of the app; not posted, it asks before a removal or a rotation."""
    return _secret(request, Owner(app))


@of_environment(Permission.SET_SECRET)
def of_environment_secret(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Changes a secret of the environment; not posted, it asks before a removal or a rotation."""
    return _secret(request, Owner(environment))


@of_service(Permission.SET_SECRET)
def of_service_secret(request: HttpRequest, service: Service) -> HttpResponse:
    """Changes a secret of the service; not posted, it asks before a removal or a rotation."""
    return _secret(request, Owner(service.environment, service))


def _secret(request: HttpRequest, owner: Owner) -> HttpResponse:
    if request.method != "POST":
        return _asked(request, owner)
    form = SecretForm(request.POST)
    form.is_valid()
    if "rotate" in request.POST:
        return _rotated(request, owner, form)
    name = form.cleaned_data.get("name") or ""
    if "preview" in request.POST:
        would = restarts.of_secret(owner, name)
        return shown(request, owner, Shown(secret_form=form, secret_restarts=would))
    try:
        said = _changed(request, owner, form, name)
    except Invalid as error:
        show(form, error.errors)
        return shown(request, owner, Shown(secret_form=form))
    messages.success(request, said)
    return redirect(owner.plan_url() if "release" in request.POST else owner.url())


def _changed(request: HttpRequest, owner: Owner, form: SecretForm, name: str) -> str:
    """What was done to the secret, in a sentence."""
    actor = actor_of(request)
    if "remove" in request.POST:
        remove_secret(actor, owner.within, owner.service, name)
        return f"{name} is out of the draft; releases that name it keep it."
    made = set_secret(actor, owner.within, owner.service, name, form.wanted())
    how = "was generated and is shown to nobody" if "generate" in request.POST else "is set"
    return f"Version {made.number} of {name} {how}. Release it to make it so."


def _rotated(request: HttpRequest, owner: Owner, form: SecretForm) -> HttpResponse:
    name = form.cleaned_data.get("name") or ""
    row = _named(owner, name)
    if row is None:
        return redirect(owner.url())
    try:
        made = rotate(actor_of(request), owner.within, owner.service, name, form.wanted())
    except Invalid as error:
        show(form, error.errors)
        return _rotating(request, owner, row, form)
    return redirect("rotation", owner.app.slug, made.pk)


def _asked(request: HttpRequest, owner: Owner) -> HttpResponse:
    """The page that asks about the secret that the query names; its value can not be read."""
    for word, ask in (("remove", _removing), ("rotate", _rotating)):
        row = _named(owner, request.GET.get(word, ""))
        if row is not None:
            return ask(request, owner, row)
    return redirect(owner.url())


def _removing(request: HttpRequest, owner: Owner, row: Variable) -> HttpResponse:
    title = f"Remove {row.name} from {owner}"
    return _page(request, owner, row, "variables/remove.html", title=title)


def _rotating(
    request: HttpRequest, owner: Owner, row: Variable, form: SecretForm | None = None
) -> HttpResponse:
    found = [(each, naming(live_document(each), row)) for each in owner.environments()]
    context = {
        "form": form or SecretForm(initial={"name": row.name}),
        "reached": [(each, [doc.name for doc in docs]) for each, docs in found if docs],
    }
    title = f"Rotate {row.name} of {owner}"
    return _page(request, owner, row, "variables/rotate.html", context, title=title)


def _page(
    request: HttpRequest,
    owner: Owner,
    row: Variable,
    template: str,
    more: dict[str, Any] | None = None,
    *,
    title: str,
) -> HttpResponse:
    context = {
        "owner": owner,
        "app": owner.app,
        "environment": owner.environment,
        "service": owner.service,
        "tab": "variables",
        "secret": secret_of(row, owner),
        "secret_url": owner.url("secret"),
        "back_url": owner.url(),
        **(more or {}),
    }
    form = context.get("form")
    status = 422 if isinstance(form, SecretForm) and form.errors else 200
    here = owner.trail(request)
    return page(request, template, context, title=title, trail=here, status=status)


def _named(owner: Owner, name: str) -> Variable | None:
    """The owner's secret of that name."""
    found = [row for row in own_rows(owner) if row.secret and row.name == name]
    return found[0] if found else None
