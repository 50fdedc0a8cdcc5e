"""What links name, made in a postgres that runs; dropped once nothing live names it."""

from __future__ import annotations

import psycopg
import pytest
from pytest_django import Settings

from jobs.deploy import logins
from jobs.deploy.values import values
from jobs.document import Document, LinkDoc, ResourceDoc, ServiceDoc
from jobs.errors import Unavailable
from platform_admin.models import Credential, Deployment, Instance, Resource, Run, Service
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.resources import create_resource
from platform_admin.verbs.runs import run_once
from tests.jobs.deploy.driven.drive import drive, look, queued, step
from tests.jobs.deploy.driven.linked_postgres import books, server
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

__all__ = ["books", "server"]

State = Deployment.State


def linked(world: World, name: str, *links: LinkFields) -> Service:
    service = world.worker(name)
    set_links(world.dana, service, links)
    return service


def brought(world: World, cluster: Inside, value: str = "1") -> Deployment:
    return drive(cluster, queued(world, value))


def url(world: World, service: str) -> str:
    """What the service gets as URL today."""
    document = draft(world.environment)
    doc = document.service(service)
    assert doc is not None
    return values(world.environment, document, doc)["URL"]


def test_a_deployment_makes_what_its_links_name_and_hands_it_over(
    world: World, cluster: Inside, books: Resource
) -> None:
    linked(world, "first", LinkFields("URL", "books"), LinkFields("NAME", "books", "database"))
    linked(world, "second", LinkFields("URL", "books", "url", "orders"))
    assert brought(world, cluster).state == State.SUCCEEDED

    items = next(v for k, v in cluster.variables().items() if "first" in k)
    assert items["NAME"] == "app"
    assert items["URL"].startswith("postgres://first_login:")
    with psycopg.connect(items["URL"]) as connection:
        found = connection.execute("SELECT session_user, current_user, current_database()")
        assert found.fetchone() == ("first_login", "app_owner", "app")
    assert "/orders" in url(world, "second")
    assert set(books.databases.values_list("name", flat=True)) == {"app", "orders"}


def test_it_is_bound_to_the_node_that_has_its_data(
    world: World, cluster: Inside, books: Resource
) -> None:
    linked(world, "first", LinkFields("URL", "books"))
    path = f"nomad/jobs/{books.slug}"
    assert brought(world, cluster).state == State.SUCCEEDED

    books.refresh_from_db()
    assert books.data_node == "local"
    assert cluster.variables()[path]["MUSTER_DATA"] == "kept"
    [rule] = cluster.job(books.slug)["Constraints"]
    assert (rule["LTarget"], rule["RTarget"]) == ("${node.unique.name}", "local")
    assert len(cluster.allocations(books.slug)) == 1


def test_a_postgres_that_passes_and_does_not_answer_is_waited_for(
    world: World, cluster: Inside, books: Resource
) -> None:
    linked(world, "first", LinkFields("URL", "books"))
    Resource.objects.update(port=1)
    deployment = drive(cluster, queued(world), until=State.PROVISIONING)
    for _ in range(3):
        step(cluster, deployment)

    assert deployment.state == State.PROVISIONING
    assert deployment.waits_for.startswith("Waiting: postgres at 127.0.0.1:1: ")


def test_a_version_that_is_not_run_any_more_fails_the_deployment_in_words(
    world: World, cluster: Inside, books: Resource, settings: Settings
) -> None:
    linked(world, "first", LinkFields("URL", "books"))
    settings.MUSTER_POSTGRES_PROGRAMS = {"19": "/opt/postgres"}
    settings.MUSTER_POSTGRES_IMAGES = {}
    deployment = brought(world, cluster)

    assert deployment.state == State.FAILED
    assert "books: This cluster runs no postgres of version 18" in deployment.reason


@pytest.mark.full
def test_a_login_goes_once_no_live_release_names_it(
    world: World, cluster: Inside, books: Resource
) -> None:
    service = linked(world, "first", LinkFields("URL", "books"))
    linked(world, "second", LinkFields("URL", "books"))
    brought(world, cluster)
    old = url(world, "first")
    set_links(world.dana, service, [])
    logins.drop_unused()
    psycopg.connect(old).close()

    deployment = queued(world, "2")
    drive(cluster, deployment, until=State.ROLLING)
    logins.drop_unused()
    psycopg.connect(old).close()

    drive(cluster, deployment)
    look(cluster)
    logins.drop_unused()
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(old)
    psycopg.connect(url(world, "second")).close()
    users = set(Credential.objects.filter(resource=books).values_list("user", flat=True))
    assert users == {"muster_admin", "second_login"}


@pytest.mark.full
def test_a_login_stays_while_an_instance_drains_or_a_run_of_its_release_goes_on(
    world: World, cluster: Inside, books: Resource
) -> None:
    service = linked(world, "first", LinkFields("URL", "books"))
    linked(world, "second", LinkFields("URL", "books"))
    brought(world, cluster)
    old = url(world, "first")
    run = run_once(world.dana, service, "sleep 1", 3600)
    set_links(world.dana, service, [])
    brought(world, cluster, "2")
    look(cluster)
    assert run.release is not None
    drains = Instance.objects.filter(service=service, release=run.release.number)
    drains.update(ended=False)
    Run.objects.update(state=Run.State.FAILED)
    logins.drop_unused()
    psycopg.connect(old).close()

    drains.update(ended=True)
    Run.objects.update(state=Run.State.RUNNING)
    logins.drop_unused()
    psycopg.connect(old).close()

    Run.objects.update(state=Run.State.FAILED)
    logins.drop_unused()
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(old)


def test_trouble_with_one_resource_keeps_no_other_from_its_turn(
    world: World, books: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create_resource(world.dana, world.environment, name="other", kind="postgres")
    tried: list[str] = []

    def fails(resource: Resource) -> None:
        tried.append(resource.name)
        raise SealError("no key")

    monkeypatch.setattr(logins, "_drop_unused", fails)
    logins.drop_unused()
    assert sorted(tried) == sorted([books.name, other.name])


def test_a_login_that_a_deployment_needs_again_is_not_dropped_under_it(
    world: World, cluster: Inside, books: Resource
) -> None:
    linked(world, "first", LinkFields("URL", "books"))
    Credential.objects.filter(user="first_login").update(dropping=True)
    brought(world, cluster)
    Credential.objects.filter(user="first_login").update(dropping=True)
    logins.drop_unused()

    psycopg.connect(url(world, "first")).close()
    assert not Credential.objects.filter(dropping=True).exists()


def test_a_link_to_a_login_that_is_not_made_yet_waits(
    world: World, cluster: Inside, books: Resource
) -> None:
    doc = ServiceDoc("other", "worker", links=(LinkDoc("URL", "books"),))
    document = Document("shop", "production", (doc,), (ResourceDoc("books", "postgres"),))
    linked(world, "first", LinkFields("URL", "books"))
    brought(world, cluster)
    with pytest.raises(Unavailable, match="has no login for other yet"):
        values(world.environment, document, doc)
