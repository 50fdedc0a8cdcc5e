"""The live part of a postgres' page: the dumps that are kept, and how far one on its way is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.live.fragment import Fragment, answer
from platform_admin.models import Resource
from platform_admin.pages.access import of_resource
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.dumps import KEPT


@of_resource(Permission.VIEW_APP)
def dumps(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The fragment as it is now."""
    return answer(request, fragment(actor_of(request), resource))


def fragment(actor: Actor, resource: Resource) -> Fragment:
    """The dumps, the newest first; buttons for who may have what is in them."""
    environment = resource.environment
    found = list(resource.dumps.all())
    under_way = any(each.state in each.UNDER_WAY for each in found)
    address = [environment.app.slug, environment.slug, resource.name]
    return Fragment(
        name="dumps",
        url=reverse("resource_dumps_live", args=address),
        template="resources/_dumps.html",
        context={
            "environment": environment,
            "resource": resource,
            "dumps": found,
            "databases": list(resource.databases.order_by("name")),
            "under_way": under_way,
            "full": len(found) >= KEPT,
            "kept": KEPT,
            "may_copy": scope.allowed(actor, environment.app.team, Permission.COPY_DATA),
        },
        moving=under_way,
    )
