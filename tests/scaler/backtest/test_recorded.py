"""What the loop decided is what its stored series say that it decided."""

from __future__ import annotations

import pytest

from tests.scaler.backtest.live import Live
from tests.scaler.loop.scene import Scene

pytestmark = pytest.mark.usefixtures("cold")
SAME = 0.999
FIXED = {
    "strategy": "fixed",
    "latency_ms": 400,
    "start_up_s": 15,
    "up_cooldown_s": 25,
    "down_window_s": 120,
    "down_cooldown_s": 45,
    "down_instances": 2,
    "down_period_s": 60,
}
LEARNED = {"strategy": "learned", "latency_ms": 400, "start_up_s": 15}


def differences(live: Live) -> list[tuple[float, int, int]]:
    """Moment, the loop's count, and that of the stored series, where they are not the same."""
    decided, (at, again) = live.decided(), live.again()
    assert list(decided) == at
    rows = zip(at, decided.values(), again.tolist(), strict=True)
    return [row for row in rows if row[1] != row[2]]


@pytest.mark.parametrize("policy", [FIXED, LEARNED], ids=["fixed", "learned"])
def test_decisions_are_made_again_from_what_was_stored(
    scene: Scene, policy: dict[str, object]
) -> None:
    live = Live(scene, **policy)
    live.lives(40)
    assert len(set(live.decided().values())) > 2
    assert differences(live) == []


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("policy", [FIXED, LEARNED], ids=["fixed", "learned"])
def test_of_hundreds_of_decisions_one_in_a_thousand_at_most_comes_out_otherwise(
    scene: Scene, policy: dict[str, object]
) -> None:
    live = Live(scene, **policy)
    live.lives(600)
    assert len(differences(live)) <= (1 - SAME) * len(live.decided()), differences(live)
