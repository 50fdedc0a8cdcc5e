"""What a register, a scale, a stop and a client's report make of the state."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from local.cluster.nomad import jobs, schedule
from local.cluster.nomad.state import Node, State, alloc_index, wanted
from local.cluster.web import Refusal

from .processes import job as job_of

NODE = Node("5d3a9d4e-0000-4000-8000-000000000000", "local", 1000, 1000, 1, (20000, 20009))
S = 10**9
Spec = dict[str, Any]


def fresh() -> State:
    return State(NODE)


def web(count: int = 2, **task: Any) -> Spec:
    found = job_of("web", "", **task)
    found["TaskGroups"][0]["Count"] = count
    return found


def put(state: State, job: Spec, now: int = S, **more: Any) -> Spec:
    return jobs.register(state, copy.deepcopy(job), "default", now, **more)


def scale(state: State, count: int, now: int = 2 * S, **more: Any) -> Spec:
    body = {"Count": count, "Target": {"Group": "main"}, **more}
    return jobs.scale(state, "default", "web", body, now)


def running(state: State) -> list[int]:
    return sorted(alloc_index(a) for a in state.allocations.values() if wanted(a))


def ids(state: State) -> set[str]:
    return {a["ID"] for a in state.allocations.values() if wanted(a)}


def report(
    state: State, alloc: Spec, status: str, now: int = 3 * S, *, failed: bool = False
) -> None:
    jobs.report(state, alloc, "main", {"State": status, "Failed": failed, "Events": []}, now)


def test_scaling_in_stops_the_highest_indexes() -> None:
    state = fresh()
    put(state, web(5))
    scale(state, 2)
    assert running(state) == [0, 1]


def test_scaling_out_fills_the_lowest_free_indexes() -> None:
    state = fresh()
    put(state, web(3))
    gone = next(a for a in state.allocations.values() if alloc_index(a) == 1)
    gone["DesiredStatus"] = "stop"
    scale(state, 4)
    assert running(state) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "changed",
    [
        {"Services": [{"Name": "a", "PortLabel": "http"}]},
        {"ShutdownDelay": S},
        {"KillTimeout": S},
        {"KillSignal": "SIGINT"},
        {"RestartPolicy": {"Attempts": 1}},
        {"LogConfig": {"MaxFiles": 3, "MaxFileSizeMB": 5}},
    ],
)
def test_some_changes_are_made_in_place(changed: Spec) -> None:
    state = fresh()
    put(state, web())
    before = ids(state)
    put(state, web(**changed))
    assert ids(state) == before
    assert {a["JobVersion"] for a in state.allocations.values()} == {1}


@pytest.mark.parametrize(
    "changed",
    [
        {"Env": {"A": "b"}},
        {"Config": {"command": "other"}},
        {"Meta": {"a": "b"}},
        {"User": "nobody"},
        {"Resources": {"CPU": 21, "MemoryMB": 32}},
        {"Templates": [{"EmbeddedTmpl": "x", "DestPath": "local/x"}]},
        {"Artifacts": [{"GetterSource": "http://x/y"}]},
    ],
)
def test_others_replace_all_instances_at_once(changed: Spec) -> None:
    state = fresh()
    put(state, web())
    before = ids(state)
    put(state, web(**changed))
    assert not ids(state) & before
    assert running(state) == [0, 1]
    fresh_ones = [state.allocations[one] for one in ids(state)]
    assert {a["PreviousAllocation"] for a in fresh_ones} == before


def test_an_unchanged_register_keeps_the_index_and_makes_an_evaluation_only() -> None:
    state = fresh()
    first = put(state, web())
    job = state.jobs["default web"]
    again = put(state, web())
    assert (job["Version"], job["JobModifyIndex"]) == (0, first["JobModifyIndex"])
    assert again["JobModifyIndex"] == job["ModifyIndex"]
    assert again["EvalID"] not in ("", first["EvalID"])


def test_a_change_that_finds_no_room_stops_the_old_instances_all_the_same() -> None:
    state = fresh()
    put(state, web())
    answer = put(state, web(Driver="docker"))
    assert running(state) == []
    evaluation = state.evaluations[answer["EvalID"]]
    assert evaluation["FailedTGAllocs"]["main"]["ConstraintFiltered"] == {"missing drivers": 1}
    assert evaluation["QueuedAllocations"] == {"main": 2}


def test_a_plan_changes_nothing() -> None:
    state = fresh()
    put(state, web())
    before = copy.deepcopy(state.document)
    answer = jobs.plan(state, web(4, Env={"A": "b"}), "default", S)
    assert answer["Annotations"]["DesiredTGUpdates"]["main"]["DestructiveUpdate"] == 2
    assert answer["Annotations"]["DesiredTGUpdates"]["main"]["Place"] == 2
    group = answer["Diff"]["TaskGroups"][0]
    assert group["Updates"] == {"create": 2, "create/destroy update": 2}
    assert [f["Name"] for f in group["Fields"]] == ["Count"]
    assert [f["Name"] for f in group["Tasks"][0]["Fields"]] == ["Env[A]"]
    assert state.document == before


def test_counts_are_preserved_where_asked() -> None:
    state = fresh()
    put(state, web(1))
    scale(state, 3)
    put(state, web(1, Env={"A": "b"}), preserve_counts=True)
    assert running(state) == [0, 1, 2]


@pytest.mark.parametrize(
    ("there", "index", "text"),
    [
        (True, 0, "Enforcing job modify index 0: job already exists"),
        (True, 9, "Enforcing job modify index 9: job exists with conflicting job modify index: 2"),
        (False, 9, "Enforcing job modify index 9: job does not exist"),
    ],
)
def test_a_stale_index_is_refused(there: bool, index: int, text: str) -> None:
    state = fresh()
    if there:
        put(state, web())
    with pytest.raises(Refusal) as caught:
        put(state, web(Env={"A": "b"}), enforce=index)
    assert (caught.value.status, caught.value.text) == (500, text)


def test_a_stopped_job_can_be_scaled_and_stays_stopped() -> None:
    state = fresh()
    put(state, web())
    jobs.deregister(state, "default", "web", S, purge=False)
    scale(state, 3)
    assert running(state) == []
    assert state.jobs["default web"]["Status"] == "dead"
    put(state, web(1), preserve_counts=True)
    assert running(state) == [0, 1, 2]


def test_the_newest_twenty_scaling_events_are_kept() -> None:
    state = fresh()
    put(state, web())
    for number in range(25):
        scale(state, number % 3, now=number)
    events = jobs.scale_status(state, state.jobs["default web"])["TaskGroups"]["main"]["Events"]
    assert [e["Time"] for e in events] == [*range(24, 4, -1)]


def test_ports_differ_and_rest_before_they_return() -> None:
    state = fresh()
    put(state, web(3))
    scale(state, 0)
    for alloc in state.allocations.values():
        report(state, alloc, "dead")
    scale(state, 3)
    given = [
        a["AllocatedResources"]["Shared"]["Ports"][0]["Value"] for a in state.allocations.values()
    ]
    assert given == [20000, 20001, 20002, 20003, 20004, 20005]


def test_a_port_that_somebody_listens_on_is_passed_over() -> None:
    state = State(NODE, port_is_free=lambda port: port != 20000)
    put(state, web(1))
    (alloc,) = state.allocations.values()
    assert alloc["AllocatedResources"]["Shared"]["Ports"][0]["Value"] == 20001


def test_a_static_port_is_given_once() -> None:
    state = fresh()
    job = web(2)
    job["TaskGroups"][0]["Networks"] = [{"ReservedPorts": [{"Label": "db", "Value": 15000}]}]
    answer = put(state, job)
    assert running(state) == [0]
    failed = state.evaluations[answer["EvalID"]]["FailedTGAllocs"]["main"]
    assert "port" in next(iter(failed["DimensionExhausted"]))


def test_a_draining_instance_still_takes_its_room() -> None:
    state = fresh()
    put(state, web(1, Resources={"CPU": 20, "MemoryMB": 600}))
    scale(state, 0)
    answer = scale(state, 1, now=3 * S)
    assert state.evaluations[answer["EvalID"]]["BlockedEval"]
    (draining,) = state.allocations.values()
    report(state, draining, "dead")
    assert running(state) == [0]
    assert {e["Status"] for e in state.evaluations.values()} == {"complete"}


def failing(state: State) -> Spec:
    return next(a for a in state.allocations.values() if wanted(a))


def test_a_failed_instance_is_replaced_after_growing_delays() -> None:
    state, job, now = fresh(), web(1), 100 * S
    job["TaskGroups"][0]["ReschedulePolicy"] = {
        "Unlimited": True, "Delay": 10 * S, "DelayFunction": "exponential", "MaxDelay": 30 * S,
    }  # fmt: skip
    put(state, job, now)
    waits = []
    for _ in range(4):
        alloc = failing(state)
        report(state, alloc, "dead", now, failed=True)
        waited = next(n for n in range(1, 100) if schedule.due(state, now + n * S))
        waits.append(waited)
        schedule.tick(state, now + (waited - 1) * S)
        assert running(state) == []
        now += waited * S
        schedule.tick(state, now)
        assert alloc["NextAllocation"] == failing(state)["ID"]
    assert waits == [10, 20, 30, 30]


def test_a_failed_batch_job_without_rescheduling_is_dead() -> None:
    state, job = fresh(), job_of("cmd", "", kind="batch")
    job["TaskGroups"][0]["ReschedulePolicy"] = {"Attempts": 0, "Unlimited": False}
    put(state, job)
    report(state, failing(state), "dead", failed=True)
    schedule.tick(state, 10**18)
    assert running(state) == []
    assert state.jobs["default cmd"]["Status"] == "dead"


def test_a_batch_job_that_ended_well_is_not_run_again() -> None:
    state = fresh()
    put(state, job_of("cmd", "", kind="batch"))
    report(state, failing(state), "dead")
    put(state, job_of("cmd", "", kind="batch"))
    assert len(state.allocations) == 1


def test_a_stopped_allocation_gets_a_successor_of_the_same_name() -> None:
    state = fresh()
    put(state, web(2))
    alloc = failing(state)
    jobs.stop_allocation(state, alloc, 2 * S)
    successor = state.allocations[alloc["NextAllocation"]]
    assert (successor["Name"], successor["PreviousAllocation"]) == (alloc["Name"], alloc["ID"])
    assert running(state) == [0, 1]


def test_a_purged_job_is_gone_and_its_instances_stop() -> None:
    state = fresh()
    put(state, web(2))
    jobs.deregister(state, "default", "web", S, purge=True)
    assert state.jobs == {}
    assert running(state) == []
    put(state, web(1))
    assert running(state) == [0]


def test_what_is_over_is_collected_but_not_what_still_counts() -> None:
    state = fresh()
    for number in range(60):
        job = job_of(f"cmd{number}", "", kind="batch", Resources={"CPU": 1, "MemoryMB": 1})
        job["TaskGroups"][0]["Networks"] = None
        put(state, job)
    for alloc in list(state.allocations.values()):
        report(state, alloc, "dead", 3 * S)
    for number in range(55):
        jobs.deregister(state, "default", f"cmd{number}", 4 * S, purge=True)
    before = state.index("allocations")
    gone = jobs.collect(state, 5 * S)
    assert len(gone) == 5
    assert state.index("allocations") > before
    assert {f"cmd{n}" for n in range(55, 60)} <= {a["JobID"] for a in state.allocations.values()}


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("Type", "system", "the local cluster runs no jobs of type"),
        ("ParameterizedJob", {"Payload": ""}, "the local cluster runs no parameterized"),
        ("Update", None, "the local cluster makes no deployments"),
        ("TaskGroups", [], "Missing job task groups"),
    ],
)
def test_what_the_stand_in_cannot_do_is_refused_with_the_reason(
    field: str, value: Any, text: str
) -> None:
    with pytest.raises(Refusal) as caught:
        put(fresh(), {**web(), field: value})
    assert text in caught.value.text


def test_a_state_read_from_disk_goes_on_as_before() -> None:
    state = fresh()
    put(state, web(2))
    again = State(NODE, copy.deepcopy(state.document))
    assert scale(again, 1) == scale(state, 1)
    assert again.document == state.document


def test_a_job_that_fits_nowhere_waits_and_says_which_constraint_it_is() -> None:
    state, job = fresh(), web(2)
    job["Constraints"] = [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "a"}]
    put(state, job)
    assert running(state) == []
    (blocked,) = [e for e in state.evaluations.values() if e["Status"] == "blocked"]
    failure = blocked["FailedTGAllocs"]["main"]
    assert failure["ConstraintFiltered"] == {"${meta.rack} = a": 1}
    assert failure["CoalescedFailures"] == 1


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"Attempts": 100, "Interval": 10 * S, "Delay": S},
            "can't restart the TaskGroup 100 times",
        ),
        ({"Attempts": 0, "Interval": S, "Delay": S}, "Interval can not be less than 5s (got 1s)"),
    ],
)
def test_a_restart_rule_that_does_not_add_up_is_refused(rule: Spec, said: str) -> None:
    job = web()
    job["TaskGroups"][0]["RestartPolicy"] = rule
    with pytest.raises(Refusal, match=re.escape(said)):
        put(fresh(), job)


def test_memory_that_is_not_lent_is_warned_of_and_less_than_its_own_refused() -> None:
    more: Spec = {"Resources": {"CPU": 100, "MemoryMB": 100, "MemoryMaxMB": 200}}
    assert "memory_max value will be ignored" in put(fresh(), web(**more))["Warnings"]
    more["Resources"]["MemoryMaxMB"] = 50
    with pytest.raises(Refusal, match="MemoryMaxMB value"):
        put(fresh(), web(**more))
