"""The stand-in for a Nomad server and client: one table of routes over the state."""

from __future__ import annotations

import argparse
import os
import platform
import re
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from local.cluster.nomad import files, jobs, periodic, views
from local.cluster.nomad.cluster import Cluster
from local.cluster.nomad.door import Door
from local.cluster.nomad.services import Services
from local.cluster.nomad.spec import SECOND, Spec
from local.cluster.nomad.state import Node
from local.cluster.nomad.tasks import Client
from local.cluster.web import Answer, Changes, Guard, Refusal, Request, Route, Server, run, seconds

Handler = Callable[["Nomad", Request], Any]


class Nomad:
    """What the handlers share."""

    def __init__(self, cluster: Cluster, folder: Path, max_kill: str) -> None:
        self.cluster, self.folder, self.max_kill = cluster, folder, max_kill
        self.state = cluster.state

    def found(self, namespace: str, job_id: str) -> Spec:
        """The job; raises Refusal(404)."""
        job = self.state.job(namespace, job_id)
        if job is None:
            raise Refusal(404, "job not found")
        return job

    def allocation(self, alloc_id: str, text: str = "alloc not found") -> Spec:
        """The allocation; raises Refusal(404) with the text, or 500 for what is no id."""
        if not re.fullmatch(r"[0-9a-f-]{36}", alloc_id):
            raise Refusal(500, "alloc lookup failed: index error: UUID must be 36 characters")
        alloc = self.state.allocations.get(alloc_id)
        if alloc is None:
            raise Refusal(404, text)
        return alloc


def _namespace(request: Request) -> str:
    return request.query.get("namespace") or "default"


def _mine(request: Request, rows: Iterable[Spec], key: str = "ID") -> list[Spec]:
    """The rows of the asked namespace (`*`: all) that begin with the asked prefix, sorted."""
    asked, prefix = _namespace(request), request.query.get("prefix", "")
    kept = [r for r in rows if asked in ("*", r["Namespace"]) and r[key].startswith(prefix)]
    return sorted(kept, key=lambda row: str(row[key]))


def _body(request: Request) -> Spec:
    try:
        body = request.json()
    except ValueError as error:
        raise Refusal(400, f"invalid character: {error}") from error
    if not isinstance(body, dict):
        raise Refusal(400, "Job must be specified")
    return body


def _job_of(body: Spec, query: str) -> tuple[Spec, str]:
    job = body.get("Job")
    if job is None:
        raise Refusal(400, "Job must be specified")
    if not job.get("ID"):
        raise Refusal(400, "Job ID hasn't been provided")
    return job, query or job.get("Namespace") or "default"


def _register(nomad: Nomad, request: Request) -> Spec:
    body = _body(request)
    job, namespace = _job_of(body, request.query.get("namespace", ""))
    enforce = int(body.get("JobModifyIndex") or 0) if body.get("EnforceIndex") else None
    preserve = bool(body.get("PreserveCounts"))
    return jobs.register(
        nomad.state, job, namespace, time.time_ns(), enforce=enforce, preserve_counts=preserve
    )


def _plan(nomad: Nomad, request: Request) -> Spec:
    job, namespace = _job_of(_body(request), request.query.get("namespace", ""))
    if job["ID"] != request.path["id"]:
        raise Refusal(400, "Job ID does not match")
    return jobs.plan(nomad.state, job, namespace, time.time_ns())


def _scale(nomad: Nomad, request: Request) -> Spec:
    job_id = request.path["id"]
    return jobs.scale(nomad.state, _namespace(request), job_id, _body(request), time.time_ns())


def _deregister(nomad: Nomad, request: Request) -> Spec:
    purge = request.query.get("purge") == "true"
    job_id = request.path["id"]
    return jobs.deregister(nomad.state, _namespace(request), job_id, time.time_ns(), purge=purge)


def _force(nomad: Nomad, request: Request) -> Spec:
    job_id = request.path["id"]
    return periodic.force(nomad.state, _namespace(request), job_id, time.time_ns())


def _list_jobs(nomad: Nomad, request: Request) -> list[Spec]:
    meta = request.query.get("meta") == "true"
    rows = _mine(request, nomad.state.jobs.values())
    return [views.job_row(nomad.state, job, meta=meta) for job in rows]


def _read_job(nomad: Nomad, request: Request) -> Spec:
    return dict(nomad.found(_namespace(request), request.path["id"]))


def _scale_status(nomad: Nomad, request: Request) -> Spec:
    return jobs.scale_status(nomad.state, nomad.found(_namespace(request), request.path["id"]))


def _versions(nomad: Nomad, request: Request) -> Spec:
    job = nomad.found(_namespace(request), request.path["id"])
    start = f"{job['Namespace']} {job['ID']} {job['CreateIndex']} "
    kept = [v for k, v in nomad.state.versions.items() if k.startswith(start)]
    told = {"Diffs": None, "Index": nomad.state.index("jobs"), "KnownLeader": True}
    return {**told, "LastContact": 0, "NextToken": "", "Versions": kept[::-1][:6]}


def _job_allocations(nomad: Nomad, request: Request) -> list[Spec]:
    namespace, job_id = _namespace(request), request.path["id"]
    job = nomad.state.job(namespace, job_id)  # without those of a purged job of the same id
    mine = [a for a in nomad.state.of_job(namespace, job_id) if not job or views.belongs(a, job)]
    return [views.allocation_row(a) for a in sorted(mine, key=lambda a: str(a["ID"]))]


def _job_evaluations(nomad: Nomad, request: Request) -> list[Spec]:
    mine = _mine(request, nomad.state.evaluations.values())
    return [views.evaluation(e) for e in mine if e["JobID"] == request.path["id"]]


def _list_allocations(nomad: Nomad, request: Request) -> list[Spec]:
    states = request.query.get("task_states") != "false"
    rows = _mine(request, nomad.state.allocations.values())
    if found := re.fullmatch(r'(\w+)\s*==\s*"?([^"]*)"?', request.query.get("filter", "")):
        rows = [row for row in rows if str(row.get(found[1])) == found[2]]
    elif "filter" in request.query:
        raise Refusal(501, "the local cluster knows filters of the form Key==value only")
    rows = rows[: int(request.query.get("per_page") or len(rows))]
    resources = request.query.get("resources") == "true"
    return [views.allocation_row(a, task_states=states, resources=resources) for a in rows]


def _read_allocation(nomad: Nomad, request: Request) -> Spec:
    return views.allocation(nomad.state, nomad.allocation(request.path["id"]))


def _stop_allocation(nomad: Nomad, request: Request) -> Spec:
    alloc = nomad.allocation(request.path["id"])
    return jobs.stop_allocation(nomad.state, alloc, time.time_ns())


def _restart(nomad: Nomad, request: Request) -> Spec:
    alloc = _client_allocation(nomad, request)
    task = _body(request).get("TaskName") if request.body else ""
    names = list(alloc["AllocatedResources"]["Tasks"])
    if task and task not in names:
        raise Refusal(500, f'Could not find task runner for task: "{task}"')
    if alloc["ClientStatus"] != "running" or alloc["DesiredStatus"] != "run":
        raise Refusal(500, "Task not running")
    alloc.setdefault("Local", {})["restart"] = True
    return {"Index": 0}


def _signal(nomad: Nomad, request: Request) -> Spec:
    alloc = _client_allocation(nomad, request)
    if not request.body:
        raise Refusal(400, "Failed to decode body: Request body is empty")
    body = _body(request)
    task = body.get("Task") or ""
    names = list(alloc["AllocatedResources"]["Tasks"])
    if task and task not in names:
        raise Refusal(500, "Task not found")
    if alloc["ClientStatus"] != "running" or alloc["DesiredStatus"] != "run":
        failed = f"Failed to signal task: {names[0]}, err: Task not running"
        raise Refusal(500, "Task not running" if task else f"1 error occurred:\n\t* {failed}\n\n")
    alloc.setdefault("Local", {}).setdefault("signals", []).append(body.get("Signal") or "")
    return {"Index": 0}


def _client_allocation(nomad: Nomad, request: Request) -> Spec:
    return nomad.allocation(request.path["id"], f'Unknown allocation "{request.path["id"]}"')


def _list_files(nomad: Nomad, request: Request) -> list[Spec]:
    root = nomad.folder / _client_allocation(nomad, request)["ID"]
    return files.listed(root, request.query.get("path", ""))


def _logs(nomad: Nomad, request: Request) -> Answer:
    kind = "text/plain" if request.query.get("plain") == "true" else "application/json"
    pieces = files.logs(nomad.folder, _client_allocation(nomad, request), request.query)
    return Answer(pieces, headers={"Content-Type": kind})


def _read_evaluation(nomad: Nomad, request: Request) -> Spec:
    found = nomad.state.evaluations.get(request.path["id"])
    if found is None:
        raise Refusal(404, "eval not found")
    return views.evaluation(found)


def _list_evaluations(nomad: Nomad, request: Request) -> list[Spec]:
    return [views.evaluation(e) for e in _mine(request, nomad.state.evaluations.values())]


def _cas(request: Request) -> int | None:
    return int(request.query["cas"]) if "cas" in request.query else None


def _put_variable(nomad: Nomad, request: Request) -> Answer:
    items = _body(request).get("Items") or {}
    path, namespace = request.path["path"], _namespace(request)
    done, found = nomad.state.put_variable(namespace, path, items, _cas(request), time.time_ns())
    return Answer(dict(found), 200 if done else 409)


def _read_variable(nomad: Nomad, request: Request) -> Spec:
    found = nomad.state.variables.get(f"{_namespace(request)} {request.path['path']}")
    if found is None:
        raise Refusal(404, "variable not found")
    return dict(found)


def _delete_variable(nomad: Nomad, request: Request) -> Answer:
    path, namespace = request.path["path"], _namespace(request)
    done, found = nomad.state.delete_variable(namespace, path, _cas(request))
    return Answer(b"", 204) if done else Answer(found, 409)


def _list_variables(nomad: Nomad, request: Request) -> list[Spec]:
    rows = _mine(request, nomad.state.variables.values(), "Path")
    return [{k: v for k, v in row.items() if k != "Items"} for row in rows]


def _put_namespace(nomad: Nomad, request: Request) -> bytes:
    body = _body(request)
    name = request.path.get("name") or body.get("Name") or ""
    if body.get("Name", name) != name:
        raise Refusal(400, "Namespace name does not match request path")
    nomad.state.put_namespace(name, body.get("Description") or "")
    return b""


def _read_namespace(nomad: Nomad, request: Request) -> Spec:
    found = nomad.state.namespaces.get(request.path["name"])
    if found is None:
        raise Refusal(404, "Namespace not found")
    return found


def _list_namespaces(nomad: Nomad, request: Request) -> list[Spec]:
    return [nomad.state.namespaces[name] for name in sorted(nomad.state.namespaces)]


def _delete_namespace(nomad: Nomad, request: Request) -> bytes:
    nomad.state.delete_namespace(request.path["name"])
    return b""


def _list_nodes(nomad: Nomad, request: Request) -> list[Spec]:
    resources = request.query.get("resources") == "true"
    return [views.node(nomad.state.node, nomad.state.index("nodes"), resources=resources)]


def _read_node(nomad: Nomad, request: Request) -> Spec:
    if request.path["id"] != nomad.state.node.id:
        raise Refusal(404, "node not found")
    return views.node(nomad.state.node, nomad.state.index("nodes"), resources=True)


def _agent_self(nomad: Nomad, request: Request) -> Spec:
    return views.agent(nomad.state.node, nomad.max_kill)


def _agent_health(nomad: Nomad, request: Request) -> Spec:
    well = {"message": "ok", "ok": True}
    return {"client": well, "server": well}


# (path, table whose index it carries, handler, open to all)
READS: tuple[tuple[str, str, Handler, bool], ...] = (
    ("/v1/jobs", "jobs", _list_jobs, False),
    ("/v1/job/{id}", "jobs", _read_job, False),
    ("/v1/job/{id}/scale", "scaling", _scale_status, False),
    ("/v1/job/{id}/versions", "jobs", _versions, False),
    ("/v1/job/{id}/allocations", "allocations", _job_allocations, False),
    ("/v1/job/{id}/evaluations", "evaluations", _job_evaluations, False),
    ("/v1/job/{id}/deployments", "jobs", lambda nomad, request: [], False),
    ("/v1/allocations", "allocations", _list_allocations, False),
    ("/v1/allocation/{id}", "allocations", _read_allocation, False),
    ("/v1/client/fs/logs/{id}", "", _logs, False),
    ("/v1/client/fs/ls/{id}", "", _list_files, False),
    ("/v1/evaluations", "evaluations", _list_evaluations, False),
    ("/v1/evaluation/{id}", "evaluations", _read_evaluation, False),
    ("/v1/vars", "variables", _list_variables, False),
    ("/v1/var/{path*}", "variables", _read_variable, False),
    ("/v1/namespaces", "namespaces", _list_namespaces, False),
    ("/v1/namespace/{name}", "namespaces", _read_namespace, False),
    ("/v1/nodes", "nodes", _list_nodes, False),
    ("/v1/node/{id}", "nodes", _read_node, False),
    ("/v1/agent/self", "", _agent_self, False),
    ("/v1/agent/health", "", _agent_health, True),
    ("/v1/status/leader", "", lambda nomad, request: Answer(b'"127.0.0.1:4647"'), True),
    ("/v1/regions", "", lambda nomad, request: ["global"], True),
)
WRITES: tuple[tuple[str, Handler], ...] = (
    ("/v1/jobs", _register),
    ("/v1/job/{id}", _register),
    ("/v1/job/{id}/plan", _plan),
    ("/v1/job/{id}/scale", _scale),
    ("/v1/job/{id}/periodic/force", _force),
    ("/v1/allocation/{id}/stop", _stop_allocation),
    ("/v1/client/allocation/{id}/restart", _restart),
    ("/v1/client/allocation/{id}/signal", _signal),
    ("/v1/var/{path*}", _put_variable),
    ("/v1/namespaces", _put_namespace),
    ("/v1/namespace", _put_namespace),
    ("/v1/namespace/{name}", _put_namespace),
)
DELETES: tuple[tuple[str, Handler], ...] = (
    ("/v1/job/{id}", _deregister),
    ("/v1/var/{path*}", _delete_variable),
    ("/v1/namespace/{name}", _delete_namespace),
)


def routes(nomad: Nomad) -> list[Route]:
    """The table of endpoints; all else is answered with 501. Writes come by PUT or POST."""
    reads = [Route("GET", path, _reader(nomad, table, h), open_) for path, table, h, open_ in READS]
    writes = [Route(m, path, _writer(nomad, h)) for path, h in WRITES for m in ("PUT", "POST")]
    return [*reads, *writes, *(Route("DELETE", path, _writer(nomad, h)) for path, h in DELETES)]


def _reader(nomad: Nomad, table: str, handler: Handler) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        state, headers = nomad.state, {}
        if table:
            nomad.cluster.changes.wait(request, lambda: state.index(table))
        with nomad.cluster.lock:
            body = handler(nomad, request)
            if table:
                headers = {"X-Nomad-Index": str(state.index(table)), "X-Nomad-Lastcontact": "0"}
                headers["X-Nomad-Knownleader"] = "true"
        return body if isinstance(body, Answer) else Answer(body, headers=headers)

    return answer


def _writer(nomad: Nomad, handler: Handler) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        with nomad.cluster.change() as state:
            body = handler(nomad, request)
            headers = {"X-Nomad-Index": str(state.index())}
        if isinstance(body, Answer):
            return Answer(body.body, body.status, headers)
        return Answer(body, headers=headers)

    return answer


def start(given: argparse.Namespace) -> Server:
    """The server, its tasks taken up again; it waits for the keeper first."""
    changes = Changes()
    door = Door(given.keeper, os.environ["KEEPER_TOKEN"], changes)
    told = door.connect()
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, str(given.state.resolve())))
    size = (told["cpu_mhz"], told["memory_mb"], told["cores"])
    cluster = Cluster(
        given.state, Node(name, "local", *size, tuple(told["ports"]), *_build()), changes
    )
    services = Services(given.consul, os.environ.get("CONSUL_HTTP_TOKEN", ""))
    folder = given.state / "alloc"
    door.end_unknown(cluster.state.allocations)
    max_kill = int(seconds(given.max_kill_timeout) * SECOND)
    Client(cluster, door, services, folder, max_kill).start()
    guard = Guard("X-Nomad-Token", os.environ["NOMAD_TOKEN"])
    return Server(given.port, routes(Nomad(cluster, folder, given.max_kill_timeout)), guard)


def _build() -> tuple[str, str]:
    """The kernel and the architecture of this machine, in Go's words."""
    arch = platform.machine().lower()
    return platform.system().lower(), {"x86_64": "amd64", "aarch64": "arm64"}.get(arch, arch)


def main() -> None:
    """Serves until SIGTERM; tasks go on running without it."""
    parser = argparse.ArgumentParser(prog="nomad_api", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--keeper", required=True, help="the keeper's address")
    parser.add_argument("--consul", required=True, help="Consul's address")
    parser.add_argument("--max-kill-timeout", default="30s", help="cap, as of a Nomad client")
    run(start(parser.parse_args()))


if __name__ == "__main__":
    main()
