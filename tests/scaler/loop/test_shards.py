"""Several shards in one pass, and what keeps one of them from being the others' trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import DatabaseError

from platform_admin.models import Quota, ScalingEvent, ScalingPolicy, Service, Shard, Tick
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.scaling import Decided, Written, scale
from scaler.loop import lease
from scaler.loop import sample as sampling
from scaler.loop import tick as ticking
from scaler.loop.made import Made, make
from scaler.loop.memory import packed, remembered
from scaler.loop.policies import policies
from scaler.loop.state import of_shards
from scaler.loop.tick import tick
from scaler.rules.steps import STEPS
from scaler.samples import ticks
from scaler.samples.ticks import Sample, ids_of
from tests.scaler.loop.scene import IDLE, INTERVAL, Scene, served

LATE = served(20.0, 1.4)


@pytest.fixture
def pair(scene: Scene) -> tuple[Service, Service]:
    """Two webs that are late, of two teams, each in a shard of its own."""
    found = scene.service("web"), scene.of_others("blog")
    scene.says(web=LATE, blog=LATE)
    return found


def shard_of(scene: Scene, service: Service) -> int:
    number = service.environment.app.team_id % 16
    return Shard.objects.get(cell=scene.world.cell, number=number).pk


def test_both_are_decided_about_in_one_pass_and_each_row_has_its_own(
    scene: Scene, pair: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []

    def counted(shards: Sequence[Shard], sample: Sample, now: datetime) -> Made:
        passes.append(len(shards))
        return make(shards, sample, now)

    monkeypatch.setattr(ticking, "make", counted)
    assert scene.turn() == 2

    assert passes == [2]
    for service in pair:
        row = Tick.objects.get(shard=shard_of(scene, service))
        assert ids_of(row.services).tolist() == [service.pk]
        counts = np.frombuffer(row.counts or b"", "<i2")
        assert len(counts) == len(STEPS)
        assert counts[-1] == Service.objects.get(pk=service.pk).desired == 2
    assert set(Shard.objects.values_list("lease_holder", flat=True)) == {""}


def test_one_pass_decides_as_one_for_each_shard_would(
    scene: Scene, pair: tuple[Service, Service]
) -> None:
    web, blog = pair
    loads = [served(20 + 3 * n, 0.2 + 0.06 * (n % 9)) for n in range(20)]

    def run(*jobs: Sequence[int]) -> list[tuple[int, int]]:
        found = []
        for figures in loads:
            scene.says(web=figures, blog=figures)
            scene.sample()
            for shards in jobs:
                tick(shards, scene.now)
            scene.now += INTERVAL
            scene.settle()
            found.append((scene.desired("web"), scene.desired("blog")))
        return found

    both = shard_of(scene, web), shard_of(scene, blog)
    together = run(both)
    Tick.objects.all().delete()
    ScalingEvent.objects.all().delete()
    Service.objects.update(desired=1, desired_at=scene.now)
    scene.settle()
    assert run(both[:1], both[1:]) == together
    assert len(set(together)) > 2


def test_a_shard_that_another_one_has_keeps_no_other_waiting(
    scene: Scene, pair: tuple[Service, Service]
) -> None:
    web = pair[0]
    shards = scene.sample()
    assert lease.take([shard_of(scene, web)], "another", scene.now)

    assert tick(shards, scene.now) == 1
    assert (scene.desired("web"), scene.desired("blog")) == (1, 2)


def test_shards_whose_newest_samples_differ_are_each_decided_about_their_own(
    scene: Scene, pair: tuple[Service, Service]
) -> None:
    web, blog = pair
    shards = scene.sample()
    Tick.objects.filter(shard=shard_of(scene, blog)).update(at=scene.now - timedelta(seconds=3))

    assert tick(shards, scene.now) == 2
    ticked = dict(Shard.objects.filter(pk__in=shards).values_list("pk", "ticked_at"))
    assert ticked[shard_of(scene, web)] == scene.now
    assert ticked[shard_of(scene, blog)] == scene.now - timedelta(seconds=3)


def test_a_shard_that_can_not_be_decided_about_is_alone_in_that(
    scene: Scene, pair: tuple[Service, Service], caplog: pytest.LogCaptureFixture
) -> None:
    shards = scene.sample()
    broken = shard_of(scene, pair[0])
    Tick.objects.filter(shard=broken).update(samples=b"no number of rows")

    assert tick(shards, scene.now) == 1
    assert (scene.desired("web"), scene.desired("blog")) == (1, 2)
    assert f"shard {broken}: nothing was decided" in caplog.text
    assert Shard.objects.get(pk=broken).lease_until is None


def test_what_can_not_be_stored_together_is_stored_one_by_one(
    scene: Scene, pair: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = ticking._stored

    def fails(holder: str, made: Made) -> bool:
        if len(made.shards) > 1:
            raise DatabaseError("no such row")
        return stored(holder, made)

    monkeypatch.setattr(ticking, "_stored", fails)
    assert scene.turn() == len(pair)


def test_a_team_that_can_not_be_scaled_is_alone_in_that(
    scene: Scene,
    pair: tuple[Service, Service],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = scene.world.team.pk

    def fails(
        decided: Mapping[int, Sequence[Decided]], at: datetime, *, wait: bool = True
    ) -> Written:
        if broken in decided:
            raise DatabaseError("no such row")
        return scale(decided, at, wait=wait)

    monkeypatch.setattr(ticking, "scale", fails)
    assert scene.turn() == 1
    assert (scene.desired("web"), scene.desired("blog")) == (1, 2)
    assert f"team {broken}: nothing was scaled" in caplog.text


def test_each_team_has_a_quota_of_its_own(scene: Scene, pair: tuple[Service, Service]) -> None:
    Quota.objects.filter(team=scene.world.others).update(instances=1)
    scene.turns(4)
    assert (scene.desired("web") > 2, scene.desired("blog")) == (True, 1)


@pytest.mark.full
def test_a_gap_of_one_shard_is_not_hidden_by_another_one(
    scene: Scene, pair: tuple[Service, Service]
) -> None:
    for service in pair:
        service.refresh_from_db()
        set_desired(scene.world.olga, service, 4)
    scene.settle()
    scene.says(web=IDLE, blog=IDLE)
    scene.turns(20)
    away = shard_of(scene, pair[1])
    for _ in range(12):
        tick([shard for shard in scene.sample() if shard != away], scene.now)
        scene.now += INTERVAL
        scene.settle()

    assert (scene.desired("web"), scene.desired("blog")) == (1, 4)
    scene.turns(20)
    assert scene.desired("blog") == 4
    scene.turns(12)
    assert scene.desired("blog") == 1


@pytest.mark.parametrize(
    ("most", "jobs"), [(1000, [[3, 5, 9]]), (7, [[3], [5, 9]]), (2, [[3], [5], [9]])]
)
def test_a_large_cell_is_several_jobs(
    monkeypatch: pytest.MonkeyPatch, most: int, jobs: list[list[int]]
) -> None:
    monkeypatch.setattr(sampling, "SERVICES_A_JOB", most)
    places = {3: np.arange(4), 5: np.arange(4), 9: np.arange(3)}
    assert sampling._jobs(places) == jobs


def test_a_cell_without_services_is_no_job() -> None:
    assert sampling._jobs({}) == []


def test_a_shard_that_was_lost_meanwhile_costs_no_other_its_turn(
    scene: Scene, pair: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    shards, stored = scene.sample(), ticking._stored
    taken = shard_of(scene, pair[0])

    def late(holder: str, made: Made) -> bool:
        monkeypatch.setattr(ticking, "_stored", stored)
        assert tick([taken], scene.now + lease.LEASE * 1.2) == 1
        return stored(holder, made)

    monkeypatch.setattr(ticking, "_stored", late)
    assert tick(shards, scene.now) == 1
    assert (scene.desired("web"), scene.desired("blog")) == (2, 2)
    assert ScalingEvent.objects.count() == 2


def test_a_decided_row_without_services_is_passed_over(
    scene: Scene, pair: tuple[Service, Service], caplog: pytest.LogCaptureFixture
) -> None:
    scene.turn()
    empty = Tick.objects.filter(shard=shard_of(scene, pair[0]))
    empty.update(services=b"", samples=b"", counts=b"", memory=b"", told=b"")
    scene.turn()
    assert not Tick.objects.filter(decided_at__isnull=True).exists()
    assert "one by one" not in caplog.text


def test_a_moment_before_the_last_one_is_not_decided_about_any_more(scene: Scene) -> None:
    scene.service()
    key = scene.shard.pk
    later = scene.now + INTERVAL
    for moment, mine in ((later, True), (scene.now, False), (later, False)):
        assert lease.take([key], "me", scene.now)
        assert lease.give_back([key], "me", moment) == (frozenset({key}) if mine else frozenset())
        lease.give_back([key], "me")
    assert Shard.objects.get(pk=key).ticked_at == later


def test_what_is_remembered_comes_back_as_it_was(
    scene: Scene, pair: tuple[Service, Service]
) -> None:
    shards = list(Shard.objects.filter(pk__in=scene.sample()))
    made = make(shards, ticks.newest(shards)[0], scene.now)
    dark = made.at - np.array([40.0, np.nan])
    history = replace(made.decision.history, unknown_since=dark)
    last = replace(made.last, up_at=made.at - np.array([7.0, np.nan]))
    memory = packed(history, last, made.at).tobytes()
    Tick.objects.update(decided_at=scene.now, counts=b"\0" * 2 * 2 * len(STEPS), told=b"\0" * 2)
    for row, places in zip(made.sample.rows, made.parts, strict=True):
        part = np.frombuffer(memory, "<f4").reshape(-1, 2)[:, places]
        counts = np.zeros((len(STEPS), len(places)), "<i2")
        Tick.objects.filter(pk=row.tick).update(
            memory=part.tobytes(), counts=counts.tobytes(), told=b"\0" * len(places)
        )

    chosen = policies(shards[0].pk, made.state)
    later = scene.now + INTERVAL
    again, known = remembered(shards, made.state, chosen, later)
    assert again.unknown_since == pytest.approx(dark, nan_ok=True)
    assert known.up_at == pytest.approx(last.up_at, nan_ok=True)


def test_policies_are_those_of_the_services_that_are_asked_about(
    scene: Scene, pair: tuple[Service, Service]
) -> None:
    ScalingPolicy.objects.filter(service=pair[0]).update(latency_ms=123)
    shards = list(Shard.objects.filter(pk__in=scene.sample()))
    one, other = (of_shards([each]) for each in shards)
    found = {float(policies(0, each).latency_s[0]) for each in (one, other)}
    assert len(found) == 2
