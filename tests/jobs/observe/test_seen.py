from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.consul import Check
from jobs.nomad import Allocation
from jobs.nomad.task import TaskEvent, TaskState
from jobs.observe.seen import FIELDS, STEADY, Known, Seen, seen

NOW = datetime(2026, 1, 1, tzinfo=UTC)
JOB = "shop-production-web-blue"
WEB = Known(1, 2, None, "blue", 3, has_port=True)
WORKER = Known(1, 2, None, "blue", 3, has_port=False)
ENTRY = f"_nomad-task-a1-main-{JOB}-http"


def allocation(*, client: str = "running", desired: str = "run", **values: object) -> Allocation:
    fields: dict[str, object] = {
        "id": "a1",
        "name": f"{JOB}.main[0]",
        "namespace": "demo",
        "job_id": JOB,
        "job_version": 0,
        "alloc_index": 0,
        "node": "n",
        "description": "Tasks are running",
        "create_time_ns": 1,
        "modify_time_ns": 1,
        "ports": {"http": 20000},
        "address": "127.0.0.1",
        "task": None,
        "index": 1,
    }
    return Allocation(desired_status=desired, client_status=client, **(fields | values))  # type: ignore[arg-type]


def check(status: str, entry: str = ENTRY) -> Check:
    return Check(entry, "name", status)


def task(*events: tuple[str, timedelta]) -> TaskState:
    """A task of which these things happened so long ago."""
    told = tuple(
        TaskEvent(kind, kind.lower(), int((NOW - ago).timestamp() * 1e9), None)
        for kind, ago in events
    )
    return TaskState("running", False, 0, None, None, told)


def one(known: Known, found: Allocation, *checks: Check) -> Seen:
    (only,) = seen([found], checks, {("demo", JOB): known}, NOW)
    return only


@pytest.mark.parametrize(
    ("checks", "healthy"),
    [
        ([check("passing")], True),
        ([check("passing"), check("passing")], True),
        ([], False),
        ([check("critical")], False),
        ([check("warning")], False),
        ([check("passing"), check("critical")], False),
        ([check("passing", ENTRY.replace("a1", "a2"))], False),
        ([check("passing", f"_nomad-task-a1-main-{JOB[:-5]}-http")], False),
        ([check("passing"), check("critical", ENTRY.replace("a1", "a2"))], True),
    ],
)
def test_an_instance_with_a_port_is_healthy_while_all_checks_of_its_entry_pass(
    checks: list[Check], healthy: bool
) -> None:
    assert one(WEB, allocation(), *checks).healthy == healthy


@pytest.mark.parametrize(
    ("events", "healthy"),
    [
        ([("Started", STEADY)], True),
        ([("Started", STEADY - timedelta(seconds=1))], False),
        ([("Received", STEADY)], False),
        ([("Started", 9 * STEADY), ("Restarting", STEADY), ("Started", STEADY / 2)], False),
    ],
)
def test_a_worker_is_healthy_once_it_has_run_for_a_while_without_a_restart(
    events: list[tuple[str, timedelta]], healthy: bool
) -> None:
    assert one(WORKER, allocation(task=task(*events))).healthy == healthy


@pytest.mark.parametrize(
    ("client", "desired"),
    [("pending", "run"), ("failed", "run"), ("complete", "stop"), ("running", "stop")],
)
@pytest.mark.parametrize("known", [WEB, WORKER])
def test_what_does_not_run_or_is_to_stop_is_never_healthy(
    known: Known, client: str, desired: str
) -> None:
    found = allocation(client=client, desired=desired, task=task(("Started", 9 * STEADY)))
    assert not one(known, found, check("passing")).healthy


def test_a_job_that_is_not_ours_is_not_seen() -> None:
    others = [allocation(namespace="other"), allocation(job_id="somebodys")]
    assert seen(others, [check("passing")], {("demo", JOB): WEB}, NOW) == []


def test_what_was_said_last_is_the_tasks_else_the_allocations() -> None:
    told = one(WEB, allocation(task=task(("Received", STEADY), ("Driver Failure", STEADY / 2))))
    assert (told.last_event, told.port) == ("driver failure", 20000)
    assert one(WEB, allocation()).last_event == "Tasks are running"


def after(
    before: Seen, known: Known, found: Allocation, *checks: Check, later: timedelta = timedelta()
) -> Seen:
    (only,) = seen([found], checks, {("demo", JOB): known}, NOW + later, {"a1": before})
    return only


STARTED = task(("Started", STEADY / 2))


@pytest.mark.parametrize(
    ("known", "checks", "found"),
    [
        (WEB, [check("passing")], allocation()),
        (WEB, [], allocation()),
        (WORKER, [], allocation(task=task(("Started", 9 * STEADY)))),
        (WORKER, [], allocation(client="complete", task=STARTED)),
    ],
)
def test_what_did_not_change_is_seen_as_the_same(
    known: Known, checks: list[Check], found: Allocation
) -> None:
    before = one(known, found, *checks)
    assert after(before, known, found, *checks, later=9 * STEADY) is before


@pytest.mark.parametrize(
    ("known", "found", "status", "healthy"),
    [
        (WEB, allocation(), "critical", False),
        (WEB, allocation(client="failed"), "passing", False),
        (WEB, allocation(node="another"), "passing", True),
        (replace(WEB, release=4), allocation(), "passing", True),
        (replace(WEB, has_port=False), allocation(), "passing", False),
    ],
)
def test_what_changed_is_seen_anew(
    known: Known, found: Allocation, status: str, healthy: bool
) -> None:
    before = one(WEB, allocation(), check("passing"))
    now = after(before, known, found, check(status))
    assert now != before
    assert (now.known, now.allocation, now.healthy) == (known, found, healthy)


def test_a_worker_becomes_healthy_by_time_alone() -> None:
    found = allocation(task=STARTED)
    before = one(WORKER, found)
    almost = after(before, WORKER, found, later=STEADY / 2 - timedelta(seconds=1))
    assert (before.healthy, almost.healthy) == (False, False)
    assert after(almost, WORKER, found, later=STEADY / 2).healthy


@pytest.mark.parametrize(
    ("client", "finished", "ended"),
    [
        ("running", NOW, None),
        ("complete", NOW - STEADY, NOW - STEADY),
        ("failed", NOW - STEADY, NOW - STEADY),
        ("lost", None, NOW),
    ],
)
def test_an_instance_ended_with_its_last_process_or_when_it_was_given_up(
    client: str, finished: datetime | None, ended: datetime | None
) -> None:
    found = replace(task(("Started", STEADY)), finished_at=finished)
    at_ns = int(NOW.timestamp() * 1e9)

    told = one(WEB, allocation(client=client, task=found, modify_time_ns=at_ns))

    assert told.fields[FIELDS.index("ended_at")] == ended


def test_of_several_ports_the_main_one_is_the_instances() -> None:
    found = one(WEB, allocation(ports={"admin": 20001, "http": 20000}), check("passing"))
    assert (found.port, found.entry, found.healthy) == (20000, ENTRY, True)


def test_a_check_that_fails_says_more_than_the_task_while_it_runs() -> None:
    said = {ENTRY: "dial tcp 127.0.0.1:20000: connect: connection refused"}

    def event(status: str, client: str = "running") -> str:
        (found,) = seen(
            [allocation(client=client)], [check(status)], {("demo", JOB): WEB}, NOW, outputs=said
        )
        return found.last_event

    assert event("critical") == said[ENTRY]
    assert event("passing") == event("critical", "failed") == "Tasks are running"


def test_another_output_is_another_sight_and_the_same_is_none() -> None:
    found = allocation()

    def look(output: str, before: Seen | None = None) -> Seen:
        last = {found.id: before} if before else {}
        known = {("demo", JOB): WEB}
        (only,) = seen([found], [check("critical")], known, NOW, last, {ENTRY: output})
        return only

    first = look("late")
    assert look("late", first) is first
    assert look("refused", first).last_event == "refused"
    assert first.fails
