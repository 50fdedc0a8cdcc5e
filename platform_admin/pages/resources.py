"""A resource: made, and its page with connection, links, databases and size."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from jobs.resources import KINDS
from platform_admin.forms.errors import show
from platform_admin.forms.resource import (
    ChangedForm,
    DatabaseForm,
    ExternalForm,
    ResourceForm,
    ResourceSizeForm,
)
from platform_admin.live.dumps import fragment
from platform_admin.live.fragment import html
from platform_admin.models import Environment, Resource
from platform_admin.pages import standing, trail
from platform_admin.pages.access import of_environment, of_resource
from platform_admin.pages.linked import connections_hint, linked
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.external import change_external, register_external
from platform_admin.verbs.links import has_databases
from platform_admin.verbs.login_rotations import can_rotate
from platform_admin.verbs.logins import today
from platform_admin.verbs.resources import (
    add_database,
    change_resource,
    create_resource,
    kinds_here,
)

SAVED = "Saved in the draft. Release it to make it so."
CHANGED = "Saved. What runs keeps what it has until its next deployment."


@of_environment(Permission.CHANGE_DRAFT)
def new(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The form of a new resource; made, its page opens."""
    form = ResourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_resource(actor_of(request), environment, **form.cleaned_data)
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("resource", environment.app.slug, environment.slug, made.name)
    return _new(request, environment, form, "resources/new.html", "new_resource")


@of_environment(Permission.CHANGE_DRAFT)
def new_external(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The form of a resource that runs elsewhere; registered, its page opens."""
    form = ExternalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind, name = form.cleaned_data["kind"], form.cleaned_data["name"]
        given = form.given(KINDS[kind].port)
        try:
            register_external(actor_of(request), environment, name=name, kind=kind, given=given)
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("resource", environment.app.slug, environment.slug, name)
    return _new(request, environment, form, "resources/new_external.html", "new_external")


def _new(
    request: HttpRequest, environment: Environment, form: Form, template: str, name: str
) -> HttpResponse:
    where = trail.of_environment(actor_of(request), environment)
    here = reverse(name, args=[environment.app.slug, environment.slug])
    return page(
        request,
        template,
        {"form": form, "environment": environment, "kinds": kinds_here()},
        title=f"New resource in {environment}",
        trail=trail.then(where, "new resource", here),
        status=422 if form.errors else 200,
    )


@of_resource(Permission.VIEW_APP)
def resource(request: HttpRequest, found: Resource) -> HttpResponse:
    """The resource's page; posted, its size in the draft, or how it is entered."""
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            _save(actor_of(request), found, form)
        except Invalid as error:
            show(form, error.errors)
        else:
            messages.success(request, CHANGED if found.external else SAVED)
            return redirect(request.path)
    return _page(request, found, form)


@of_resource(Permission.CHANGE_DRAFT)
def database(request: HttpRequest, found: Resource) -> HttpResponse:
    """One more database in the draft, then the resource's page; its form stands there."""
    form = DatabaseForm(request.POST or None)
    here = redirect("resource", found.environment.app.slug, found.environment.slug, found.name)
    if request.method != "POST":
        return here
    if form.is_valid():
        try:
            made = add_database(actor_of(request), found, form.cleaned_data["database"])
        except Invalid as error:
            show(form, error.errors)
        else:
            messages.success(request, f"The next deployment makes {made.name}.")
            return here
    return _page(request, found, _form(None, found), form)


def _form(request: HttpRequest | None, found: Resource) -> ResourceSizeForm | ChangedForm:
    posted = request.POST or None if request is not None else None
    if found.external:
        database, login = found.databases.first(), today(found, "")
        how = {
            "host": found.host,
            "port": found.port,
            "user": login.user if login else "",
            "database": database.name if database else "",
        }
        return ChangedForm(posted, kind=found.kind, initial=how)
    names = ("cpu_mhz", "memory_mb", "max_connections")
    size = {name: getattr(found, name) for name in names}
    return ResourceSizeForm(posted, kind=found.kind, initial=size)


def _save(actor: Actor, found: Resource, form: ResourceSizeForm | ChangedForm) -> None:
    if isinstance(form, ChangedForm):
        change_external(actor, found, form.given(KINDS[found.kind].port))
    else:
        change_resource(actor, found, **form.cleaned_data)


def _page(
    request: HttpRequest,
    found: Resource,
    form: ResourceSizeForm | ChangedForm,
    database_form: DatabaseForm | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    environment = found.environment
    [stands] = standing.of_resources(Resource.objects.filter(pk=found.pk), timezone.now())
    kind = KINDS[found.kind]
    context = {
        "environment": environment,
        "resource": found,
        "standing": stands,
        "instance": next((each for each in stands.instances if not each.ended), None),
        "logins": found.credentials.filter(dropping=False).order_by("pk"),
        "last_rotation": found.rotations.order_by("-pk").first(),
        "may_rotate": found.deletion_id is None
        and can_rotate(found)
        and scope.allowed(actor, environment.app.team, Permission.SET_SECRET),
        "admin": "" if found.external else kind.user,
        "links": linked(found),
        "hint": connections_hint(found),
        "databases": found.databases.order_by("name") if kind.databases else None,
        "database_form": (database_form or DatabaseForm()) if has_databases(found) else None,
        "dumps": html(request, fragment(actor, found)) if kind.databases else "",
        "form": form,
        "may_change": scope.allowed(actor, environment.app.team, Permission.CHANGE_DRAFT),
        "may_delete": found.deletion_id is None
        and scope.allowed(actor, environment.app.team, Permission.DELETE),
    }
    wrong = form.errors or (database_form is not None and database_form.errors)
    return page(
        request,
        "resources/page.html",
        context,
        title=f"{found.name} of {environment}",
        trail=trail.of_resource(actor, found),
        status=422 if wrong else 200,
    )
