"""How the edge follows Consul: what it reads, what it keeps, where it enters itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.cluster.edge import watch as edge_watch
from local.cluster.edge.config import Config
from local.cluster.edge.server import registration
from local.cluster.edge.watch import Consul, Watch, register

from .consul_client import TOKEN, Client, consul
from .processes import free_ports, until

TAGS = ["traefik.enable=true", "traefik.http.services.shop-blue.loadbalancer.strategy=p2c"]
BLUE = {"Name": "shop-blue", "ID": "i", "Port": 20001, "Address": "127.0.0.1", "Tags": TAGS}


class Seen:
    """The newest configuration that was published."""

    def __init__(self) -> None:
        self.config = Config()
        self.count = 0

    def take(self, config: Config) -> None:
        self.config, self.count = config, self.count + 1

    def servers(self, name: str) -> tuple[str, ...]:
        found = self.config.services.get(name)
        return found.servers if found else ()


Following = Callable[[Client], Seen]


@pytest.fixture
def watch() -> Iterator[Following]:
    """Starts to follow a Consul, until the test is over."""
    started = []

    def start(client: Client) -> Seen:
        seen = Seen()
        started.append(Watch(Consul(client.address, client.token or ""), "traefik", seen.take))
        started[-1].start()
        return seen

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the edge said. A capture that is read while others write into it loses lines."""
    said: list[str] = []
    monkeypatch.setattr(edge_watch, "say", said.append)
    return said


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_watch, "AGAIN_S", 0.02)
    monkeypatch.setattr(edge_watch, "WAIT_S", 0.2)  # a server that a test ends lets readers wait


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with consul(tmp_path / "consul.json") as running:
        yield running


def test_an_instance_is_routed_while_it_is_registered(watch: Following, client: Client) -> None:
    seen = watch(client)
    client.put("/v1/agent/service/register", BLUE)
    until(lambda: seen.servers("shop-blue@consulcatalog") == ("http://127.0.0.1:20001",))
    assert seen.config.services["shop-blue@consulcatalog"].strategy == "p2c"
    client.put("/v1/agent/service/deregister/i")
    until(lambda: not seen.config.services)


def test_a_service_without_the_tag_is_none_of_the_edges(watch: Following, client: Client) -> None:
    client.put("/v1/agent/service/register", {**BLUE, "Name": "redis", "ID": "r", "Tags": []})
    client.put("/v1/agent/service/register", BLUE)
    seen = watch(client)
    until(lambda: seen.servers("shop-blue@consulcatalog"))
    assert list(seen.config.services) == ["shop-blue@consulcatalog"]


@pytest.mark.parametrize(("status", "routed"), [("passing", True), ("warning", True),
                                                ("critical", False)])  # fmt: skip
def test_only_critical_instances_are_left_out(
    watch: Following, client: Client, status: str, routed: bool
) -> None:
    other = {**BLUE, "ID": "j", "Port": 20002}
    client.put("/v1/agent/service/register", other)
    external = {**BLUE, "Service": "shop-blue", "Port": 20003}
    check = {"CheckID": "c", "ServiceID": "i", "Status": status}
    body = {"Node": "ext-a", "Address": "127.0.0.2", "Service": external, "Check": check}
    client.put("/v1/catalog/register", body)
    seen = watch(client)
    until(lambda: seen.servers("shop-blue@consulcatalog"))
    found = seen.servers("shop-blue@consulcatalog")
    assert ("http://127.0.0.1:20003" in found) == routed
    assert "http://127.0.0.1:20002" in found


def test_an_instance_without_an_address_is_reached_at_its_nodes(
    watch: Following, client: Client
) -> None:
    service = {"Service": "shop-blue", "Port": 20003, "Tags": TAGS}
    body = {"Node": "ext-a", "Address": "127.0.0.2", "Service": service}
    client.put("/v1/catalog/register", body)
    seen = watch(client)
    until(lambda: seen.servers("shop-blue@consulcatalog") == ("http://127.0.0.2:20003",))


def test_keys_below_the_root_alone_are_read(watch: Following, client: Client) -> None:
    seen = watch(client)
    for root in ("traefik", "traefik2", "muster"):
        client.put(f"/v1/kv/{root}/http/routers/{root}/rule", "Host(`a`)")
    until(lambda: seen.config.routers)
    assert list(seen.config.routers) == ["traefik@consul"]
    client.call("DELETE", "/v1/kv/traefik?recurse")
    until(lambda: not seen.config.routers)


def test_a_value_that_cannot_be_read_keeps_the_configuration(
    watch: Following, client: Client, log: list[str]
) -> None:
    seen = watch(client)
    client.put("/v1/kv/traefik/http/routers/a/rule", "Host(`a`)")
    until(lambda: seen.config.routers)
    client.put("/v1/kv/traefik/http/routers/a/priority", "high")
    until(lambda: any("the edge keeps its configuration" in line for line in log))
    assert seen.config.routers["a@consul"].priority == len("Host(`a`)")
    client.put("/v1/kv/traefik/http/routers/a/priority", "7")
    until(lambda: seen.config.routers["a@consul"].priority == 7)


def test_without_consul_the_last_configuration_stands_and_an_empty_one_clears_it(
    watch: Following, tmp_path: Path, log: list[str]
) -> None:
    (port,) = free_ports(1)
    with consul(tmp_path / "first.json", port) as client:
        client.put("/v1/kv/traefik/http/routers/a/rule", "Host(`a`)")
        client.put("/v1/agent/service/register", BLUE)
        seen = watch(client)
        until(lambda: seen.config.routers and seen.config.services)
    until(lambda: any("refused" in line for line in log))
    assert list(seen.config.routers) == ["a@consul", "shop-blue@consulcatalog"]
    with consul(tmp_path / "first.json", port) as client:
        client.put("/v1/kv/traefik/http/routers/b/rule", "Host(`b`)")
        until(lambda: "b@consul" in seen.config.routers)
        assert {"a@consul", "shop-blue@consulcatalog"} < set(seen.config.routers)
    with consul(tmp_path / "empty.json", port) as client:
        until(lambda: not seen.config.routers and not seen.config.services)
        client.put("/v1/kv/traefik/http/routers/c/rule", "Host(`c`)")
        until(lambda: list(seen.config.routers) == ["c@consul"])


def test_a_wrong_token_keeps_the_configuration_and_says_so(
    watch: Following, client: Client, log: list[str]
) -> None:
    seen = watch(Client(client.address, "wrong"))
    until(lambda: any("403 ACL not found" in line for line in log))
    assert seen.count == 0


def test_the_edge_enters_itself_again_when_consul_lost_it(client: Client) -> None:
    ended, service = threading.Event(), registration(1, 2, 3, 4)
    arguments = (Consul(client.address, TOKEN), service, ended)
    thread = threading.Thread(target=register, args=arguments)
    thread.start()
    for _ in range(2):
        found = until(lambda: client.get("/v1/health/service/traefik"))[0]["Service"]
        assert (found["Port"], found["Address"]) == (2, "127.0.0.1")
        assert found["Meta"] == {
            "web": "127.0.0.1:1",
            "private": "127.0.0.1:2",
            "direct": "127.0.0.1:3",
            "api": "http://127.0.0.1:4",
        }
        client.put(f"/v1/agent/service/deregister/{found['ID']}")
    ended.set()
    thread.join()
