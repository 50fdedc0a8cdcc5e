"""Jump to anything by a part of its name."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from platform_admin.pages.access import signed_in
from platform_admin.pages.render import actor_of, page
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor

MOST = 30


@dataclass(frozen=True)
class Hit:
    """Something whose name has the words in it."""

    noun: str
    name: str
    url: str


@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """What exists for the person with these words in its name; a single hit is opened."""
    query = request.GET.get("q", "").strip().lower()
    hits = hits_of(actor_of(request), query) if query else []
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].url)
    return page(request, "search/page.html", {"query": query, "hits": hits}, title="Search")


def hits_of(actor: Actor, query: str) -> list[Hit]:
    """At most 30 hits: apps, environments, services, resources, each in the order of names."""
    words = query.replace("/", " ").split()
    found = [hit for hit in _all(actor) if all(word in hit.name for word in words)]
    return found[:MOST]


def _all(actor: Actor) -> list[Hit]:
    apps = scope.apps(actor).order_by("slug").values_list("slug")
    environments = scope.environments(actor).values_list("app__slug", "slug")
    place = ("environment__app__slug", "environment__slug", "name")
    services = scope.services(actor).values_list(*place)
    resources = scope.resources(actor).values_list(*place)
    return [
        *(_hit("app", row) for row in apps),
        *(_hit("environment", row) for row in environments.order_by("app__slug", "slug")),
        *(_hit("service", row) for row in services.order_by(*place)),
        *(_hit("resource", row) for row in resources.order_by(*place)),
    ]


def _hit(noun: str, address: tuple[str, ...]) -> Hit:
    return Hit(noun, " / ".join(address), reverse(noun, args=address))
