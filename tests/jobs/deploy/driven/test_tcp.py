"""A service that speaks TCP: no edge knows it, Consul knows its slug and its further ports."""

from __future__ import annotations

import pytest

from platform_admin.models import Cell, Colour, Deployment, Service
from tests.jobs.deploy.driven.drive import drive, look, queued, step
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

SLUG = "shop-production-chat"


@pytest.fixture
def chat(world: World) -> Service:
    Cell.objects.update(link_form="dns")
    world.environment.refresh_from_db()
    return world.service("chat", kind="private", protocol="tcp", ports={"admin": 9100})


def test_it_goes_live_without_an_edge_and_bears_its_slug_and_its_ports(
    world: World, cluster: Inside, chat: Service
) -> None:
    cluster.edges[0].follows = False

    deployment = drive(cluster, queued(world))

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    look(cluster)
    assert not [key for key in cluster.consul_keys() if SLUG in key]
    (blue,) = cluster.consul.health(f"{SLUG}-blue")
    (slug,) = cluster.consul.health(SLUG)
    (admin,) = cluster.consul.health(f"{SLUG}--admin")
    assert (blue.tags, slug.port) == ((), blue.port)
    assert admin.port != slug.port


@pytest.mark.full
def test_the_next_release_takes_the_names_over(
    world: World, cluster: Inside, chat: Service
) -> None:
    drive(cluster, queued(world))
    deployment = drive(cluster, queued(world, "2"))

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    look(cluster)
    (green,) = cluster.consul.health(f"{SLUG}-green")
    (slug,) = cluster.consul.health(SLUG)
    assert slug.port == green.port
    assert len(cluster.consul.health(f"{SLUG}--admin")) == 1
    assert Colour.objects.get(service=chat, bears_slug=True).colour == "green"


def test_an_instance_whose_port_is_closed_is_not_live(
    world: World, cluster: Inside, chat: Service
) -> None:
    cluster.sick.add(f"{SLUG}-blue")

    deployment = drive(cluster, queued(world), until="watch")

    assert "waiting for the first instance" in drive_on(cluster, deployment)


def drive_on(cluster: Inside, deployment: Deployment) -> str:
    """What the deployment waits for some steps later."""
    for _ in range(4):
        step(cluster, deployment)
    return deployment.waits_for
