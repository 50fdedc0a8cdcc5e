"""Requests all the while, through real processes: what scaling and a killed instance cost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from .edge_rig import Rig, local_rig
from .processes import until

pytestmark = pytest.mark.full

CLIENTS = 6
SHUTDOWN_DELAY_S = 1.0  # as Nomad waits between taking an instance from Consul and SIGTERM
WORKS_S = 0.02


@dataclass
class Load:
    """What several clients saw; each keeps its connection and asks again and again."""

    port: int
    statuses: Counter[int] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[float, float, str]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, number: int) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.ended.is_set():
            began = time.monotonic()
            try:
                method, body = ("POST", "x" * 1000) if number % 3 == 0 else ("GET", None)
                connection.request(method, "/", body, {"Host": "shop.localhost"})
                answer = connection.getresponse()
                said = answer.read()
                self.statuses[answer.status] += 1
                if answer.status == 200:
                    self.names[said.split(b'"')[3].decode()] += 1
                    continue
                why = str(answer.status)
            except (OSError, HTTPException) as error:
                connection.close()
                why = repr(error)
            self.failed.append((began, time.monotonic(), why))

    @property
    def answered(self) -> int:
        return self.statuses[200]


@contextmanager
def load(rig: Rig) -> Iterator[Load]:
    """Clients at work on `shop.localhost`."""
    found = Load(rig.ports["web"])
    threads = [threading.Thread(target=found.run, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        found.ended.set()
        for thread in threads:
            thread.join()


@contextmanager
def drained(rig: Rig, name: str) -> Iterator[None]:
    """An instance that leaves as Nomad takes it: out of Consul first, SIGTERM later."""
    with rig.instance("shop-blue", name, WORKS_S):
        yield
        rig.consul.put(f"/v1/agent/service/deregister/{name}")
        time.sleep(SHUTDOWN_DELAY_S)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A running edge that routes `shop.localhost` to the service `shop-blue`, with retries."""
    with local_rig(tmp_path) as running:
        start = "http/routers/shop--live"
        running.write(
            {
                f"{start}/rule": "Host(`shop.localhost`)",
                f"{start}/entryPoints/0": "web",
                f"{start}/service": "shop-blue@consulcatalog",
                f"{start}/middlewares/0": "muster-retry",
                "http/middlewares/muster-retry/retry/attempts": "3",
                "http/middlewares/muster-retry/retry/initialInterval": "50ms",
            }
        )
        yield running


def more(found: Load, count: int) -> None:
    """Returns when that many more requests were answered."""
    until(lambda goal=found.answered + count: found.answered >= goal)  # type: ignore[misc]


def test_scaling_2_4_2_under_load_costs_no_request(rig: Rig) -> None:
    with ExitStack() as two:
        for name in ("a", "b"):
            two.enter_context(drained(rig, name))
        until(lambda: rig.who("web", "shop.localhost") in ("a", "b"))
        with load(rig) as found:
            more(found, 100)
            with ExitStack() as four:
                for name in ("c", "d"):
                    four.enter_context(drained(rig, name))
                until(lambda: {"c", "d"} < set(found.names))
                more(found, 100)
            before = found.names["c"] + found.names["d"]
            more(found, 100)
            assert found.names["c"] + found.names["d"] == before
    assert found.failed == []
    assert found.answered >= 300


def test_a_killed_instance_costs_only_the_requests_that_it_was_working_on(rig: Rig) -> None:
    with rig.instance("shop-blue", "a", WORKS_S), rig.instance("shop-blue", "b", WORKS_S) as killed:
        until(lambda: rig.who("web", "shop.localhost") in ("a", "b"))
        with load(rig) as found:
            until(lambda: {"a", "b"} == set(found.names))
            more(found, 100)
            killed.kill()
            killed.wait()
            gone = time.monotonic()
            more(found, 300)
            servers = "/api/http/services/shop-blue@consulcatalog"
            until(lambda: len(rig.api.get(servers)["serverStatus"]) == 1)
            more(found, 50)
    late = [failure for failure in found.failed if failure[0] > gone]
    assert late == [], "a request failed that began after its instance had died"
    assert len(found.failed) <= CLIENTS


def test_consul_killed_and_started_again_costs_no_request(rig: Rig) -> None:
    start = "http/routers/late"
    late = {f"{start}/rule": "Host(`late`)", f"{start}/entryPoints/0": "web"}
    late[f"{start}/service"] = "shop-blue@consulcatalog"
    with ExitStack() as again, rig.instance("shop-blue", "a", WORKS_S):
        until(lambda: rig.who("web", "shop.localhost") == "a")
        with load(rig) as found:
            more(found, 50)
            rig.crash_consul()
            more(found, 150)
            again.enter_context(rig.consul_again())
            more(found, 100)
            rig.write(late)
            until(lambda: rig.who("web", "late") == "a")
    assert found.failed == []


def test_an_edge_that_is_told_to_end_answers_what_is_in_flight_first(rig: Rig) -> None:
    with rig.instance("shop-blue", "a", works_s=1.0):
        until(lambda: rig.who("web", "shop.localhost") == "a")
        opened = 'traefik_open_connections{entrypoint="web",protocol="TCP"} '
        until(lambda: f"{opened}0" in rig.api.get("/metrics"))
        answers: list[str] = []
        asking = threading.Thread(target=lambda: answers.append(rig.who("web", "shop.localhost")))
        asking.start()
        until(lambda: f"{opened}1" in rig.api.get("/metrics"))
        assert rig.edge_process is not None
        rig.edge_process.terminate()
        asking.join()
        assert answers == ["a"]
        assert rig.edge_process.wait(10) == 0
        assert rig.consul.get("/v1/health/service/traefik") == []
