"""A postgres that runs, at the port of a resource of the world, and services linked to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from pytest_django import Settings

from platform_admin.models import Resource
from platform_admin.verbs.credentials import set_password
from platform_admin.verbs.resources import create_resource
from tests.jobs.inside import Inside
from tests.jobs.postgres_server import PASSWORD, Server, running
from tests.platform_admin.verbs.world import World


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture
def books(world: World, settings: Settings, server: Server) -> Resource:
    """A postgres at the port where a server listens."""
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/postgres"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"
    made = create_resource(world.dana, world.environment, name="books", kind="postgres")
    made.port = server.port
    made.save()
    set_password(made, "muster_admin", PASSWORD)
    return made


def held(cluster: Inside, colour: str) -> dict[str, Mapping[str, str]]:
    """What the Variables of this colour hold, by service."""
    return {
        path.removesuffix(f"-{colour}").rpartition("-")[2]: items
        for path, items in cluster.variables().items()
        if path.endswith(f"-{colour}")
    }
