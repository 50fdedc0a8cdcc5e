from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from jobs.document import Document
from jobs.document.types import KINDS as SERVICE_KINDS
from jobs.resources import KINDS as RESOURCE_KINDS
from platform_admin.demo import warehouse as demo
from platform_admin.demo.people import people
from platform_admin.models import AuditEvent, Environment, SecretVersion
from platform_admin.verbs import environ
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.files import exported
from platform_admin.verbs.links import PUBLIC_PROPERTIES
from platform_admin.verbs.secrets import secret_value

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> None:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    settings.MUSTER_RESOURCE_PORTS = "15100-15199"
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/usr/lib/postgresql/18/bin"}
    settings.MUSTER_POSTGRES_FOLDER = str(tmp_path)
    settings.MUSTER_EXTERNAL_NETWORKS = ["127.0.0.0/8"]
    people()


def given(document: Document, *kinds: str) -> set[str]:
    """Which properties of services or resources of these kinds its links give."""
    targets = {one.name for one in document.services if one.kind in kinds}
    targets |= {one.name for one in document.resources if one.kind in kinds}
    links = [link for service in document.services for link in service.links]
    return {link.property for link in links if link.target in targets}


def test_it_has_every_kind_of_service_and_resource() -> None:
    document = draft(demo.warehouse())

    assert {service.kind for service in document.services} == set(SERVICE_KINDS)
    managed = {one.kind for one in document.resources if not one.external}
    assert managed == set(RESOURCE_KINDS)
    assert [one.name for one in document.resources if one.external] == ["partner"]


def test_its_links_give_every_property_that_there_is() -> None:
    document = draft(demo.warehouse())

    assert given(document, "web", "static", "private") == set(PUBLIC_PROPERTIES)
    for name, kind in RESOURCE_KINDS.items():
        assert given(document, name) == set(kind.property_names)


def test_its_databases_are_each_for_other_services() -> None:
    links = [
        (link.database, service.name)
        for service in draft(demo.warehouse()).services
        for link in service.links
        if link.target == "db"
    ]

    assert {service for database, service in links if database == "stock"} == {"stock"}
    assert {service for database, service in links if database == "ledger"} == {
        "web", "books", "foreman",
    }  # fmt: skip


def test_the_more_specific_variable_wins() -> None:
    environment = demo.warehouse()
    web = environment.services.get(name="web")

    assert environ.plain(environ.rows(environment.app, None))["REGION"] == "north"
    found = draft(environment).service("web")
    assert found is not None
    assert found.variables == {
        "COMPANY": "Quay and Crane", "REGION": "harbour", "TITLE": "The warehouse",
    }  # fmt: skip
    assert environ.plain(environ.rows(environment, web)) == {"TITLE": "The warehouse"}


def test_no_secret_of_its_file_lacks_a_value_and_one_was_seen_by_nobody() -> None:
    environment = demo.warehouse()
    file = exported(environment)

    assert set(file.secrets) == set(demo.SECRETS)
    assert SecretVersion.objects.count() == len(demo.SECRETS)
    assert secret_value(environment, None, "CARRIER_TOKEN", 1) == "only an example"
    assert len(secret_value(environment, None, "LABEL_KEY", 1)) == 43
    event = AuditEvent.objects.get(after__name="LABEL_KEY")
    assert event.after is not None
    assert event.after["generated"]


def test_all_of_it_was_made_by_dana_and_a_second_time_nothing() -> None:
    first = demo.warehouse()
    events = AuditEvent.objects.filter(team__slug="demo").exclude(actor_name="muster")

    assert set(events.values_list("actor_name", flat=True)) == {"dana"}
    before = AuditEvent.objects.count()
    assert demo.warehouse() == first
    assert (Environment.objects.count(), AuditEvent.objects.count()) == (1, before)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("MUSTER_DRIVERS", ["docker"], "made of archives"),
        ("MUSTER_POSTGRES_FOLDER", "", "it has a postgres"),
        ("MUSTER_EXTERNAL_NETWORKS", [], "MUSTER_EXTERNAL_NETWORKS"),
    ],
)
def test_a_cluster_that_can_not_run_it_is_told_why(
    setting: str, value: object, said: str, settings: Settings
) -> None:
    assert demo.refused() == ""
    setattr(settings, setting, value)
    assert said in demo.refused()
