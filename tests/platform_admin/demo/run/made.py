"""A run in which everything was as it should be, for tests that change one thing of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from platform_admin.demo.load.tally import Requests
from platform_admin.demo.run.plan import PHASES
from platform_admin.demo.run.report import Count, Decision, Jobs, Machine, PhaseReport, Report, Use

BEGAN = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """That many seconds after the run began."""
    return BEGAN + timedelta(seconds=seconds)


def count(seconds: float, desired: int, healthy: int, service: str = "web") -> Count:
    return Count(at(seconds), service, desired, healthy, 2, 10)


def use(seconds: float, desired: int, reserved: int = 12) -> Use:
    return Use(at(seconds), desired, 16, reserved, 20)


def decision(
    seconds: float,
    before: int,
    after: int,
    service: str = "web",
    quota: tuple[int, int] | None = None,
) -> Decision:
    return Decision(at(seconds), service, before, after, f"{before} to {after}: so.", quota)


HELD = decision(150, 6, 6, "worker", quota=(9, 6))


def phase(name: str, decisions: tuple[Decision, ...] = ()) -> PhaseReport:
    return PhaseReport(
        name=name,
        breach_to_request_s=4.2,
        breach_to_healthy_s=9.8,
        requests=Requests(total=5000, late=40),
        jobs=Jobs(enqueued=300, done=300),
        decisions=decisions,
        late_at_end=0.01,
        waited_s=12.0,
    )


def good() -> Report:
    """Three phases, and nothing wrong."""
    assert [each.name for each in PHASES] == ["A", "B", "C"]
    return Report(
        machine=Machine(load=1.7, processors=2),
        phases=(phase("A", (decision(40, 2, 5),)), phase("B", (HELD,)), phase("C")),
        counts=(count(0, 2, 2), count(40, 5, 2), count(60, 5, 5), count(300, 2, 2)),
        use=(use(0, 5), use(60, 16), use(300, 5)),
        came_down=True,
    )
