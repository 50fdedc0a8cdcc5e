"""The chart of a service: what it was asked for and how it answered, over how many there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from platform_admin.models import ScalingPolicy, Service
from platform_admin.pages import shape
from platform_admin.pages.buckets import coarser
from platform_admin.pages.derived import SHOWN
from platform_admin.pages.marks import Mark
from platform_admin.pages.measured import Measured
from platform_admin.pages.spans import BUCKETS, Span
from scaler.rules.arrays import Floats
from scaler.rules.figures import plain, seconds

UPPER, LOWER = (20, 64), (120, 112)
"""Where a panel begins, and how high it is, in pixels; times stand below both."""
ROW_BUCKETS = 5
HEADROOM = 1.1
MILLISECOND = 0.001
MOST_DECIMALS = 9


@dataclass(frozen=True)
class Label:
    """A word on an axis: `at` is pixels from the top, or percent from the left."""

    at: float
    words: str


@dataclass(frozen=True)
class Path:
    """A shape and its class, which names its colour."""

    look: str
    d: str


@dataclass(frozen=True)
class Panel:
    """One of the two: its title, axes and shapes; `target` is where the target's line is."""

    title: str
    top: int
    height: int
    left: tuple[Label, ...]
    right: tuple[Label, ...]
    paths: tuple[Path, ...]
    target: float | None = None
    known: bool = True

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True)
class Marker:
    """A mark with its place in percent from the left."""

    at: float
    kind: str
    words: str


@dataclass(frozen=True)
class Row:
    """A row of the table that says the same; a value is "no data" where nothing is known.

    `at` is where its first bucket begins.
    """

    at: datetime
    values: tuple[str, ...]
    happened: str

    @property
    def since(self) -> str:
        """That moment to the second where it is no whole minute: buckets may be shorter."""
        return self.at.strftime("%a %H:%M:%S" if self.at.second else "%a %H:%M")


@dataclass(frozen=True)
class Chart:
    """All that a template needs."""

    span: Span
    panels: tuple[Panel, Panel]
    times: tuple[Label, ...]
    marks: tuple[Marker, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    buckets: int = BUCKETS

    @property
    def kinds(self) -> list[str]:
        """The kinds of marks that it has."""
        return sorted({mark.kind for mark in self.marks}, reverse=True)

    @property
    def target(self) -> bool:
        """Whether it has a target's line."""
        return any(panel.target is not None for panel in self.panels)


@dataclass(frozen=True)
class _Kind:
    """What the chart of a kind of service shows."""

    answer: str
    answer_words: str
    demand: str
    demand_words: str
    demand_unit: str


_EDGE = _Kind("p95", "p95", "requests", "requests a second", "/s")
_QUEUE = _Kind("oldest", "oldest wait", "work", "jobs waiting and worked on", "")


def chart(
    service: Service, policy: ScalingPolicy | None, found: Measured, marks: Sequence[Mark]
) -> Chart:
    """The chart of what was measured."""
    kind = _QUEUE if service.kind == Service.Kind.WORKER else _EDGE
    return Chart(
        span=found.span,
        panels=(_answer(kind, found, target_of(service, policy)), _demand(kind, found)),
        times=_times(found),
        marks=tuple(
            Marker(_percent(mark.at.timestamp(), found), mark.kind, mark.words) for mark in marks
        ),
        columns=("instances", kind.answer_words, kind.demand_words),
        rows=_rows(kind, found, marks),
    )


def target_of(service: Service, policy: ScalingPolicy | None) -> float | None:
    """The seconds that the service's answer is measured against; None without a target."""
    if policy is None:
        return None
    if service.kind == Service.Kind.WORKER:
        return float(policy.drain_s) if policy.drain_s else None
    return policy.latency_ms / 1000 if policy.latency_ms else None


def _answer(kind: _Kind, found: Measured, target: float | None) -> Panel:
    """How long it took, against the target."""
    top, height = UPPER
    values = found.series[kind.answer]
    axis = shape.ticks(max(shape.most_of(values), target or 0.0), 2)
    return Panel(
        title=f"{kind.answer_words}, target {seconds(target)}" if target else kind.answer_words,
        top=top,
        height=height,
        left=axis_labels(axis, top, height, _durations(axis)),
        right=(),
        paths=(Path("answer", shape.line(values, axis[-1], height)),),
        target=round(top + height * (1 - target / axis[-1]), 1) if target else None,
        known=not bool(np.isnan(values).all()),
    )


def _demand(kind: _Kind, found: Measured) -> Panel:
    """What there was to do, and how many instances there were for it."""
    top, height = LOWER
    work, count = found.series[kind.demand], found.series["instances"]
    left = shape.ticks(shape.most_of(work), 3)
    right = shape.ticks(HEADROOM * shape.most_of(count), 3, whole=True)
    return Panel(
        title=kind.demand_words,
        top=top,
        height=height,
        left=axis_labels(left, top, height, exact(left, kind.demand_unit)),
        right=axis_labels(right, top, height, exact(right)),
        paths=(
            Path("demand", shape.area(work, left[-1], height)),
            Path("instances", shape.steps(count, right[-1], height)),
        ),
        known=not bool(np.isnan(work).all() and np.isnan(count).all()),
    )


def axis_labels(
    axis: tuple[float, ...], top: int, height: int, words: Sequence[str]
) -> tuple[Label, ...]:
    """The words at the heights of the ticks of an axis, whose last one is its top."""
    places = [round(top + height * (1 - tick / axis[-1]), 1) for tick in axis]
    return tuple(Label(at, said) for at, said in zip(places, words, strict=True))


def exact(axis: tuple[float, ...], unit: str = "") -> list[str]:
    """The ticks in as many decimals as the step has, so that no two of them read the same."""
    step = axis[1]
    decimals = next(each for each in range(MOST_DECIMALS + 1) if _written(step, each))
    said = [f"{tick:.{decimals}f}" for tick in axis[1:]]
    shorter = [each.rstrip("0").rstrip(".") if decimals else each for each in said]
    return ["0", *(each + unit for each in shorter)]


def _written(step: float, decimals: int) -> bool:
    return decimals == MOST_DECIMALS or abs(round(step, decimals) - step) < step / 1000


def _durations(axis: tuple[float, ...]) -> list[str]:
    """The ticks, which are seconds; those of less than a millisecond in parts of one."""
    if axis[1] < MILLISECOND:
        return exact(tuple(tick / MILLISECOND for tick in axis), " ms")
    return ["0", *(seconds(tick) for tick in axis[1:])]


def _times(found: Measured) -> tuple[Label, ...]:
    every = found.span.tick_s
    first = int(found.since // every + 1) * every
    moments = range(first, int(found.until) + 1, every)
    return tuple(Label(_percent(at, found), _clock(at, found.span.form)) for at in moments)


def _percent(at: float, found: Measured) -> float:
    return round(100 * (at - found.since) / found.span.seconds, 2)


def _rows(kind: _Kind, found: Measured, marks: Sequence[Mark]) -> tuple[Row, ...]:
    """The newest first, ROW_BUCKETS buckets a row, none older than what is known."""
    names = ("instances", kind.answer, kind.demand)
    columns = [coarser(found.series[name], ROW_BUCKETS, SHOWN[name].how) for name in names]
    length_s = ROW_BUCKETS * found.span.step_s
    known = np.flatnonzero(~np.isnan(columns).all(axis=0))
    rows = []
    for place in reversed(range(known[0] if known.size else len(columns[0]), len(columns[0]))):
        start = found.since + place * length_s
        inside = [mark for mark in marks if start <= mark.at.timestamp() < start + length_s]
        values = tuple(
            _said(name, column, place) for name, column in zip(names, columns, strict=True)
        )
        happened = ", ".join(mark.words for mark in inside)
        rows.append(Row(datetime.fromtimestamp(start, UTC), values, happened))
    return tuple(rows)


def _said(name: str, column: Floats, place: int) -> str:
    value = float(column[place])
    if np.isnan(value):
        return "no data"
    if name in (_EDGE.answer, _QUEUE.answer):
        return seconds(value)
    # The chart shows as much of what is small.
    return f"{value:.2g}" if 0 < value < 1 else plain(value)


def _clock(at: float, form: str) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(form)
