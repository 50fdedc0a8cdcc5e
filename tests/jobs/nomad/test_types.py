"""The typed values, read from what a real Nomad answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jobs.nomad.allocated import Allocated, read_allocated
from jobs.nomad.allocation import Allocation, read_allocation
from jobs.nomad.edits import edits
from jobs.nomad.evaluation import Evaluation, read_evaluation
from jobs.nomad.job import read_job, read_plan, read_registered, read_scaled
from jobs.nomad.node import read_node
from jobs.nomad.placement import PlacementFailure, failures
from jobs.nomad.scaling import read_scale_status
from jobs.nomad.task import TaskEvent
from jobs.nomad.variable import Variable, read_variable
from tests.jobs.recorded import body


def test_a_job_has_the_index_that_a_scaling_must_name() -> None:
    job = read_job(body("job"))
    assert (job.id, job.namespace, job.type) == ("shop-prod-web-blue", "team-a", "service")
    assert (job.status, job.stopped, job.version) == ("running", False, 0)
    assert (job.job_modify_index, job.count) == (15, 2)
    assert job.spec["TaskGroups"][0]["Name"] == "main"


def test_a_stopped_job_says_so_and_keeps_its_count() -> None:
    job = read_job(body("job_stopped"))
    assert (job.stopped, job.status, job.count, job.job_modify_index) == (True, "dead", 3, 72)


def test_a_registration_has_its_evaluation_and_warnings() -> None:
    found = read_registered(body("registered"))
    assert found.eval_id == "53840035-0c69-9c95-ade2-9b5f71a50132"
    assert found.job_modify_index == 15
    assert "has no shutdown_delay set" in found.warnings


def test_a_scaling_has_the_new_index() -> None:
    found = read_scaled(body("scaled"))
    assert (found.job_modify_index, found.eval_id[:8]) == (19, "6492bc19")


def test_a_plan_of_an_unchanged_job_edits_nothing_though_it_updates_in_place() -> None:
    plan = read_plan(body("plan_unchanged"))
    assert (plan.in_place, plan.edits) == (1, ())


def test_a_plan_names_the_fields_that_it_changes() -> None:
    cpu = {"Name": "CPU", "Type": "Edited", "Old": "100", "New": "107"}
    resources = {"Name": "Resources", "Type": "Edited", "Fields": [cpu]}
    task = {"Name": "main", "Type": "Edited", "Objects": [resources]}
    group = {"Name": "main", "Type": "Edited", "Tasks": [task]}
    assert edits({"Type": "Edited", "TaskGroups": [group]}) == ("main.main.Resources.CPU",)


def test_a_plan_counts_what_would_happen() -> None:
    plan = read_plan(body("plan_new"))
    assert (plan.placed, plan.in_place, plan.destructive, plan.stopped) == (2, 0, 0, 0)
    assert (plan.failures, plan.diff["Type"]) == ((), "Added")


def test_a_plan_and_an_evaluation_say_why_a_job_is_too_large() -> None:
    why = (PlacementFailure("main", ("memory exhausted on 1 of 1 nodes",)),)
    assert read_plan(body("plan_too_large")).failures == why
    found = read_evaluation(body("evaluation_too_large"))
    assert (found.status, found.blocked, found.failures) == ("complete", True, why)


def test_an_evaluation_that_placed_all_is_not_blocked() -> None:
    found = read_evaluation(body("evaluation"))
    assert found == Evaluation("2af874bd-f905-1113-a2f3-8d2eb5a38ef3", "complete", False, ())


@pytest.mark.parametrize(
    ("metric", "reasons"),
    [
        ({"NodesEvaluated": 0}, ("no node was eligible",)),
        (
            {"NodesEvaluated": 3, "ConstraintFiltered": {"missing drivers": 2}},
            ("missing drivers: 2 of 3 nodes do not fit",),
        ),
        (
            {"NodesEvaluated": 2, "DimensionExhausted": {"memory": 1, "cpu": 2}},
            ("cpu exhausted on 2 of 2 nodes", "memory exhausted on 1 of 2 nodes"),
        ),
        (
            {"NodesEvaluated": 2, "ClassFiltered": {"gpu": 2}, "QuotaExhausted": ["team"]},
            ("node class gpu: 2 of 2 nodes do not fit", "quota exhausted: team"),
        ),
    ],
)
def test_each_obstacle_is_a_sentence(metric: dict[str, object], reasons: tuple[str, ...]) -> None:
    assert failures({"main": metric}) == (PlacementFailure("main", reasons),)


def test_scaling_events_come_newest_first_with_their_reasons() -> None:
    status = read_scale_status(body("scale_status"))
    assert (status.desired, status.running) == (3, 3)
    assert [(each.previous, each.count) for each in status.events] == [(9, 3), (5, 9), (2, 5)]
    newest = status.events[0]
    assert newest.message == "p95 312 ms over 200 ms"
    assert newest.meta == {"muster.decision": "d1"}
    assert (newest.index, newest.time_ns) == (31, 1795218793372061782)


def allocations() -> dict[str, Allocation]:
    return {each.client_status: each for each in map(read_allocation, body("job_allocations"))}


@pytest.mark.parametrize(
    ("status", "running", "draining", "terminal"),
    [
        ("running", True, False, False),
        ("pending", False, True, False),  # told to stop: Nomad calls it pending until it ends
        ("complete", False, False, True),
    ],
)
def test_an_instance_runs_drains_or_has_ended(
    status: str, running: bool, draining: bool, terminal: bool
) -> None:
    found = allocations()[status]
    assert (found.running, found.draining, found.terminal) == (running, draining, terminal)


def test_an_instance_has_its_number_its_times_and_its_task() -> None:
    found = allocations()["running"]
    assert (found.name, found.alloc_index) == ("shop-prod-web-blue.main[2]", 2)
    assert (found.namespace, found.job_id) == ("team-a", "shop-prod-web-blue")
    assert found.node == "vm"
    assert (found.ports, found.address) == ({}, "")
    assert found.task is not None
    assert found.task.state == "running"
    assert found.task.started_at == datetime(2026, 11, 20, 23, 53, 43, 422421, UTC)
    assert found.task.finished_at is None


def test_ports_are_read_where_they_are_listed() -> None:
    port = {"Label": "http", "Value": 22752, "To": 0, "HostIP": "127.0.0.1"}
    row = body("job_allocations")[0] | {"AllocatedResources": {"Shared": {"Ports": [port]}}}
    found = read_allocation(row)
    assert (found.ports, found.address) == ({"http": 22752}, "127.0.0.1")


def test_a_failed_command_has_its_exit_code() -> None:
    found = read_allocation(body("failed_command")[0])
    assert (found.client_status, found.terminal, found.draining) == ("failed", True, False)
    assert found.task is not None
    assert found.task.failed
    ended = [event for event in found.task.events if event.exit_code is not None]
    assert [(each.type, each.exit_code) for each in ended] == [("Terminated", 3)]
    last = found.task.events[-1]
    assert isinstance(last, TaskEvent)
    assert (last.type, last.exit_code) == ("Not Restarting", None)


def test_an_instance_without_task_states_has_no_task() -> None:
    assert read_allocation(body("job_allocations")[0] | {"TaskStates": None}).task is None


def test_gos_zero_time_is_none() -> None:
    row = body("job_allocations")[0]
    row = row | {"TaskStates": {"main": {"State": "pending", "StartedAt": "0001-01-01T00:00:00Z"}}}
    task = read_allocation(row).task
    assert task is not None
    assert task.started_at is None


def test_a_node_gives_what_it_does_not_keep_for_itself() -> None:
    node = read_node(body("nodes")[0], {})
    assert (node.name, node.status, node.eligible) == ("vm", "ready", True)
    assert (node.cpu_mhz, node.memory_mb) == (5198, 24105)
    assert node.drivers == ("exec", "raw_exec")
    reserved = body("nodes")[0] | {"ReservedResources": {"Cpu": {"CpuShares": 198}}}
    assert read_node(reserved, {}).cpu_mhz == 5000


def test_what_is_allocated_of_a_node_is_what_has_not_ended_there() -> None:
    task = {"Cpu": {"CpuShares": 100}, "Memory": {"MemoryMB": 64}}
    taken = {"AllocatedResources": {"Tasks": {"main": task, "side": task}}}
    one = taken | {"NodeID": "n1", "ClientStatus": "running"}
    rows = [one, one | {"DesiredStatus": "stop"}, one | {"NodeID": "n2"}]
    rows += [one | {"ClientStatus": status} for status in ("complete", "failed", "lost")]

    assert read_allocated([*rows, {"NodeID": "n3", "ClientStatus": "pending"}]) == {
        "n1": Allocated(2, 400, 256),
        "n2": Allocated(1, 200, 128),
        "n3": Allocated(1, 0, 0),
    }


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30.0), ("1h2m3s", 3723.0), ("500ms", 0.5), ("", None)]
)
def test_the_longest_kill_timeout_is_known_of_the_agents_own_node(
    text: str, seconds: float | None
) -> None:
    own = body("nodes")[0]["ID"]
    agent = {"stats": {"client": {"node_id": own}}, "config": {"Client": {"MaxKillTimeout": text}}}
    assert read_node(body("nodes")[0], agent).max_kill_timeout_s == seconds
    other = body("nodes")[0] | {"ID": "another"}
    assert read_node(other, agent).max_kill_timeout_s is None


def test_a_variables_items_are_not_printed() -> None:
    found = read_variable(body("variable"))
    assert found.items["DATABASE_URL__v3"] == "postgres://u:p@h/d"
    assert found.modify_index == 13
    assert "postgres" not in repr(found)
    assert repr(found) == "Variable(modify_index=13)"
    assert isinstance(found, Variable)
