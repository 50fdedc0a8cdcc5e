"""Nomad's API as typed calls: `ask` may be sent twice, `tell` is sent once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.attempts import Patience
from jobs.errors import ClusterError, Conflict, Forbidden, Missing
from jobs.nomad.allocated import Allocated, read_allocated
from jobs.nomad.allocation import Allocation, Listing, read_allocation
from jobs.nomad.door import READ_S, Door, segment
from jobs.nomad.evaluation import Evaluation, read_evaluation
from jobs.nomad.event import Event, read_events
from jobs.nomad.job import (
    Job,
    Json,
    Plan,
    Registered,
    Scaled,
    read_job,
    read_plan,
    read_registered,
    read_scaled,
)
from jobs.nomad.listing import Allocations
from jobs.nomad.logged import (
    LogFile,
    LogPart,
    body_bytes,
    read_log_files,
    read_log_parts,
)
from jobs.nomad.node import Node, read_node
from jobs.nomad.scaling import ScaleStatus, read_scale_status
from jobs.nomad.settings import NomadSettings
from jobs.nomad.texts import not_started
from jobs.nomad.variable import Variable, read_variable

GROUP = "main"
_LOGS_READ_S = 5.0
_HEALTH_READ_S = 2.0
_MIDDLE_OF_A_CHARACTER = bytes(range(0x80, 0xC0))


def connect(settings: NomadSettings, patience: Patience | None = None) -> Nomad:
    """Return a client; nothing is sent yet."""
    return Nomad(Door(settings, patience))


class Nomad:
    """A typed client. Threads may share it; after a fork make a new one.

    Every method raises ClusterError's children: Unavailable, Conflict, Refused, Forbidden, Missing.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._lists: dict[str, Allocations] = {}

    # Jobs

    def register(
        self, job: Json, *, enforce_index: int | None = None, preserve_counts: bool = False
    ) -> Registered:
        """Return what became of registering `job`; Conflict when it is not at `enforce_index`.

        An `enforce_index` of 0 means: it must not exist. Sent once.
        """
        body: dict[str, Any] = {"Job": job, "PreserveCounts": preserve_counts}
        if enforce_index is not None:
            body |= {"EnforceIndex": True, "JobModifyIndex": enforce_index}
        answer = self._door.tell("post", "jobs", {"namespace": _namespace(job)}, body)
        return read_registered(answer.json())

    def plan(self, job: Json) -> Plan:
        """Return what registering `job` would do. It has no PreserveCounts: put counts in."""
        path = f"job/{segment(job['ID'])}/plan"
        body = {"Job": job, "Diff": True}
        return read_plan(self._door.ask("post", path, {"namespace": _namespace(job)}, body).json())

    def job(self, namespace: str, job_id: str) -> Job | None:
        """Return the job, stopped ones too; None when Nomad does not know it."""
        try:
            answer = self._door.ask("get", f"job/{segment(job_id)}", {"namespace": namespace})
        except Missing:
            return None
        return read_job(answer.json())

    def job_ids(self, namespace: str, prefix: str) -> tuple[str, ...]:
        """Return the ids of the jobs that begin with `prefix`, stopped ones too."""
        answer = self._door.ask("get", "jobs", {"namespace": namespace, "prefix": prefix})
        return tuple(body["ID"] for body in answer.json())

    def scale(
        self,
        namespace: str,
        job_id: str,
        count: int,
        *,
        index: int,
        message: str,
        meta: Mapping[str, str],
        group: str = GROUP,
    ) -> Scaled:
        """Return the new index; Conflict when the job's is not `index` any more. Sent once."""
        body = {
            "Count": count,
            "Target": {"Group": group},
            "Message": message,
            "Meta": dict(meta),
            "JobModifyIndex": index,
        }
        path = f"job/{segment(job_id)}/scale"
        return read_scaled(self._door.tell("post", path, {"namespace": namespace}, body).json())

    def scale_status(self, namespace: str, job_id: str) -> ScaleStatus:
        """Return counts and scaling events of the first group; Missing for an unknown job."""
        path = f"job/{segment(job_id)}/scale"
        return read_scale_status(self._door.ask("get", path, {"namespace": namespace}).json())

    def stop(self, namespace: str, job_id: str, *, purge: bool = False) -> None:
        """Stop all instances; harmless for a stopped or an unknown job.

        With `purge` Nomad forgets the job and its instances at once, those that still drain too:
        whoever has to see them end stops first and purges later.
        """
        params = {"namespace": namespace, "purge": "true" if purge else "false"}
        self._door.ask("delete", f"job/{segment(job_id)}", params)

    def force(self, namespace: str, job_id: str) -> str:
        """Return the id of the job that a periodic one has started now. Sent once.

        Also beside a run under way; Refused where its clock is off.
        """
        path = f"job/{segment(job_id)}/periodic/force"
        answer = self._door.tell("put", path, {"namespace": namespace}).json()
        found = self._door.ask("get", f"evaluation/{segment(answer['EvalID'])}").json()
        return str(found["JobID"])

    # Instances

    def allocations(self, *, namespace: str = "*") -> Listing:
        """Return all allocations that Nomad still knows, with ports, and the list's index."""
        lists = self._lists.setdefault(namespace, Allocations(self._door, namespace))
        return lists.read()

    def job_allocations(self, namespace: str, job_id: str) -> tuple[Allocation, ...]:
        """Return one job's allocations, without ports; none for an unknown job."""
        path = f"job/{segment(job_id)}/allocations"
        answer = self._door.ask("get", path, {"namespace": namespace})
        return tuple(read_allocation(body) for body in answer.json())

    def evaluation(self, eval_id: str) -> Evaluation:
        """Return the evaluation; Missing when Nomad has collected it (after an hour)."""
        return read_evaluation(self._door.ask("get", f"evaluation/{segment(eval_id)}").json())

    def logs(
        self, alloc_id: str, *, task: str = GROUP, stream: str = "stdout", last_bytes: int = 65536
    ) -> str:
        """Return the end of a log, "" while the task has not started; Missing when collected."""
        params = {"task": task, "type": stream, "plain": "true", "origin": "end"}
        params["offset"] = str(last_bytes)
        path = f"client/fs/logs/{segment(alloc_id)}"
        try:
            answer = self._door.ask("get", path, params, read_s=_LOGS_READ_S)
        except Missing as error:
            if not_started(error.message):
                return ""
            raise
        return _tail(answer.content, last_bytes)

    def log_files(
        self, alloc_id: str, *, task: str = GROUP, stream: str = "stdout"
    ) -> tuple[LogFile, ...]:
        """Return the files that are left of a log, the oldest first; Missing when collected.

        None while the task has not started, and a while an empty one.
        """
        path = f"client/fs/ls/{segment(alloc_id)}"
        answer = self._door.ask("get", path, {"path": "alloc/logs"}, read_s=_LOGS_READ_S)
        return read_log_files(answer.json(), task, stream)

    def log_parts(
        self, alloc_id: str, offset: int, most: int, *, task: str = GROUP, stream: str = "stdout"
    ) -> tuple[LogPart, ...]:
        """Return `most` bytes of a log, or few less; none at its end, or while it has not begun.

        `offset` counts from the first byte that is left, so it moves when Nomad drops a file: the
        parts say where they really are.
        """
        params = {"task": task, "type": stream, "origin": "start", "offset": str(offset)}
        path = f"client/fs/logs/{segment(alloc_id)}"
        try:
            answer = self._door.ask("get", path, params, read_s=_LOGS_READ_S, most=body_bytes(most))
        except Missing as error:
            if not_started(error.message):
                return ()
            raise
        return read_log_parts(answer.content, most)

    def events(self, alloc_id: str, *, task: str = GROUP) -> tuple[Event, ...]:
        """Return what happened to an instance, the oldest first, at most Nomad's last ten."""
        body = self._door.ask("get", f"allocation/{segment(alloc_id)}", read_s=_LOGS_READ_S)
        return read_events(body.json(), task)

    def restart(self, alloc_id: str, *, task: str = GROUP) -> None:
        """Restart an instance's task where it is. Sent once."""
        self._door.tell(
            "put", f"client/allocation/{segment(alloc_id)}/restart", body={"TaskName": task}
        )

    def signal(self, alloc_id: str, name: str, *, task: str = GROUP) -> None:
        """Send a signal, such as SIGKILL, to the main process of an instance's task. Sent once.

        Refused where the task does not run. A signal that the node does not know is SIGINT there.
        """
        body = {"Signal": name, "Task": task}
        self._door.tell("put", f"client/allocation/{segment(alloc_id)}/signal", body=body)

    def stop_allocation(self, alloc_id: str) -> None:
        """Stop an instance; Nomad places another one while the count asks for it. Sent once."""
        self._door.tell("put", f"allocation/{segment(alloc_id)}/stop")

    # Variables

    def variable(self, namespace: str, path: str) -> Variable | None:
        """Return the variable, None when there is none."""
        try:
            answer = self._door.ask("get", f"var/{path}", {"namespace": namespace})
        except Missing:
            return None
        return read_variable(answer.json())

    def put_variable(
        self, namespace: str, path: str, items: Mapping[str, str], *, cas: int | None
    ) -> int:
        """Return the variable's new index; Conflict when it is not at `cas` (0: must not exist).

        May be sent twice. Where it then stands as it should, the first answer was only lost.
        """
        params = {"namespace": namespace, "cas": cas}
        body = {"Namespace": namespace, "Path": path, "Items": dict(items)}
        try:
            answer = self._door.ask("put", f"var/{path}", params, body)
        except Conflict:
            present = self.variable(namespace, path)
            if present is None or present.items != items:
                raise
            return present.modify_index
        return read_variable(answer.json()).modify_index

    def delete_variable(self, namespace: str, path: str) -> None:
        """Delete the variable; harmless where there is none."""
        self._door.ask("delete", f"var/{path}", {"namespace": namespace})

    # The cluster

    def ensure_namespace(self, name: str, description: str) -> None:
        """Make the namespace unless it exists; one that exists keeps all that operators set."""
        if name not in self.namespaces():
            body = {"Name": name, "Description": description}
            self._door.ask("put", f"namespace/{segment(name)}", body=body)

    def namespaces(self) -> tuple[str, ...]:
        """Return the names of the namespaces that the token may see."""
        return tuple(body["Name"] for body in self._door.ask("get", "namespaces").json())

    def nodes(self, *, read_s: float = READ_S) -> tuple[Node, ...]:
        """Return all nodes."""
        agent = self._agent(read_s)
        answer = self._door.ask("get", "nodes", {"resources": "true"}, read_s=read_s)
        return tuple(read_node(body, agent) for body in answer.json())

    def allocated(self, *, read_s: float = READ_S) -> dict[str, Allocated]:
        """Return what instances of all namespaces take, by the id of their node."""
        params = {"namespace": "*", "resources": "true", "task_states": "false"}
        return read_allocated(self._door.ask("get", "allocations", params, read_s=read_s).json())

    def healthy(self) -> bool:
        """Return whether the agent answers and says that its server is well. Asked once."""
        try:
            answer = self._door.tell("get", "agent/health", read_s=_HEALTH_READ_S).json()
        except ClusterError:
            return False
        return bool((answer.get("server") or {}).get("ok"))

    def _agent(self, read_s: float) -> Json:
        try:
            agent: Json = self._door.ask("get", "agent/self", read_s=read_s).json()
        except Forbidden:
            return {}
        return agent


def _tail(content: bytes, last_bytes: int) -> str:
    """Return the end of a log as text, without the rest of a character that was cut in two."""
    return content[-last_bytes:].lstrip(_MIDDLE_OF_A_CHARACTER).decode("utf-8", "replace")


def _namespace(job: Json) -> str:
    return str(job.get("Namespace") or "default")
