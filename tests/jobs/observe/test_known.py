from __future__ import annotations

from collections.abc import Callable

import pytest

from jobs.observe.known import KnownJobs, known_jobs
from platform_admin.models import Colour, Resource, Service, Slug, Team
from platform_admin.verbs.releases import release
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]


def test_the_jobs_of_a_cell_are_both_colours_of_its_services_and_its_resources(
    world: World,
) -> None:
    web, worker = world.service("web"), world.worker()
    cache: Resource = world.redis("cache")
    Colour.objects.filter(service=web, colour="blue").update(
        release=release(world.dana, world.environment)
    )
    known = known_jobs(world.cell)
    assert {job for _, job in known} == {
        *(f"{service.slug}-{colour}" for service in (web, worker) for colour in ("blue", "green")),
        cache.slug,
    }
    blue, green = (known["demo", f"{web.slug}-{colour}"] for colour in ("blue", "green"))
    assert (blue.service, blue.colour, blue.release, blue.has_port) == (web.pk, "blue", 1, True)
    assert (green.release, known["demo", f"{worker.slug}-blue"].has_port) == (None, False)
    resource = known["demo", cache.slug]
    assert (resource.resource, resource.service, resource.has_port) == (cache.pk, None, True)


def test_what_did_not_change_is_not_read_again(world: World) -> None:
    world.service("web")
    jobs = KnownJobs()
    assert jobs.read(world.cell) is jobs.read(world.cell)


CHANGES: dict[str, Callable[[World], object]] = {
    "a service": lambda world: world.service("other"),
    "a resource": lambda world: world.redis("cache"),
    "a release": lambda world: Colour.objects.filter(colour="blue").update(
        release=release(world.dana, world.environment)
    ),
    "a namespace": lambda world: Team.objects.filter(namespace="demo").update(
        namespace="elsewhere"
    ),
    "a slug": lambda world: Service.objects.update(
        slug_row=Slug.objects.create(slug="shop-production-shop")
    ),
    "a port": lambda world: Service.objects.update(kind="worker", port=None),
    "its end": lambda world: Colour.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_is_read_again(world: World, change: str) -> None:
    world.service("web")
    jobs = KnownJobs()
    before = jobs.read(world.cell)
    CHANGES[change](world)
    after = jobs.read(world.cell)
    assert after != before
    assert after == known_jobs(world.cell)
