"""The typed calls against a cluster that runs: the local one, and real agents where they are.

That every key of a registered job is found again, see tests/jobs/specs/test_read_back.py.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.errors import Conflict, Missing, Refused
from jobs.logs.read import Stream, after, before, everything
from jobs.logs.search import search
from jobs.logs.text import plain
from jobs.nomad import Allocation, Nomad
from tests.jobs.agents import Cluster, until

SECOND = 1_000_000_000
SERVER = "import sys; print('läuft', flush=True); print('x' * 200, file=sys.stderr, flush=True); "
SERVER += "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]))"


def job(job_id: str, *, count: int = 0, code: str = SERVER, **resources: int) -> dict[str, Any]:
    """A service of Python processes with a port and a check."""
    check = {"Type": "http", "Path": "/", "Interval": SECOND, "Timeout": SECOND}
    service = {"Name": job_id, "PortLabel": "http", "Provider": "consul", "Checks": [check]}
    task = {
        "Name": "main",
        "Driver": "raw_exec",
        "Config": {"command": sys.executable, "args": ["-c", code, "${NOMAD_PORT_http}"]},
        "KillSignal": "SIGTERM",
        "KillTimeout": 5 * SECOND,
        "ShutdownDelay": SECOND,
        "Resources": {"CPU": 20, "MemoryMB": 32} | resources,
        "Services": [service],
    }
    update = {"MaxParallel": 0, "Canary": 0}
    group = {
        "Name": "main",
        "Count": count,
        "Update": update,
        "Scaling": {"Enabled": True, "Type": "horizontal", "Min": 0, "Max": 5},
        "Networks": [{"DynamicPorts": [{"Label": "http"}]}],
        "Tasks": [task],
    }
    return {
        "ID": job_id,
        "Name": job_id,
        "Namespace": "default",
        "Type": "service",
        "Datacenters": ["*"],
        "Update": update,
        "TaskGroups": [group],
    }


@pytest.fixture
def nomad(cluster: Cluster) -> Nomad:
    """The cluster's Nomad."""
    return cluster.nomad


@pytest.fixture
def name(nomad: Nomad) -> Iterator[str]:
    """The id of a job that nobody else has; it is gone afterwards."""
    job_id = f"t-{uuid.uuid4().hex[:8]}"
    yield job_id
    nomad.stop("default", job_id)
    # Purged at once, its instances would leave the list while their processes still drain.
    until(lambda: all(each.terminal for each in nomad.job_allocations("default", job_id)))
    nomad.stop("default", job_id, purge=True)


def running(nomad: Nomad, job_id: str, count: int = 1) -> list[Allocation]:
    """The job's running instances, as soon as they are that many."""

    def look() -> list[Allocation]:
        found = [each for each in nomad.job_allocations("default", job_id) if each.running]
        return found if len(found) == count else []

    return until(look)


def test_a_job_is_registered_read_planned_scaled_and_stopped(
    cluster: Cluster, nomad: Nomad, name: str
) -> None:
    assert nomad.job("default", name) is None
    assert nomad.plan(job(name, count=1)).placed == 1
    registered = nomad.register(job(name), enforce_index=0)
    found = nomad.job("default", name)
    assert found is not None
    assert (found.count, found.stopped, found.type) == (0, False, "service")
    assert found.job_modify_index == registered.job_modify_index
    scaled = nomad.scale(
        "default", name, 2, index=found.job_modify_index, message="by a test", meta={"d": "1"}
    )
    found = nomad.job("default", name)
    assert found is not None
    assert (found.count, found.job_modify_index) == (2, scaled.job_modify_index)
    running(nomad, name, 2)
    until(lambda: len(cluster.consul.health(name)) == 2)
    status = nomad.scale_status("default", name)
    assert (status.desired, status.running) == (2, 2)
    event = status.events[0]
    assert (event.count, event.previous) == (2, 0)
    assert (event.message, event.meta) == ("by a test", {"d": "1"})
    nomad.stop("default", name)
    stopped = nomad.job("default", name)
    assert stopped is not None
    assert stopped.stopped
    until(lambda: all(each.terminal for each in nomad.job_allocations("default", name)))
    assert cluster.consul.health(name, passing=False) == ()


def test_of_two_who_scale_from_the_same_index_one_conflicts(nomad: Nomad, name: str) -> None:
    index = nomad.register(job(name)).job_modify_index
    nomad.scale("default", name, 1, index=index, message="", meta={})
    with pytest.raises(Conflict):
        nomad.scale("default", name, 2, index=index, message="", meta={})
    found = nomad.job("default", name)
    assert found is not None
    assert found.count == 1


def test_a_job_that_was_stopped_or_changed_is_not_scaled_from_the_index_of_before(
    nomad: Nomad, name: str
) -> None:
    index = nomad.register(job(name)).job_modify_index
    nomad.stop("default", name)
    with pytest.raises(Conflict):
        nomad.scale("default", name, 2, index=index, message="", meta={})

    started = nomad.register(job(name)).job_modify_index
    nomad.register(job(name) | {"Meta": {"by": "somebody"}})
    with pytest.raises(Conflict):
        nomad.scale("default", name, 2, index=started, message="", meta={})


def test_a_register_at_an_old_index_conflicts_and_changes_nothing(nomad: Nomad, name: str) -> None:
    first = nomad.register(job(name), enforce_index=0)
    with pytest.raises(Conflict):
        nomad.register(job(name), enforce_index=0)
    nomad.scale("default", name, 1, index=first.job_modify_index, message="", meta={})
    with pytest.raises(Conflict):
        nomad.register(job(name), enforce_index=first.job_modify_index)
    found = nomad.job("default", name)
    assert found is not None
    assert found.count == 1


def test_counts_are_preserved_when_asked(nomad: Nomad, name: str) -> None:
    index = nomad.register(job(name)).job_modify_index
    nomad.scale("default", name, 2, index=index, message="", meta={})
    nomad.register(job(name), preserve_counts=True)
    found = nomad.job("default", name)
    assert found is not None
    assert found.count == 2


@pytest.mark.parametrize(("count", "text"), [(6, "maximum: 6 > 5"), (-1, "negative")])
def test_a_count_outside_the_hull_is_refused(
    nomad: Nomad, name: str, count: int, text: str
) -> None:
    index = nomad.register(job(name)).job_modify_index
    with pytest.raises(Refused, match=text):
        nomad.scale("default", name, count, index=index, message="", meta={})


def test_what_does_not_exist_is_missing_or_none(nomad: Nomad) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    assert nomad.job("default", "nope") is None
    assert nomad.job_allocations("default", "nope") == ()
    nomad.stop("default", "nope")
    for call in (
        lambda: nomad.scale("default", "nope", 1, index=1, message="", meta={}),
        lambda: nomad.scale_status("default", "nope"),
        lambda: nomad.evaluation(nobody),
        lambda: nomad.logs(nobody),
        lambda: nomad.restart(nobody),
        lambda: nomad.stop_allocation(nobody),
        lambda: nomad.signal(nobody, "SIGKILL"),
    ):
        with pytest.raises(Missing):
            call()


def test_an_unknown_namespace_is_refused(nomad: Nomad, name: str) -> None:
    with pytest.raises(Refused, match="namespace"):
        nomad.register(job(name) | {"Namespace": "nobody-made-this"})


def test_an_invalid_job_is_refused_with_the_reason(nomad: Nomad, name: str) -> None:
    bad = job(name)
    bad["TaskGroups"][0]["Count"] = -1
    with pytest.raises(Refused, match="error"):
        nomad.register(bad)


def test_a_job_that_is_too_large_says_why_in_its_plan_and_its_evaluation(
    nomad: Nomad, name: str
) -> None:
    large = job(name, count=1, MemoryMB=99_999_999)
    (planned,) = nomad.plan(large).failures
    assert planned.group == "main"
    assert any("memory exhausted" in reason for reason in planned.reasons)
    registered = nomad.register(large)
    until(lambda: nomad.evaluation(registered.eval_id).status == "complete")
    found = nomad.evaluation(registered.eval_id)
    assert found.blocked
    assert found.failures[0].reasons == planned.reasons


def test_a_change_of_a_service_entry_is_planned_in_place_and_one_of_the_command_is_not(
    nomad: Nomad, name: str
) -> None:
    nomad.register(job(name, count=1))
    running(nomad, name)
    entry = job(name, count=1)
    entry["TaskGroups"][0]["Tasks"][0]["Services"][0]["Meta"] = {"release": "2"}
    plan = nomad.plan(entry)
    assert (plan.in_place, plan.destructive) == (1, 0)
    plan = nomad.plan(job(name, count=1, code="pass"))
    assert (plan.in_place, plan.destructive) == (0, 1)


def test_the_list_of_all_instances_has_ports_times_and_an_index(
    cluster: Cluster, nomad: Nomad, name: str
) -> None:
    nomad.register(job(name, count=1))
    (started,) = running(nomad, name)
    (endpoint,) = until(lambda: cluster.consul.health(name))
    listing = nomad.allocations()
    (found,) = [each for each in listing.items if each.id == started.id]
    assert found.ports == {"http": endpoint.port}
    assert found.address == endpoint.address
    assert found.id in endpoint.id
    assert (found.alloc_index, found.job_id, found.running) == (0, name, True)
    assert listing.index >= found.index > 0
    assert found.task is not None
    assert (found.task.state, found.task.failed) == ("running", False)
    assert found.task.started_at is not None
    assert found.create_time_ns <= found.task.started_at.timestamp() * 1e9 + SECOND
    assert [event.type for event in found.task.events][-1] == "Started"


def test_what_changed_since_the_last_list_is_in_the_next_one(nomad: Nomad, name: str) -> None:
    index = nomad.register(job(name, count=1)).job_modify_index
    (started,) = running(nomad, name)

    def mine() -> dict[str, Allocation]:
        return {each.id: each for each in nomad.allocations().items if each.job_id == name}

    until(lambda: mine()[started.id].running and nomad.allocations() is nomad.allocations())
    nomad.scale("default", name, 2, index=index, message="", meta={})
    until(lambda: [each.running for each in mine().values()] == [True, True])
    assert all(each.ports and each.task for each in mine().values())
    nomad.stop("default", name)
    until(lambda: all(each.terminal for each in mine().values()))


def test_an_instance_drains_between_the_stop_and_its_end(nomad: Nomad, name: str) -> None:
    index = nomad.register(job(name, count=1)).job_modify_index
    (started,) = running(nomad, name)
    nomad.scale("default", name, 0, index=index, message="", meta={})

    def now() -> Allocation:
        return next(each for each in nomad.job_allocations("default", name))

    until(lambda: now().draining)
    until(lambda: now().terminal)
    ended = now()
    assert (ended.id, ended.running, ended.draining) == (started.id, False, False)


def test_both_logs_are_read_from_their_end(nomad: Nomad, name: str) -> None:
    nomad.register(job(name, count=1))
    (started,) = running(nomad, name)
    until(lambda: "läuft" in nomad.logs(started.id))
    until(lambda: "x" * 200 in nomad.logs(started.id, stream="stderr"))
    assert nomad.logs(started.id).startswith("läuft\n")
    tail = nomad.logs(started.id, last_bytes=5)
    assert len(tail.encode()) <= 5
    assert nomad.logs(started.id).endswith(tail)


def test_a_log_of_several_files_is_one_stream_that_can_be_read_from_any_place(
    nomad: Nomad, name: str
) -> None:
    lines = (
        "sys.stdout.write(''.join(f'{n:06} k\u00e4se' + 'x' * 80 + chr(10) for n in range(40000)))"
    )
    spec = job(name, count=1, code=f"import sys; {lines}; sys.stdout.flush(); {SERVER}")
    spec["TaskGroups"][0]["Tasks"][0]["LogConfig"] = {"MaxFiles": 3, "MaxFileSizeMB": 1}
    nomad.register(spec)
    (started,) = running(nomad, name)
    stream = Stream(nomad, started.id, "stdout")
    until(lambda: "039999 käse" in plain(before(stream, None, 200).data))

    whole, place = b"", None
    while True:
        piece = before(stream, place, 700_000)
        whole, place = piece.data + whole, piece.start
        if not piece.before:
            break

    assert b"".join(everything(stream, stream.kept())) == whole
    assert whole == after(stream, piece.start, len(whole)).data
    found = [int(line[:6]) for line in whole.decode().splitlines() if line[6:7] == " "]
    assert found == list(range(found[0], 40_000))
    assert not piece.kept.begins
    (hit,) = search(stream, f"{found[0] + 9:06} KÄSE").hits
    assert after(stream, hit.place, 100).data.startswith(hit.line.encode())
    nomad.stop("default", name)
    until(lambda: all(each.terminal for each in nomad.job_allocations("default", name)))
    assert b"".join(everything(stream, stream.kept())) == whole
    assert [each.type for each in nomad.events(started.id)][-2:] == ["Terminated", "Killed"]


def test_a_task_that_never_started_has_an_empty_log_and_says_why(nomad: Nomad, name: str) -> None:
    spec = job(name, count=1)
    spec["TaskGroups"][0]["Tasks"][0]["Config"] = {"command": "/nowhere/program"}
    spec["TaskGroups"][0]["RestartPolicy"] = {"Attempts": 0, "Mode": "fail"}
    nomad.register(spec)
    (found, *_) = until(lambda: [a for a in nomad.job_allocations("default", name) if a.terminal])

    assert before(Stream(nomad, found.id, "stdout"), None, 100).data == b""
    (failed, *_) = [each for each in nomad.events(found.id) if each.type == "Driver Failure"]
    assert "/nowhere/program" in failed.details["driver_error"]


def test_a_task_that_fails_has_its_exit_code(nomad: Nomad, name: str) -> None:
    spec = job(name, count=1, code="import sys; sys.exit(7)")
    group = spec["TaskGroups"][0]
    group["RestartPolicy"] = {"Attempts": 0, "Mode": "fail"}
    group["ReschedulePolicy"] = {
        "Attempts": 0,
        "Unlimited": True,
        "Delay": 60 * SECOND,
        "DelayFunction": "constant",
    }
    nomad.register(spec)

    def failed() -> list[Allocation]:
        found = nomad.job_allocations("default", name)
        return [each for each in found if each.client_status == "failed"]

    (found, *_) = until(failed)
    assert found.task is not None
    assert (found.task.state, found.task.failed) == ("dead", True)
    assert 7 in [event.exit_code for event in found.task.events]


def test_an_instance_is_restarted_where_it_is(nomad: Nomad, name: str) -> None:
    nomad.register(job(name, count=1))
    (started,) = running(nomad, name)
    nomad.restart(started.id)

    def restarted() -> bool:
        (now,) = nomad.job_allocations("default", name)
        return now.running and now.task is not None and now.task.restarts == 1

    until(restarted)


@pytest.mark.full
def test_an_instance_that_is_killed_is_started_again_where_it_is(nomad: Nomad, name: str) -> None:
    nomad.register(job(name, count=1))
    (started,) = running(nomad, name)
    nomad.signal(started.id, "SIGKILL")

    def again() -> bool:
        (now,) = nomad.job_allocations("default", name)
        return now.running and now.task is not None and now.task.restarts == 1

    until(again)
    (now,) = nomad.job_allocations("default", name)
    assert now.task is not None
    assert 137 in [event.exit_code for event in now.task.events]


def test_a_signal_to_what_does_not_run_or_does_not_exist_is_refused(
    nomad: Nomad, name: str
) -> None:
    nomad.register(job(name, count=1))
    (started,) = running(nomad, name)
    with pytest.raises(Refused, match="Task not found"):
        nomad.signal(started.id, "SIGKILL", task="other")
    nomad.stop("default", name)
    until(lambda: all(each.terminal for each in nomad.job_allocations("default", name)))
    with pytest.raises(Refused, match="Task not running"):
        nomad.signal(started.id, "SIGKILL")


def test_an_instance_that_is_stopped_is_replaced(nomad: Nomad, name: str) -> None:
    nomad.register(job(name, count=1))
    (started,) = running(nomad, name)
    nomad.stop_allocation(started.id)

    def replaced() -> bool:
        now = [each for each in nomad.job_allocations("default", name) if each.running]
        return [each.id for each in now] not in ([], [started.id])

    until(replaced)


def test_a_variable_is_written_read_compared_and_deleted(nomad: Nomad, name: str) -> None:
    path = f"nomad/jobs/{name}"
    items = {"A": 'it\'s "quoted" # $HOME {{x}} ${y}\n two=lines', "B": ""}
    assert nomad.variable("default", path) is None
    first = nomad.put_variable("default", path, items, cas=0)
    found = nomad.variable("default", path)
    assert found is not None
    assert (found.items, found.modify_index) == (items, first)
    second = nomad.put_variable("default", path, {"A": "2"}, cas=first)
    assert second > first
    with pytest.raises(Conflict):
        nomad.put_variable("default", path, {"A": "3"}, cas=first)
    assert nomad.put_variable("default", path, {"A": "2"}, cas=first) == second
    nomad.put_variable("default", path, {"A": "4"}, cas=None)
    nomad.delete_variable("default", path)
    nomad.delete_variable("default", path)
    assert nomad.variable("default", path) is None


@pytest.mark.parametrize(
    ("path", "items", "text"),
    [
        ("nomad/jobs/x.y", {"a": "b"}, "invalid path"),
        ("nomad/jobs/empty", {}, "Items"),
        ("nomad/jobs/large", {"a": "b" * 70_000}, "64KiB"),
    ],
)
def test_a_variable_that_does_not_fit_is_refused_without_its_values(
    nomad: Nomad, path: str, items: dict[str, str], text: str
) -> None:
    with pytest.raises(Refused, match=text) as caught:
        nomad.put_variable("default", path, items, cas=None)
    assert "bbbb" not in str(caught.value)


def test_a_namespace_is_made_once(cluster: Cluster, nomad: Nomad) -> None:
    if cluster.kind == "given":
        pytest.skip("a namespace on a cluster that was given is its operator's to make")
    nomad.ensure_namespace("team-of-a-test", "Team of a test")
    nomad.ensure_namespace("team-of-a-test", "Another description")
    assert {"default", "team-of-a-test"} <= set(nomad.namespaces())


def test_a_node_says_what_it_can_give(nomad: Nomad) -> None:
    node = nomad.nodes()[0]
    assert (node.status, node.eligible) == ("ready", True)
    assert "raw_exec" in node.drivers
    assert node.cpu_mhz > 0
    assert node.memory_mb > 0


def test_what_instances_take_is_allocated_of_their_node(nomad: Nomad, name: str) -> None:
    nomad.register(job(name, count=2))
    running(nomad, name, 2)
    found = nomad.allocated()[nomad.nodes()[0].id]
    assert found.instances >= 2
    assert found.cpu_mhz >= 40
    assert found.memory_mb >= 64


def test_it_is_healthy(nomad: Nomad) -> None:
    assert nomad.healthy()
