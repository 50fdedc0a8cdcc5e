"""Rotating the login of a resource: asked with what it restarts, then sent on its way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from platform_admin.forms.errors import show
from platform_admin.forms.resource import LoginForm
from platform_admin.models import Resource
from platform_admin.pages import trail
from platform_admin.pages.access import of_resource
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.live import live_document
from platform_admin.verbs.login_rotations import can_rotate, linked, rotate_logins
from platform_admin.verbs.logins import today


@of_resource(Permission.SET_SECRET)
def rotate(request: HttpRequest, found: Resource) -> HttpResponse:
    """Asks before the login is rotated; posted, it is, and the page of the rotation opens."""
    posted = request.POST if request.method == "POST" else None
    form = LoginForm(posted, external=found.external, initial=_now(found))
    if request.method == "POST" and form.is_valid():
        try:
            made = rotate_logins(actor_of(request), found, form.typed())
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("rotation", found.environment.app.slug, made.pk)
    return _asked(request, found, form)


def _now(found: Resource) -> dict[str, str]:
    login = today(found, "") if found.external else None
    return {"user": login.user} if login else {}


def _asked(request: HttpRequest, found: Resource, form: LoginForm) -> HttpResponse:
    environment = found.environment
    here = [environment.app.slug, environment.slug, found.name]
    context = {
        "resource": found,
        "environment": environment,
        "form": form,
        "can_rotate": can_rotate(found),
        "reached": [doc.name for doc in linked(live_document(environment), found)],
        "back_url": reverse("resource", args=here),
    }
    return page(
        request,
        "resources/rotate.html",
        context,
        title=f"Rotate the login of {found.name} of {environment}",
        trail=trail.then(
            trail.of_resource(actor_of(request), found),
            "rotate",
            reverse("resource_rotate", args=here),
        ),
        status=422 if form.errors else 200,
    )
