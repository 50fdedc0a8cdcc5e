"""The local cluster inside the test's process: Nomad, Consul and edges over sockets.

Its tasks run nowhere. What was asked for comes about when a test calls `follow`: so nothing is
waited for, and a test may look at any moment in between.
"""

from __future__ import annotations

import contextlib
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jobs.attempts import Patience
from jobs.consul import Consul, ConsulSettings
from jobs.consul import connect as connect_consul
from jobs.nomad import Nomad, NomadSettings
from jobs.nomad import connect as connect_nomad
from local.cluster import nomad_api
from local.cluster.consul import catalog
from local.cluster.consul.state import NODE as NAME
from local.cluster.consul_api import Agent
from local.cluster.edge.config import build
from local.cluster.edge.proxy import Shared
from local.cluster.edge.server import registration
from local.cluster.edge.server import routes as edge_routes
from local.cluster.nomad import jobs, periodic
from local.cluster.nomad.cluster import Cluster
from local.cluster.nomad.render import environment
from local.cluster.nomad.services import registrations
from local.cluster.nomad.spec import SECOND
from local.cluster.nomad.state import Node, ended
from local.cluster.web import Answer, Changes, Guard, Route, Server
from tests.jobs.server import Asked

TOKEN = "of-a-test"
NODE = Node("5d3a9d4e-0000-4000-8000-000000000000", "local", 90_000, 90_000, 8, (20000, 29999))
NAMESPACE = "demo"
ONCE = Patience(attempts=1)
ROOT = "traefik/"
Json = dict[str, Any]


def as_usual(_: Asked) -> Answer | None:
    """No answer of its own: the request goes on to the API."""
    return None


class Door(Server):
    """An API that keeps what changed something; `mood` may answer, or act, before it does."""

    def __init__(self, routes: Sequence[Route], guard: Guard | None = None) -> None:
        super().__init__(0, routes, guard)
        self.written: list[Asked] = []
        self.mood: Callable[[Asked], Answer | None] = as_usual

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def away(self) -> None:
        """From now on it answers as a server behind a proxy that has lost it."""
        self.mood = lambda _: Answer("no server", 503)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        asked = Asked(method, target, headers, body)
        told = self.mood(asked)
        if told is not None:
            return told
        if is_write(method, target):
            self.written.append(asked)
        return super().answer(method, target, headers, body)


def is_write(method: str, target: str) -> bool:
    """Whether a request changes something: a plan only asks."""
    return method != "GET" and not target.partition("?")[0].endswith("/plan")


class Edge:
    """An edge that shows what stood in Consul when it last followed; `smoke` is its answer."""

    def __init__(self) -> None:
        self.shared = Shared()
        self.api = Door(edge_routes(self.shared))
        self.direct = Door([Route("GET", "/{path*}", lambda _: self.smoke)])
        self.smoke = Answer("well")
        self.follows = True

    def show(self, pairs: Mapping[str, str]) -> None:
        """Take what stands in Consul, unless a test holds it back."""
        if self.follows:
            self.shared.take(build(pairs, {}))


class Inside:
    """The cluster. `sick`: jobs whose checks fail; `exit_code`: how commands end, None: not yet.

    `output`: what the checks that fail say.
    """

    def __init__(self, folder: Path, *, edges: int = 1) -> None:
        self._folder = folder
        self._nomad = Cluster(folder, NODE, Changes())
        self._consul = Agent(folder / "consul.json", TOKEN)
        api = nomad_api.Nomad(self._nomad, folder / "alloc", "30s")
        self.nomad_door = Door(nomad_api.routes(api), Guard("X-Nomad-Token", TOKEN))
        self.consul_door = Door(self._consul.routes(), self._consul.guard)
        self.edges = [Edge() for _ in range(edges)]
        self.nomad: Nomad = connect_nomad(NomadSettings(self.nomad_door.url, TOKEN), ONCE)
        self.consul: Consul = connect_consul(ConsulSettings(self.consul_door.url, TOKEN), ONCE)
        self.sick: set[str] = set()
        self.output = ""
        self.exit_code: int | None = 0
        self._entered: dict[str, Json] = {}

    def doors(self) -> list[Door]:
        """Everything that listens."""
        return [
            *(self.nomad_door, self.consul_door),
            *(door for edge in self.edges for door in (edge.api, edge.direct)),
        ]

    @property
    def written(self) -> list[tuple[str, str]]:
        """What changed something in Nomad or Consul, as method and path, Nomad's first."""
        doors = (self.nomad_door, self.consul_door)
        return [(each.method, each.path) for door in doors for each in door.written]

    def follow(self) -> None:
        """One round: instances start, pass and end, and the edges take what stands in Consul."""
        with self._nomad.change() as state:
            now = time.time_ns()
            for alloc in list(state.allocations.values()):
                self._advance(alloc, now)
        self._enter()
        pairs = {
            key.removeprefix(ROOT): b64decode(row["Value"] or "").decode()
            for key, row in self._consul.state.kv.items()
            if key.startswith(ROOT)
        }
        for edge in self.edges:
            edge.show(pairs)

    def _advance(self, alloc: Json, now: int) -> None:
        if ended(alloc):
            return
        if alloc["DesiredStatus"] != "run":
            self.report(alloc, "dead", _event("Killed", now))
        elif alloc["ClientStatus"] == "pending":
            # As if long ago: a worker counts as healthy once it has run for a while.
            self.report(alloc, "running", _event("Started", now - 60 * SECOND))
        elif alloc["JobType"] == "batch" and self.exit_code is not None:
            event = _event("Terminated", now) | {"ExitCode": self.exit_code}
            self.report(alloc, "dead", event, failed=self.exit_code != 0)

    def report(self, alloc: Json, state: str, event: Json, *, failed: bool = False) -> None:
        """What a client says of an allocation's task."""
        before = ((alloc["TaskStates"] or {}).get("main") or {"Events": []})["Events"]
        said = {"State": state, "Failed": failed, "Events": [*before, event], "Restarts": 0}
        with self._nomad.change() as known:
            jobs.report(known, alloc, "main", said, time.time_ns())

    def _enter(self) -> None:
        """Consul has the entries of what runs, and those of the edges."""
        wanted = {f"edge-{n}": _registration(edge) for n, edge in enumerate(self.edges)}
        for alloc in self.allocations():
            if alloc["ClientStatus"] == "running":
                status = "critical" if alloc["JobID"] in self.sick else "passing"
                for key, entry in self._entries(alloc).items():
                    said = self.output if status == "critical" else ""
                    wanted[key] = _with_status(entry, status, said)
        if wanted != self._entered:
            self._consul.write(lambda state: _replace(state, self._entered, wanted))
            self._entered = wanted

    def _entries(self, alloc: Json) -> dict[str, Json]:
        job = self._nomad.state.job_of(alloc)
        group = job["TaskGroups"][0]
        task = group["Tasks"][0]
        return registrations(alloc, task, environment(alloc, job, group, task, self._folder))

    # What a test asks and does past the platform's own clients.

    def allocations(self, job_id: str = "") -> list[Json]:
        """The allocations that have not ended, of one job or of all."""
        known = self._nomad.state.allocations.values()
        return [a for a in known if not ended(a) and job_id in ("", a["JobID"])]

    def jobs(self) -> dict[str, int]:
        """The count of every job that Nomad knows."""
        known = self._nomad.state.jobs.values()
        return {job["ID"]: job["TaskGroups"][0]["Count"] for job in known}

    def job(self, job_id: str) -> Json:
        """A job as Nomad stores it."""
        return self._nomad.state.jobs[f"{NAMESPACE} {job_id}"]

    def variables(self) -> dict[str, Mapping[str, str]]:
        """The items of every Variable by its path."""
        return {row["Path"]: row["Items"] for row in self._nomad.state.variables.values()}

    def by_hand(self, job_id: str, count: int) -> None:
        """Another hand scales a job."""
        body = {"Count": count, "Target": {"Group": "main"}}
        with self._nomad.change() as state:
            jobs.scale(state, NAMESPACE, job_id, body, time.time_ns())

    def launch(self, job_id: str, at: int) -> str:
        """A cron's clock starts a run for this second; nothing where one is under way."""
        with self._nomad.change() as state:
            state.document["launches"][f"{NAMESPACE} {job_id}"] = at
            periodic.tick(state, at * SECOND)
        return f"{job_id}/periodic-{at}"

    def change_by_hand(self, job_id: str, **changes: object) -> None:
        """Another hand registers a job again with changes to its task."""
        job = self.job(job_id)
        group = job["TaskGroups"][0]
        task = {**group["Tasks"][0], **changes}
        with self._nomad.change() as state:
            changed = {**job, "TaskGroups": [{**group, "Tasks": [task]}]}
            jobs.register(state, changed, NAMESPACE, time.time_ns())

    def forget_ended(self) -> None:
        """Nomad forgets what has ended, as it does after a while."""
        with self._nomad.change() as state:
            for alloc_id in [key for key, a in state.allocations.items() if ended(a)]:
                del state.allocations[alloc_id]
            state.bump("allocations")

    def without_logs(self, asked: Asked) -> Answer | None:
        """A mood of Nomad: its client is away."""
        return Answer("no server", 503) if "/client/fs/logs" in asked.path else None

    def says(self, alloc: Json, text: str, stream: str = "stdout") -> None:
        """The allocation's task has written a line."""
        path = self._folder / "alloc" / alloc["ID"] / "alloc" / "logs" / f"main.{stream}.0"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")

    def lose_key(self, key: str) -> None:
        """A key goes from Consul."""
        self._consul.write(lambda state: (state.kv.pop(key), state.touch("kv")))

    def consul_keys(self) -> dict[str, str]:
        """The keys of the edge in Consul."""
        rows = self._consul.state.kv.items()
        return {key: b64decode(row["Value"] or "").decode() for key, row in rows}


def _event(kind: str, at: int) -> Json:
    return {"Type": kind, "Time": at, "DisplayMessage": kind.lower()}


def _registration(edge: Edge) -> Json:
    entry = registration(1, 2, edge.direct.server_port, edge.api.server_port)
    check = entry.pop("Check")
    return _with_status({**entry, "Checks": [check]}, "passing")


def _with_status(entry: Json, status: str, output: str = "") -> Json:
    told = {"Status": status, "Output": output}
    return {**entry, "Checks": [{**check, **told} for check in entry["Checks"]]}


def _replace(state: Any, before: Mapping[str, Json], wanted: Mapping[str, Json]) -> None:
    for key, entry in before.items():
        if wanted.get(key) != entry:
            catalog.drop_service(state, NAME, entry["ID"])
    for key, entry in wanted.items():
        if before.get(key) != entry:
            catalog.enter(state, entry, True)
    state.definitions.clear()  # nobody is there to be asked


@contextlib.contextmanager
def inside(folder: Path, *, edges: int = 1) -> Iterator[Inside]:
    """A cluster that listens; its edges pass."""
    found = Inside(folder, edges=edges)
    for door in found.doors():
        threading.Thread(target=door.serve_forever, args=(0.005,), daemon=True).start()
    found.follow()
    try:
        yield found
    finally:
        for door in found.doors():
            door.shutdown()
            door.server_close()
