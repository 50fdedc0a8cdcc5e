"""A new version of a secret on its way into everything live that names the secret."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from platform_admin.live import rotations as live
from platform_admin.live.fragment import html
from platform_admin.models import App
from platform_admin.pages import trail
from platform_admin.pages.access import of_app
from platform_admin.pages.owner import Owner
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.rotated import found
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.rotations import rotate_again


@of_app(Permission.VIEW_APP)
def rotation(request: HttpRequest, app: App, number: int) -> HttpResponse:
    """Which services are touched, where each is, and what failed, live."""
    known, actor = found(app, number), actor_of(request)
    secret = known.version.variable
    owner = Owner(secret.within, secret.service)
    context = {
        "app": app,
        "owner": owner,
        "rotation": known,
        "secret": secret,
        "services": html(request, live.fragment(actor, app, known)),
    }
    here = reverse("rotation", args=[app.slug, number])
    where = trail.then(owner.trail(request), f"rotation of {secret.name}", here)
    title = f"Rotation of {secret.name} of {owner}"
    return page(request, "variables/rotation.html", context, title=title, trail=where)


@of_app(Permission.DEPLOY)
@require_POST
def again(request: HttpRequest, app: App, number: int) -> HttpResponse:
    """Deploys it once more where it did not come through."""
    try:
        rotate_again(actor_of(request), found(app, number))
    except Invalid as error:
        messages.error(request, str(error))
    return redirect("rotation", app.slug, number)
