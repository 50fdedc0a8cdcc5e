"""What the run found, as values and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from platform_admin.demo.load.tally import Requests


@dataclass(frozen=True)
class Jobs:
    """Orders of one load: put into the queue, packed at least once, more than once, never."""

    enqueued: int = 0
    done: int = 0
    doubled: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Count:
    """How many instances of a service were wanted and healthy at a moment, and its bounds then."""

    time: datetime
    service: str
    desired: int
    healthy: int
    minimum: int
    maximum: int


@dataclass(frozen=True)
class Use:
    """What the team's services and resources were to have at a moment, and what they may.

    `desired` against `quota`; with surges, `reserved` against `limit`. Instances.
    """

    time: datetime
    desired: int
    quota: int
    reserved: int
    limit: int


@dataclass(frozen=True)
class Decision:
    """What was decided of a service: a change, or (before = after) why there was none.

    `quota`: the count before and after the quota's step, where there was one.
    """

    time: datetime
    service: str
    before: int
    after: int
    words: str
    quota: tuple[int, int] | None = None

    @property
    def by_quota(self) -> bool:
        """Whether the quota withheld something."""
        return self.quota is not None and self.quota[1] < self.quota[0]


@dataclass(frozen=True)
class PhaseReport:
    """One phase. Seconds from the first breach of web's target; None: no breach, or no answer.

    `late_at_end` is the share of late requests, `waited_s` the longest wait of an order, both of
    the phase's last seconds; None where nothing was sent.
    """

    name: str
    breach_to_request_s: float | None
    breach_to_healthy_s: float | None
    requests: Requests
    jobs: Jobs
    decisions: tuple[Decision, ...]
    late_at_end: float | None
    waited_s: float
    reasons: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """How often a count was changed."""
        return sum(each.before != each.after for each in self.decisions)

    @property
    def held(self) -> tuple[Decision, ...]:
        """The decisions that kept a count, or gave less than was wanted for the quota's sake."""
        return tuple(each for each in self.decisions if each.before == each.after or each.by_quota)


@dataclass(frozen=True)
class Machine:
    """What the run's machine had to do: its load average of a minute at most, and processors."""

    load: float
    processors: int


@dataclass(frozen=True)
class Report:
    """The whole run; `problems` says what of it was not as it should be."""

    machine: Machine
    phases: tuple[PhaseReport, ...]
    counts: tuple[Count, ...]
    use: tuple[Use, ...]
    came_down: bool
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything was as it should be."""
        return not self.problems


def as_json(report: Report) -> dict[str, Any]:
    """The report as `--json` writes it."""
    return {
        "ok": report.ok,
        "problems": list(report.problems),
        "machine": asdict(report.machine),
        "phases": [_phase(phase) for phase in report.phases],
        "counts": [{**asdict(each), "time": each.time.isoformat()} for each in report.counts],
    }


def _phase(phase: PhaseReport) -> dict[str, Any]:
    return {
        "name": phase.name,
        "breach_to_request_s": _rounded(phase.breach_to_request_s),
        "breach_to_healthy_s": _rounded(phase.breach_to_healthy_s),
        "requests": asdict(phase.requests),
        "jobs": asdict(phase.jobs),
        "changes": phase.changes,
        "held": [_decision(each) for each in phase.held],
        "late_share_at_end": _rounded(phase.late_at_end, 4),
        "longest_wait_at_end_s": round(phase.waited_s, 1),
        "failures": list(phase.reasons),
    }


def _decision(held: Decision) -> dict[str, Any]:
    return {
        "time": held.time.isoformat(),
        "service": held.service,
        "before": held.before,
        "after": held.after,
        "by_quota": held.by_quota,
        "words": held.words,
    }


def _rounded(figure: float | None, digits: int = 1) -> float | None:
    return None if figure is None else round(figure, digits)


def of_service(counts: Sequence[Count], name: str) -> list[Count]:
    """Those of one service, in their order."""
    return [count for count in counts if count.service == name]
