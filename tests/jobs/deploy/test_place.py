from __future__ import annotations

import pytest
from pytest_django import Settings

from jobs.deploy.place import driver, place
from jobs.specs.place import Place
from platform_admin.models import App, Cell, Environment, Team


@pytest.mark.parametrize(
    ("allowed", "image", "chosen"),
    [
        (["raw_exec", "docker"], None, "raw_exec"),
        (["raw_exec", "docker"], "shop:1", "docker"),
        (["podman", "docker"], "shop:1", "podman"),
        (["docker", "exec"], None, "exec"),
        (["docker"], None, "docker"),
        (["raw_exec"], "shop:1", "raw_exec"),
    ],
)
def test_the_first_allowed_driver_that_fits_is_taken(
    settings: Settings, allowed: list[str], image: str | None, chosen: str
) -> None:
    settings.MUSTER_DRIVERS = allowed
    assert driver(image) == chosen


def test_a_place_is_the_cells_the_teams_and_the_operators(settings: Settings) -> None:
    settings.MUSTER_DRIVERS = ["exec", "docker"]
    settings.MUSTER_URL = "http://muster.test"
    settings.MUSTER_APPS_DOMAIN = "apps.test"
    environment = Environment(
        app=App(team=Team(namespace="demo")), cell=Cell(region="north", largest_count=7)
    )
    assert place(environment, image="shop:1") == Place(
        namespace="demo",
        region="north",
        driver="docker",
        largest_count=7,
        artifacts_url="http://muster.test/artifacts",
        apps_domain="apps.test",
    )
