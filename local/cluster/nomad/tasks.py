"""Runs each allocation's task: prepare, start, watch, restart, stop. One thread an allocation.

All that must survive a restart of this process stands in the state (`Local` of the allocation);
the processes themselves are the keeper's.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.cluster.nomad import artifacts, compare, jobs, periodic, render, restarts, schedule
from local.cluster.nomad.cluster import Cluster
from local.cluster.nomad.door import Door
from local.cluster.nomad.services import Services, registrations, scripts
from local.cluster.nomad.spec import SECOND, Spec, duration
from local.cluster.nomad.state import ended

EVENT: Spec = {
    "Details": {}, "DiskLimit": 0, "DisplayMessage": "", "DownloadError": "", "DriverError": "",
    "DriverMessage": "", "ExitCode": 0, "FailedSibling": "", "FailsTask": False,
    "GenericSource": "", "KillError": "", "KillReason": "", "KillTimeout": 0, "Message": "",
    "RestartReason": "", "SetupError": "", "Signal": 0, "StartDelay": 0, "TaskSignal": "",
    "TaskSignalReason": "", "Time": 0, "Type": "", "ValidationError": "", "VaultError": "",
}  # fmt: skip
FRESH: Spec = {
    "Events": [], "Failed": False, "FinishedAt": None, "LastRestart": None, "Paused": "",
    "Restarts": 0, "StartedAt": None, "State": "pending",
}  # fmt: skip
KEPT_EVENTS = 10
SIGNALS = signal.Signals.__members__
OVERDUE = "allocation exceeded max_run_duration"


class Stopped(Exception):
    """The allocation is to stop; raised out of whatever waits."""


class Failed(Exception):
    """A task that could not be started: the event says why."""

    def __init__(self, kind: str, text: str, *, recoverable: bool = False, **fields: Any) -> None:
        super().__init__(text)
        self.kind, self.text, self.recoverable, self.fields = kind, text, recoverable, fields

    @property
    def details(self) -> dict[str, str]:
        """The event's details: its fields once more, as "driver_error" for DriverError."""
        return {name.replace("Error", "_error").lower(): str(v) for name, v in self.fields.items()}


class Client:
    """The node's side: a runner for each allocation that is not over, and what is due by time."""

    def __init__(
        self, cluster: Cluster, door: Door, services: Services, folder: Path, max_kill: int
    ) -> None:
        self.cluster, self.door, self.services, self.folder = cluster, door, services, folder
        self.max_kill = max_kill
        self._known: set[str] = set()

    def start(self) -> None:
        """Takes up what runs, then what comes; ends with the process."""
        for alloc in list(self.cluster.state.allocations.values()):
            if not ended(alloc) and alloc["DesiredStatus"] == "run":
                Runner(self, alloc).offer_if_running()
        self.services.start()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        seen, collected = -1, 0.0
        while True:
            state = self.cluster.state
            self.cluster.changes.until(lambda: state.index() != seen, 0.5)  # noqa: B023
            seen = state.index()
            with self.cluster.lock:
                now = time.time_ns()
                if schedule.due(state, now):
                    with self.cluster.change():
                        schedule.tick(state, now)
                if periodic.due(state, now):
                    with self.cluster.change():
                        periodic.tick(state, now)
                fresh = [a for a in state.allocations.values() if a["ID"] not in self._known]
            for alloc in fresh:
                self._known.add(alloc["ID"])
                if not ended(alloc):
                    threading.Thread(target=Runner(self, alloc).run, daemon=True).start()
            if time.monotonic() - collected > 30:
                collected = time.monotonic()
                self._collect()

    def _collect(self) -> None:
        with self.cluster.change() as state:
            gone = jobs.collect(state, time.time_ns())
        for alloc_id in gone:
            self._known.discard(alloc_id)
            shutil.rmtree(self.folder / alloc_id, ignore_errors=True)


class Runner:
    """One allocation's task from its arrival to its end."""

    def __init__(self, client: Client, alloc: Spec) -> None:
        self.client, self.alloc = client, alloc
        self.cluster, self.door = client.cluster, client.door
        self.folder = client.folder / alloc["ID"]

    @property
    def job(self) -> Spec:
        """The version of the job that the allocation runs now: it changes in place."""
        return self.cluster.state.job_of(self.alloc)

    @property
    def group(self) -> Spec:
        """The allocation's group."""
        found = compare.find(self.job["TaskGroups"], self.alloc["TaskGroup"])
        assert found is not None
        return found

    @property
    def task(self) -> Spec:
        """The group's task."""
        found: Spec = self.group["Tasks"][0]
        return found

    @property
    def local(self) -> Spec:
        """What this runner must find again after a restart."""
        found: Spec = self.alloc.setdefault("Local", {})
        return found

    @property
    def stopping(self) -> bool:
        """Whether the allocation is to end."""
        return bool(self.alloc["DesiredStatus"] != "run")

    def run(self) -> None:
        """Returns when the task is over for good."""
        try:
            self._live()
        except Stopped:
            killed = "Killed" if "Started" in self._types() else ""
            self._say(killed, "Task successfully killed", state="dead")
        except Exception:
            traceback.print_exc(file=sys.stderr)
            self._fail("Setup Failure", "the local cluster failed; see its log")
        finally:
            self.client.services.want(self.alloc["ID"], {})
            self.door.signal(self._process(), signal.SIGKILL, group=True)  # over, or nobody's
            for number in range(self.local.get("attempt", 0) + 1):
                self.door.forget(self._process(number))

    def offer_if_running(self) -> None:
        """Registers the services of a task that ran before this process began."""
        if self._shown()["State"] == "running":
            self._offer()

    def _live(self) -> None:
        if not self._shown()["Events"]:
            self._until(self._previous_ended)
            self._say("Received", "Task received by client")
            self._note(since=time.time_ns())
        elif self._found_again() and self._end():
            return
        while True:
            try:
                self._prepare()
                self._start()
            except render.Unrenderable as error:
                self._fail("Killing", str(error))
                return
            except Failed as failure:
                self._say(failure.kind, failure.text, Details=failure.details, **failure.fields)
                if not self._again(success=False, recoverable=failure.recoverable):
                    return
                continue
            if self._end():
                return

    def _found_again(self) -> bool:
        """Whether a process of this task was started before this program was."""
        if not self.door.knows(self._process()):
            return bool(self._shown()["State"] == "running")
        if not self.stopping and self._shown()["State"] != "running":
            self._say("Started", "Task started by client", state="running")
        return True

    def _end(self) -> bool:
        """Watches the process to its end; whether that was the task's end too."""
        found = self._watch()
        self.local.pop("signals", None)  # those that came too late are not the next process's
        self.client.services.want(self.alloc["ID"], {})
        code, number = found["exit_code"], found["signal"]
        text = f"Exit Code: {code}" + (f", Signal: {number}" if number else "")
        details = {"exit_code": str(code), "signal": str(number), "oom_killed": "false"}
        self._say("Terminated", text, ExitCode=code, Signal=number, Details=details)
        self._note(attempt=self.local.get("attempt", 0) + 1, mark=None)
        if self.local.pop("overdue", False):
            with self.cluster.change():
                self._say("Killed", "Task successfully killed", state="dead")
                self.alloc["ClientDescription"] = OVERDUE
            return True
        if self.stopping:
            raise Stopped
        if self.local.pop("restart", False):
            self._restart(0, "")
            return False
        return not self._again(success=code == 0)

    def _previous_ended(self) -> bool:
        previous = self.cluster.state.allocations.get(self.alloc.get("PreviousAllocation", ""))
        return previous is None or ended(previous)

    def _until(self, holds: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Whether it holds; raises Stopped when the allocation is to stop before it does."""
        self.cluster.changes.until(lambda: self.stopping or holds(), timeout_s)
        if self.stopping:
            raise Stopped
        return holds()

    def _prepare(self) -> None:
        if not self.folder.exists():
            text = "Building Task Directory"
            self._say("Task Setup", text, Message=text, Details={"message": text})
            (self.folder / "alloc" / "logs").mkdir(parents=True)
            for name, mode in (("local", 0o755), ("secrets", 0o700), ("tmp", 0o755)):
                (self.folder / self.task["Name"] / name).mkdir(parents=True, mode=mode)
            self._hand_over()
        known = self._known()
        if self.task["Artifacts"] and not self.local.get("fetched"):
            self._say("Downloading Artifacts", "Client is downloading artifacts")
            for artifact in self.task["Artifacts"]:
                self._fetch(artifact, known)
            self._note(fetched=True)
        for template in self.task["Templates"] or []:
            self._render(template, known)

    def _hand_over(self) -> None:
        """Gives the task's folders to its user; where this may not be, the start says so."""
        with suppress(LookupError, PermissionError):
            for name in ("local", "secrets", "tmp") if self.task["User"] else ():
                shutil.chown(self.folder / self.task["Name"] / name, self.task["User"])

    def _fetch(self, artifact: Spec, known: dict[str, str]) -> None:
        try:
            folder = self._within(render.interpolate(artifact["RelativeDest"], known))
            source = render.interpolate(artifact["GetterSource"], known)
            artifacts.fetch(artifact, source, folder)
            if artifact["Chown"] and self.task["User"]:
                artifacts.hand_over(folder, self.task["User"])
        except artifacts.Unfetchable as error:
            text = f'failed to download artifact "{artifact["GetterSource"]}": {error}'
            raise Failed(
                "Failed Artifact Download", text, recoverable=True, DownloadError=text
            ) from error

    def _render(self, template: Spec, known: dict[str, str]) -> None:
        path = render.template_path(template)
        target = self._within(render.interpolate(template["DestPath"], known))
        if target.exists():
            return
        key = f"{self.alloc['Namespace']} {path}"
        self._until(lambda: key in self.cluster.state.variables)
        values = render.template_values(template, self.cluster.state.variables[key]["Items"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_text(render.env_file(values))
        target.chmod(int(template["Perms"], 8))

    def _within(self, path: str) -> Path:
        """The path below the task's folder; raises Failed for one that leads out."""
        root = (self.folder / self.task["Name"]).resolve()
        target: Path = (root / path).resolve()
        if not target.is_relative_to(root):
            raise Failed("Failed Validation", f"the path leads out of the task's folder: {path}")
        return target

    def _known(self) -> dict[str, str]:
        return render.environment(self.alloc, self.job, self.group, self.task, self.folder)

    def _environment(self) -> dict[str, str]:
        known = self._known()
        for template in self.task["Templates"] or []:
            target = self._within(render.interpolate(template["DestPath"], known))
            lines = target.read_text().splitlines() if target.exists() else []
            pairs = (line.partition("=") for line in lines if line)
            known |= {name: json.loads(value) for name, _, value in pairs}
        return known

    def _start(self) -> None:
        order = self._order(self._environment())
        mark = None
        while mark is None:
            try:
                mark = self.door.start(self._process(), order)
            except ValueError as error:
                raise Failed("Driver Failure", str(error), DriverError=str(error)) from error
            except OSError:  # the keeper is away; asking twice starts once
                self._until(lambda: False, 1.0)
        self._note(mark=mark, started=time.time_ns())
        self._say("Started", "Task started by client", state="running")
        self._offer()

    def _order(self, env: dict[str, str]) -> Spec:
        try:
            config = render.config(self.task["Config"] or {}, env)
        except render.Unrenderable as error:
            raise Failed("Failed Validation", str(error), ValidationError=str(error)) from error
        if not config.get("command"):
            raise Failed("Failed Validation", "failed to parse config: command is required")
        given = config.get("work_dir", "")
        if given and not given.startswith("/"):
            text = "failed driver config validation: work_dir must be an absolute path"
            raise Failed("Driver Failure", text, DriverError=text)
        logs = self.task["LogConfig"]
        return {
            "argv": [self._program(config["command"]), *map(str, config.get("args") or [])],
            "env": env,
            "cwd": str(self._within(given)), "user": self.task["User"],
            "max_files": logs["MaxFiles"], "max_bytes": logs["MaxFileSizeMB"] * 2**20,
            "logs": str(self.folder / "alloc" / "logs" / self.task["Name"]),
        }  # fmt: skip

    def _program(self, command: str) -> str:
        """The program's path; one from the task's folders or from PATH, never from work_dir."""
        if command.startswith("/"):
            return command
        root = self.folder / self.task["Name"]
        for path in (root / "local" / command, root / command):
            if path.exists():
                return str(path.absolute())
        if "/" in command:
            text = f'binary "{command}" could not be found'
            raise Failed("Driver Failure", text, DriverError=text)
        return command

    def _process(self, attempt: int | None = None) -> str:
        number = self.local.get("attempt", 0) if attempt is None else attempt
        return f"{self.alloc['ID']}.{number}"

    def _offer(self) -> None:
        env = self._environment()
        found = registrations(self.alloc, self.task, env)
        checks = scripts(self.alloc, self.task, env)
        self.client.services.want(self.alloc["ID"], found, checks)

    def _watch(self) -> Spec:
        """The process's end, which this brings about when the allocation is to stop or restart."""
        process, mark, version = self._process(), self.local.get("mark"), self.alloc["JobVersion"]
        limit = self.group["MaxRunDuration"]
        ends = (self.local.get("started", 0) + limit) / SECOND if limit else float("inf")
        while not (found := self.door.find(process, mark)):
            self.cluster.changes.until(
                lambda: bool(
                    self.door.find(process, mark) or self.stopping or self.local.get("restart")
                    or self.local.get("signals") or self.alloc["JobVersion"] != version  # noqa: B023
                ), max(0.0, min(60.0, ends - time.time())),
            )  # fmt: skip
            if self.stopping:
                self._kill(process, mark)
            elif self.local.get("restart"):
                text = "User requested task to restart"
                reason = {"restart_reason": text}
                self._say("Restart Signaled", text, RestartReason=text, Details=reason)
                self._interrupt(process, mark)
            elif signals := self.local.pop("signals", []):
                for name in signals:
                    self._send(process, name)
            elif time.time() >= ends:
                self._note(overdue=True)
                self._say("Killing", OVERDUE, KillReason=OVERDUE)
                self._interrupt(process, mark)
            elif self.alloc["JobVersion"] != version:
                version = self.alloc["JobVersion"]
                self._offer()
        return found

    def _send(self, process: str, name: str) -> None:
        """Nomad's raw_exec takes a signal that it does not know, or none, as SIGINT."""
        self._say("Signaling", "Task being sent a signal", Details={"signal": name})
        self.door.signal(process, SIGNALS.get(name, signal.SIGINT), group=False)

    def _kill(self, process: str, mark: Any) -> None:
        """Nomad's order: out of Consul, shutdown_delay, the signal, kill_timeout, SIGKILL."""
        self._pause(self.group["ShutdownDelay"] or 0, process, mark)
        kill = min(self.task["KillTimeout"], self.client.max_kill)
        text = f"Sent interrupt. Waiting {duration(kill)} before force killing"
        if "Killing" not in self._types():
            details = {"kill_timeout": duration(kill)}
            self._say("Killing", text, state="pending", KillTimeout=kill, Details=details)
        self.client.services.want(self.alloc["ID"], {})
        delay = self.task["ShutdownDelay"]
        if delay and "Waiting for shutdown delay" not in self._types():
            text = f"Waiting for shutdown_delay of {duration(delay)} before killing the task."
            self._say("Waiting for shutdown delay", text)
        self._pause(delay, process, mark)
        self._interrupt(process, mark)

    def _types(self) -> list[str]:
        return [event["Type"] for event in self._shown()["Events"]]

    def _interrupt(self, process: str, mark: Any) -> None:
        self.client.services.want(self.alloc["ID"], {})
        name = self.task["KillSignal"] or "SIGINT"  # what raw_exec sends by default
        self.door.signal(process, signal.Signals[name], group=False)
        if not self._pause(min(self.task["KillTimeout"], self.client.max_kill), process, mark):
            self.door.signal(process, signal.SIGKILL, group=True)
            self._pause(5 * SECOND, process, mark)

    def _pause(self, nanoseconds: int, process: str, mark: Any) -> bool:
        """Whether the process ended within the time."""
        holds = lambda: bool(self.door.find(process, mark))  # noqa: E731
        return self.cluster.changes.until(holds, nanoseconds / SECOND)

    def _again(self, *, success: bool, recoverable: bool = True) -> bool:
        """Whether the task is to be started again; waits for the policy's delay."""
        policy = self.task["RestartPolicy"]
        interval = restarts.Interval(self.local.get("since", 0), self.local.get("count", 0))
        verdict = restarts.judge(
            policy, self.alloc["JobType"], interval, time.time_ns(), success=success,
            recoverable=recoverable,
        )  # fmt: skip
        self._note(since=verdict.interval.since, count=verdict.interval.count)
        if verdict.next == "done":
            self._say("", "", state="dead")
            return False
        if verdict.next == "fail":
            self._fail("Not Restarting", verdict.reason, RestartReason=verdict.reason)
            return False
        self._restart(verdict.delay, verdict.reason)
        return True

    def _restart(self, delay: int, reason: str) -> None:
        text = f"Task restarting in {duration(delay)}"
        shown = text if reason in ("", "Restart within policy") else f"{reason} - {text}"
        details = {"restart_reason": reason, "start_delay": str(delay)}
        self._say(
            "Restarting", shown, state="pending", StartDelay=delay, RestartReason=reason,
            Details=details,
        )  # fmt: skip
        self._until(lambda: False, delay / SECOND)

    def _shown(self) -> Spec:
        states = self.alloc["TaskStates"] or {}
        found: Spec = states.get(self.task["Name"]) or FRESH
        return found

    def _note(self, **values: Any) -> None:
        with self.cluster.change():
            self.local.update(values)

    def _fail(self, kind: str, text: str, **fields: Any) -> None:
        details = {"fails_task": "true"}
        if "RestartReason" in fields:
            details["restart_reason"] = text
        self._say(kind, text, state="dead", FailsTask=True, Details=details, **fields)

    def _say(self, kind: str, text: str, *, state: str = "", **fields: Any) -> None:
        """Adds an event (none when it has no kind) and sets the task's state."""
        now = time.time_ns()
        at = datetime.fromtimestamp(now / SECOND, UTC).isoformat().replace("+00:00", "Z")
        with self.cluster.change() as known:
            shown = {**self._shown()}
            if kind:
                event = {**EVENT, **fields, "Type": kind, "DisplayMessage": text, "Time": now}
                shown["Events"] = [*shown["Events"], event][-KEPT_EVENTS:]
            shown["State"] = state or shown["State"]
            if kind == "Started":
                shown["StartedAt"] = at
            if kind == "Restarting":
                shown |= {"Restarts": shown["Restarts"] + 1, "LastRestart": at}
            if state == "dead":
                shown |= {"FinishedAt": at, "Failed": bool(fields.get("FailsTask"))}
            jobs.report(known, self.alloc, self.task["Name"], shown, now)
