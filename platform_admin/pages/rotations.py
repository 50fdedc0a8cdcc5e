"""A secret or logins on their way into everything live that uses them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from platform_admin.live import rotations as live
from platform_admin.live.fragment import html
from platform_admin.models import App, Rotation
from platform_admin.pages import trail
from platform_admin.pages.access import of_app
from platform_admin.pages.owner import Owner
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.rotated import found
from platform_admin.pages.rotation_words import words
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.rotations import rotate_again


@of_app(Permission.VIEW_APP)
def rotation(request: HttpRequest, app: App, number: int) -> HttpResponse:
    """Which services are touched, where each is, and what failed, live."""
    known = found(app, number)
    said = words(known)
    context = {
        "app": app,
        "rotation": known,
        "words": said,
        "services": html(request, live.fragment(actor_of(request), app, known)),
    }
    here = reverse("rotation", args=[app.slug, number])
    where = trail.then(_trail(request, known), f"rotation of {said.what}", here)
    title = f"Rotation of {said.what} of {said.owner}"
    return page(request, "variables/rotation.html", context, title=title, trail=where)


def _trail(request: HttpRequest, known: Rotation) -> tuple[trail.Part, ...]:
    """Where one is on the page of what is rotated."""
    if known.resource is not None:
        return trail.of_resource(actor_of(request), known.resource)
    assert known.version is not None
    secret = known.version.variable
    return Owner(secret.within, secret.service).trail(request)


@of_app(Permission.DEPLOY)
@require_POST
def again(request: HttpRequest, app: App, number: int) -> HttpResponse:
    """Deploys it once more where it did not come through."""
    try:
        rotate_again(actor_of(request), found(app, number))
    except Invalid as error:
        messages.error(request, str(error))
    return redirect("rotation", app.slug, number)
