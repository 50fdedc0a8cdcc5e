from __future__ import annotations

import json
from typing import Any

import pytest
from redis import Redis

from jobs.document import ResourceDoc
from jobs.resources.redis import RedisServer, properties, redis_job
from jobs.specs import consul_entries
from tests.jobs.specs.cases import CONTAINERS, HOST, STORE

SHOP: dict[str, Any] = {"app": "shop", "environment": "production", "port": 15000}
BINARY = RedisServer("raw_exec", command="/opt/${odd} path/valkey-server")
IMAGE = RedisServer("docker", image="docker.io/valkey/valkey:9")


def task(server: RedisServer, resource: ResourceDoc = STORE) -> dict[str, Any]:
    """The task of a redis."""
    place = HOST if server.driver == "raw_exec" else CONTAINERS
    job = redis_job(resource, place=place, server=server, **SHOP)
    return dict(job["TaskGroups"][0]["Tasks"][0])


def test_the_properties_of_a_link_are_those_of_its_address_and_login() -> None:
    assert properties("10.0.0.5", 15000, "default", "secret") == {
        "url": "redis://default:secret@10.0.0.5:15000/0",
        "host": "10.0.0.5",
        "port": "15000",
        "user": "default",
        "password": "secret",
    }


def test_a_password_of_odd_characters_is_read_again_from_its_url() -> None:
    password = "a/b:c@d?e#f%20 ${x}"
    url = properties("localhost", 15000, "default", password)["url"]
    given = Redis.from_url(url).connection_pool.connection_kwargs
    assert (given["password"], given["host"], given["port"]) == (password, "localhost", 15000)


def test_it_is_one_instance_under_its_slug_that_is_never_doubled() -> None:
    job = redis_job(STORE, place=HOST, server=BINARY, **SHOP)
    (group,) = job["TaskGroups"]
    assert (job["ID"], group["Count"]) == ("shop-production-store", 1)
    assert group["Disconnect"]["Replace"] is False
    assert group["Update"]["MaxParallel"] == group["Update"]["Canary"] == 0
    (entry,) = consul_entries(job)
    assert (entry["Name"], entry["Tags"]) == ("shop-production-store", [])
    assert entry["Checks"][0]["TCP"]


def test_its_port_is_the_nodes_for_a_binary_and_mapped_for_a_container() -> None:
    for server, expected in (
        (BINARY, {"Label": "redis", "Value": 15000}),
        (IMAGE, {"Label": "redis", "Value": 15000, "To": 6379}),
    ):
        job = redis_job(STORE, place=HOST, server=server, **SHOP)
        assert job["TaskGroups"][0]["Networks"] == [{"ReservedPorts": [expected]}]


def test_a_binary_listens_where_its_node_says_and_a_container_everywhere_inside() -> None:
    assert '--bind "$NOMAD_IP_redis"' in task(BINARY)["Config"]["args"][1]
    assert '--bind "0.0.0.0"' in task(IMAGE)["Config"]["args"][1]


def test_it_refuses_writes_before_its_memory_ends() -> None:
    words = task(BINARY, ResourceDoc("store", "redis", memory_mb=256))["Config"]["args"]
    assert words[words.index("--maxmemory") + 1] == "192mb"
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"


def test_a_path_of_the_operator_is_no_template_for_nomad() -> None:
    assert "/opt/$${odd} path/valkey-server" in task(BINARY)["Config"]["args"]


def test_its_password_comes_by_its_variable_alone() -> None:
    told = task(BINARY)
    (template,) = told.pop("Templates")
    assert "REDIS_PASSWORD={{ .REDIS_PASSWORD.Value | toJSON }}" in template["EmbeddedTmpl"]
    assert '"nomad/jobs/shop-production-store"' in template["EmbeddedTmpl"]
    # Nothing but the shell's script names it.
    told["Config"]["args"][1] = ""
    assert "REDIS_PASSWORD" not in json.dumps(told)


@pytest.mark.parametrize(
    ("server", "what"),
    [(RedisServer("raw_exec"), "no redis server's binary"), (RedisServer("docker"), "no image")],
)
def test_a_cell_that_names_no_server_is_told_so(server: RedisServer, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        task(server)
