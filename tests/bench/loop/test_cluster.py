"""The cell that is played, by its own clock."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from bench.loop.standin.cluster import DRAIN_S, HEALTHY_S, START_S, Cluster, Conflicting
from bench.loop.standin.specs import rendered
from bench.loop.world import Unit, units
from jobs.consul.check import read_check
from jobs.nomad.allocation import read_allocation
from jobs.nomad.job import read_job

SPEC = {"ID": "x", "Namespace": "team0000", "Type": "service", "TaskGroups": [{"Name": "main"}]}
START = 1000.0


class Held:
    """Queues that only remember what they were told."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[int, int]] = {}

    def hold(self, unit: Unit, *, waiting: int, busy: int) -> None:
        self.said[unit.slug] = (waiting, busy)


def played(services: int = 20, queues: Held | None = None) -> Cluster:
    chance = random.Random(1)
    others = [("team0000", "app0000-production-redis", 6379)]
    return Cluster(units(services), others, queues or Held(), START, 10.0, chance)


def of_job(cluster: Cluster, job: str, now: float) -> list[tuple[str, str]]:
    """The statuses (desired, client) of a job's instances, as the platform reads them."""
    read = [read_allocation(body) for body in json.loads(cluster.allocations(now))]
    return [(one.desired_status, one.client_status) for one in read if one.job_id == job]


def passing(cluster: Cluster, name: str, now: float) -> int:
    read = [read_check(body) for body in json.loads(cluster.checks(now))]
    return sum(check.service == name and check.status == "passing" for check in read)


def job_as_read(cluster: Cluster, name: str) -> Any:
    return read_job(json.loads(cluster.job(name, rendered(SPEC))))


def test_what_runs_at_first_is_what_the_world_says() -> None:
    cluster, first = played(), units(20)[1]

    assert of_job(cluster, first.job, START) == [("run", "running")] * first.count
    assert passing(cluster, first.job, START) == passing(cluster, first.slug, START) == first.count
    assert job_as_read(cluster, first.job).count == first.count


def test_a_count_that_was_asked_for_starts_and_becomes_healthy() -> None:
    cluster, first = played(), units(20)[0]
    index = job_as_read(cluster, first.job).job_modify_index

    newer = cluster.scale(first.job, 2, index, START + 1)

    assert job_as_read(cluster, first.job).job_modify_index == newer > index
    assert of_job(cluster, first.job, START + 1) == [("run", "running"), ("run", "pending")]
    started = START + 1 + START_S
    assert of_job(cluster, first.job, started) == [("run", "running")] * 2
    assert passing(cluster, first.job, started) == 1
    assert passing(cluster, first.job, started + HEALTHY_S) == 2


def test_a_lower_count_drains_the_highest_number_at_once() -> None:
    cluster, third = played(), units(20)[2]

    cluster.scale(third.job, 2, 100, START + 1)

    assert of_job(cluster, third.job, START + 1)[2] == ("stop", "pending")
    assert passing(cluster, third.job, START + 1) == 2
    assert of_job(cluster, third.job, START + 1 + DRAIN_S)[2] == ("stop", "complete")


def test_a_stale_index_conflicts() -> None:
    cluster, first = played(), units(20)[0]

    with pytest.raises(Conflicting):
        cluster.scale(first.job, 2, 99, START)


def test_a_twentieth_of_the_services_changes_each_interval() -> None:
    queues = Held()
    cluster = played(1000, queues)
    cluster.begin(START)

    cluster.advance(START + 20)

    moved = len(queues.said) + len(cluster.breaches)
    assert 0 < len(queues.said) < 60
    assert 25 < moved <= 100
    phases = [each.at % 10 for each in cluster.breaches]
    assert max(phases) - min(phases) > 8


def test_a_breach_ends_with_the_request_for_more() -> None:
    cluster = played(1000)
    cluster.begin(START)
    cluster.advance(START + 10)
    late = {job for job in cluster.counts() if cluster.is_late(job)}
    name = sorted(late)[0]
    count, index = job_as_read(cluster, name).count, job_as_read(cluster, name).job_modify_index

    cluster.scale(name, count + 1, index, START + 14)

    assert [each.asked for each in cluster.breaches if each.asked] == [START + 14]
    assert not cluster.is_late(name)


def test_the_list_without_details_is_of_the_same_instances() -> None:
    cluster = played()
    whole = json.loads(cluster.allocations(START))
    stubs = json.loads(cluster.stubs(START, 0))
    assert [(s["ID"], s["ModifyIndex"]) for s in stubs] == [
        (row["ID"], row["ModifyIndex"]) for row in whole
    ]
    assert all(s["TaskStates"] is None and "AllocatedResources" not in s for s in stubs)
    assert json.loads(cluster.stubs(START, 1)) == stubs[:1]
    assert json.loads(cluster.allocation(whole[3]["ID"], START)) == [whole[3]]
    assert json.loads(cluster.allocation("nobody", START)) == []
