"""Logins that take turns, driven to their end in a postgres that runs."""

from __future__ import annotations

import psycopg
import pytest

from jobs.deploy import logins
from platform_admin.models import (
    Credential,
    Deployment,
    DeploymentStep,
    Resource,
    Rotation,
    Run,
    Service,
)
from platform_admin.pages.rotated import rotated
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.login_rotations import rotate_logins
from platform_admin.verbs.restarts import restart
from platform_admin.verbs.rotations import rotate_again
from platform_admin.verbs.runs import run_once
from tests.jobs.deploy.driven import killed
from tests.jobs.deploy.driven.drive import drive, late, look, queued
from tests.jobs.deploy.driven.linked_postgres import books, held, server
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

__all__ = ["books", "server"]

State = Deployment.State


@pytest.fixture
def live(world: World, cluster: Inside, books: Resource) -> World:
    """web calls api and both share a database; both are live on blue with their first logins."""
    web, api = world.service("web"), world.service("api", kind="private")
    set_links(world.dana, web, [LinkFields("API_URL", "api"), LinkFields("URL", "books")])
    set_links(world.dana, api, [LinkFields("URL", "books")])
    assert drive(cluster, queued(world)).state == State.SUCCEEDED
    return world


def begun(world: World, books: Resource) -> tuple[Rotation, Deployment]:
    rotation = rotate_logins(world.dana, books)
    return rotation, rotation.deployments.get()


def urls(cluster: Inside, colour: str) -> dict[str, str]:
    return {name: items["URL"] for name, items in held(cluster, colour).items()}


def who(url: str) -> str:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT session_user").fetchone()
    assert found is not None
    return str(found[0])


def refused(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError as error:
        return "authentication failed" in str(error)
    return False


def swept(cluster: Inside) -> None:
    look(cluster)
    logins.drop_unused()


def test_the_old_login_is_valid_until_all_run_with_the_new_one_and_goes_then(
    live: World, cluster: Inside, books: Resource
) -> None:
    old = urls(cluster, "blue")
    rotation, deployment = begun(live, books)
    drive(cluster, deployment, until="watch")
    swept(cluster)
    assert {who(url) for url in old.values()} == {"web_login", "api_login"}

    done = drive(cluster, deployment)

    assert done.state == State.SUCCEEDED, done.reason
    new = urls(cluster, "green")
    assert {name: who(url) for name, url in new.items()} == {
        "web": "web_login_b",
        "api": "api_login_b",
    }
    assert not any(refused(url) for url in old.values())
    assert "stays valid until nothing runs with it" in rotated(rotation).sentence
    assert not rotated(rotation).ended
    swept(cluster)
    assert all(refused(url) for url in old.values())
    assert not any(refused(url) for url in new.values())
    assert "The one before is gone" in rotated(rotation).sentence
    assert rotated(rotation).ended


@pytest.mark.full
def test_both_logins_use_what_either_made(live: World, cluster: Inside, books: Resource) -> None:
    old = urls(cluster, "blue")["web"]
    with psycopg.connect(old) as connection:
        connection.execute("CREATE TABLE first (id serial, said text)")
        # As a program that leaves the owner's role, or one from before there was one.
        connection.execute("SET ROLE NONE")
        connection.execute("CREATE SCHEMA own CREATE TABLE own.alone (id serial)")
    _, deployment = begun(live, books)
    drive(cluster, deployment)
    new = urls(cluster, "green")["web"]

    with psycopg.connect(new) as connection:
        connection.execute("INSERT INTO first (said) VALUES ('new')")
        connection.execute("ALTER TABLE first ADD more int")
        connection.execute("INSERT INTO own.alone DEFAULT VALUES")
        connection.execute("CREATE TABLE second (id serial)")
    with psycopg.connect(old) as connection:
        connection.execute("INSERT INTO second DEFAULT VALUES")
        connection.execute("SELECT nextval('first_id_seq'), nextval('own.alone_id_seq')")
        connection.execute("ALTER TABLE second ADD more int")
    swept(cluster)
    with psycopg.connect(new) as connection:
        connection.execute("DROP TABLE first, second, own.alone")
        connection.execute("DROP SCHEMA own")


@pytest.mark.full
def test_where_one_fails_all_keep_the_old_login_and_another_try_goes_on(
    live: World, cluster: Inside, books: Resource
) -> None:
    old = urls(cluster, "blue")
    rotation, deployment = begun(live, books)
    cluster.sick.add("shop-production-web-green")
    drive(cluster, deployment, until="watch")
    late(live.environment.services.get(name="web"))

    assert drive(cluster, deployment).state == State.FAILED
    swept(cluster)
    assert not any(refused(url) for url in old.values())
    now = rotated(rotation)
    [place] = now.places
    assert (now.failed, now.ended) == (True, True)
    assert [(turn.name, turn.word, turn.said) for turn in place.turns] == [
        ("api", "healthy", "api_login is live"),
        ("web", "failed", "failed here; web_login is live"),
    ]
    assert place.deployment.reason.startswith("web")

    cluster.sick.clear()
    rotate_again(live.dana, rotation)
    done = drive(cluster, rotation.deployments.order_by("-number")[0])
    swept(cluster)
    assert done.state == State.SUCCEEDED, done.reason
    assert who(urls(cluster, "green")["web"]) == "web_login_b"
    assert all(refused(url) for url in old.values())


@pytest.mark.full
def test_what_is_deployed_after_a_failed_rotation_gets_the_old_login(
    live: World, cluster: Inside, books: Resource
) -> None:
    _, deployment = begun(live, books)
    Deployment.objects.filter(pk=deployment.pk).update(cancel_requested=True, cancel_reason="No.")
    assert drive(cluster, deployment).state == State.CANCELLED

    assert drive(cluster, queued(live, "2")).state == State.SUCCEEDED

    assert who(urls(cluster, "green")["web"]) == "web_login"


@pytest.mark.full
def test_the_next_rotation_and_a_restart_take_the_first_name_again_with_another_password(
    live: World, cluster: Inside, books: Resource
) -> None:
    first = urls(cluster, "blue")["web"]
    for _ in range(2):
        drive(cluster, begun(live, books)[1])
        swept(cluster)

    now = urls(cluster, "blue")["web"]
    assert now != first
    assert who(now) == "web_login"
    drive(cluster, restart(live.dana, live.environment.services.get(name="web")))
    assert urls(cluster, "green")["web"] == now


@pytest.mark.full
def test_a_run_that_began_with_the_old_login_keeps_it(
    live: World, cluster: Inside, books: Resource
) -> None:
    old = urls(cluster, "blue")["web"]
    run_once(live.dana, live.environment.services.get(name="web"), "sleep 1", 3600)
    drive(cluster, begun(live, books)[1])
    Run.objects.update(state=Run.State.RUNNING)
    swept(cluster)
    assert not refused(old)

    Run.objects.update(state=Run.State.SUCCEEDED)
    swept(cluster)
    assert refused(old)


@pytest.mark.full
def test_workers_that_die_on_the_way_are_followed_by_others(
    live: World, cluster: Inside, books: Resource
) -> None:
    old = urls(cluster, "blue")
    _, deployment = begun(live, books)
    with killed.dying(killed.every_other()) as writes:
        killed.drive(cluster, deployment)
    swept(cluster)

    assert (deployment.state, deployment.reason) == (State.SUCCEEDED, "")
    assert writes.deaths > 10
    assert all(refused(url) for url in old.values())
    assert who(urls(cluster, "green")["api"]) == "api_login_b"
    assert not DeploymentStep.objects.filter(state=DeploymentStep.State.RUNNING).exists()
    users = set(Credential.objects.filter(resource=books).values_list("user", flat=True))
    assert users == {"muster_admin", "web_login_b", "api_login_b"}
    assert Service.objects.count() == 2
