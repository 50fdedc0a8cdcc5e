"""The live part of a rotation's page: where each service is, to the end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.live.fragment import Fragment, answer, shared
from platform_admin.models import App, Rotation
from platform_admin.pages.access import of_app
from platform_admin.pages.render import actor_of
from platform_admin.pages.rotated import found, rotated
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor


@of_app(Permission.VIEW_APP)
def services(request: HttpRequest, app: App, number: int) -> HttpResponse:
    """The fragment as it is now; it ends the polling with the last deployment."""
    actor = actor_of(request)
    key = ("rotation", app.pk, number, *scope.rights(actor, app.team))
    return answer(request, shared(key, lambda: fragment(actor, app, found(app, number))))


def fragment(actor: Actor, app: App, rotation: Rotation) -> Fragment:
    """The rotation's environments and services, and trying again for who may."""
    now = rotated(rotation)
    may_deploy = scope.allowed(actor, app.team, Permission.DEPLOY)
    return Fragment(
        name="rotation",
        url=reverse("rotation_live", args=[app.slug, rotation.pk]),
        template="variables/_rotation.html",
        context={"app": app, "rotation": rotation, "now": now, "again": may_deploy and now.failed},
        moving=True,
        ended=now.ended,
    )
