from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from platform_admin.demo import shop as demo
from platform_admin.demo.people import people
from platform_admin.models import App, AuditEvent, Environment, Service
from platform_admin.verbs.artifacts import artifact_path
from platform_admin.verbs.drafts import draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> None:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    settings.MUSTER_RESOURCE_PORTS = "15100-15199"
    people()


def test_the_shop_is_three_services_and_a_redis_that_know_each_other_by_links() -> None:
    document = draft(demo.shop())

    assert {each.name: each.kind for each in document.services} == {
        "api": "private",
        "web": "web",
        "worker": "worker",
    }
    links = {
        (each.name, link.variable, f"{link.target}.{link.property}")
        for each in document.services
        for link in each.links
    }
    assert links == {
        ("web", "API_URL", "api.url"),
        ("web", "REDIS_URL", "cache.url"),
        ("api", "REDIS_URL", "cache.url"),
        ("worker", "REDIS_URL", "cache.url"),
    }
    api = document.service("api")
    assert api is not None
    assert api.release_command == (sys.executable, "migrate.py")


def test_each_part_has_its_own_archive_in_the_store() -> None:
    demo.shop()
    artifacts = [service.artifact for service in Service.objects.all()]

    assert len({artifact.sha256 for artifact in artifacts if artifact}) == 3
    assert all(artifact_path(artifact).is_file() for artifact in artifacts if artifact)


def test_all_of_it_was_made_by_dana() -> None:
    demo.shop()
    made = AuditEvent.objects.filter(team__slug="demo").exclude(actor_name="muster")

    assert set(made.values_list("actor_name", flat=True)) == {"dana"}


def test_a_second_seed_changes_nothing() -> None:
    first = demo.shop()
    events = AuditEvent.objects.count()

    assert demo.shop() == first
    assert AuditEvent.objects.count() == events


def test_the_cells_ports_are_those_of_the_settings(settings: Settings) -> None:
    environment = demo.shop()
    assert (environment.cell.first_port, environment.cell.last_port) == (15100, 15199)
    assert environment.resources.get().port == 15100

    settings.MUSTER_RESOURCE_PORTS = "15200-15299"
    assert demo.shop().cell.first_port == 15200


def test_a_seed_that_breaks_off_leaves_no_half_of_the_shop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(demo, "set_secret", broken)
    with pytest.raises(OSError, match="the disk is full"):
        demo.shop()

    assert not Environment.objects.exists()
    assert not App.objects.exists()
