"""The guard's limit in the loop: it follows what runs, and touches nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_admin.models import ScalingEvent, ScalingPolicy, Service
from platform_admin.rules.policy import PolicyFields
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.policies import policy_fields, save_policy
from scaler.loop import warm
from scaler.rules.guard import LEAST_HOPED
from tests.scaler.loop.scene import Scene, served

HOLDS = 40.0
WITHIN_S = 2
MOVE = "SET in_flight_limit"


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """Nothing is warm from another test, or for one."""
    warm.forget()
    yield
    warm.forget()


def guarded(scene: Scene, strategy: str = "learned", **changes: object) -> Service:
    """A live web that answers at once what would wait longer than WITHIN_S."""
    service = scene.service(**changes)  # type: ignore[arg-type]
    ScalingPolicy.objects.filter(service=service).update(strategy=strategy, guard_s=WITHIN_S)
    return service


def comes(scene: Scene, rate: float) -> None:
    """So many requests a second come, of which an instance answers HOLDS, the rest is refused."""
    done = min(rate, HOLDS * scene.desired("web"))
    late = done < rate
    said = served(done, 2.2 if late else 0.1, refused=rate - done, open=rate)
    scene.says(web=said | ({"mean_s": 1.9} if late else {}))


def limit(scene: Scene) -> int | None:
    return Service.objects.get(name="web").in_flight_limit


def full(scene: Scene, strategy: str = "learned") -> None:
    """One instance that may not grow was seen at its limit."""
    guarded(scene, strategy, maximum=1)
    for rate in (20.0,) * 3 + (100.0,) * 5:
        comes(scene, rate)
        scene.turn()


@pytest.mark.parametrize(("strategy", "planned"), [("learned", HOLDS), ("fixed", 0.75 * HOLDS)])
def test_it_is_what_the_instance_was_seen_to_work_off_in_the_time(
    scene: Scene, strategy: str, planned: float
) -> None:
    full(scene, strategy)
    assert limit(scene) == pytest.approx(planned * WITHIN_S, rel=0.1)


def test_it_follows_the_instances(scene: Scene) -> None:
    full(scene)
    first = limit(scene)
    Service.objects.update(maximum=9)
    set_desired(scene.world.dana, Service.objects.get(), 4)
    scene.settle()
    comes(scene, 100.0)
    scene.turn()
    assert first is not None
    assert limit(scene) == pytest.approx(4 * first, rel=0.1)


def test_before_anything_was_learned_there_is_none(scene: Scene) -> None:
    guarded(scene)
    scene.turn()
    assert limit(scene) is None


def test_while_an_instance_was_never_full_it_is_generous(scene: Scene) -> None:
    guarded(scene, maximum=1)
    for _ in range(4):
        comes(scene, 1.0)
        scene.turn()
    assert limit(scene) == LEAST_HOPED


def test_switched_off_it_goes_at_the_next_tick(scene: Scene) -> None:
    full(scene)
    assert limit(scene) is not None
    service = Service.objects.get()
    fields = policy_fields(service.policy)
    save_policy(scene.world.dana, service, PolicyFields(**{**vars(fields), "guard_s": None}))
    scene.turn()
    assert limit(scene) is None


@pytest.mark.parametrize("changes", [{"mode": "off"}, {"mode": "shadow"}, {"paused": True}])
def test_it_holds_while_nothing_is_scaled(scene: Scene, changes: dict[str, object]) -> None:
    guarded(scene)
    ScalingPolicy.objects.update(**changes)
    for _ in range(4):
        comes(scene, 100.0)
        scene.turn()
    assert scene.desired("web") == 1
    assert limit(scene) is not None


def test_a_tick_that_moves_nothing_writes_nothing_and_no_count_is_touched(scene: Scene) -> None:
    full(scene)
    version = Service.objects.get().desired_version
    comes(scene, 100.0)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        scene.turn()
    assert not [each for each in asked if MOVE in each["sql"]]
    Service.objects.update(in_flight_limit=1)
    with CaptureQueriesContext(connection) as asked:
        scene.turn()
    assert len([each for each in asked if MOVE in each["sql"]]) == 1
    assert Service.objects.get().desired_version == version


def test_what_was_turned_away_is_demand_and_the_event_says_so(scene: Scene) -> None:
    guarded(scene, maximum=9)
    for rate in (20.0, 20.0, 200.0, 200.0, 200.0):
        comes(scene, rate)
        scene.turn()
    assert scene.desired("web") >= 5
    told = [row.numbers or {} for row in ScalingEvent.objects.filter(outcome="applied")]
    assert any(row.get("refused", 0) > 100 and row["coming"] >= 190 for row in told)


@pytest.mark.full
@pytest.mark.parametrize(("refused", "shrinks"), [(np.nan, False), (0.0, True)])
def test_while_it_is_not_known_what_was_turned_away_nothing_shrinks(
    scene: Scene, refused: float, shrinks: bool
) -> None:
    guarded(scene, "fixed")
    ScalingPolicy.objects.update(down_window_s=0)
    for rate in (20.0, 20.0, 20.0, 200.0, 200.0, 200.0):
        comes(scene, rate)
        scene.turn()
    most = scene.desired("web")
    scene.says(web=served(20.0, 0.1, refused=refused))
    counts = scene.turns(7)
    assert (min(counts) < most) == shrinks
