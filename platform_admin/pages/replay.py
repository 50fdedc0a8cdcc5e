"""A replay as a page shows it: one sentence, a chart, and the same in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from platform_admin.pages import shape
from platform_admin.pages.chart import Label, Panel, Path, axis_labels, exact
from platform_admin.pages.words import duration
from scaler.rules.figures import percent, seconds

TOP, HEIGHT = 24, 132
MOST_TIMES = 8
EVERY_S = (300, 900, 3600, 3 * 3600, 6 * 3600, 86_400, 2 * 86_400)
DAY_S = 86_400


@dataclass(frozen=True)
class Row:
    """What came of one policy, in words; `look` is the class of its line in the chart."""

    look: str
    name: str
    late: str
    share: str
    hours: str
    changes: str
    highest: str


@dataclass(frozen=True)
class Shown:
    """All that the template needs; `points` is how wide the panel is."""

    lead: str
    late: str
    rows: tuple[Row, ...]
    panel: Panel
    times: tuple[Label, ...]
    points: int
    demand: str
    unknown: str


def shown(result: Mapping[str, Any], *, worker: bool) -> Shown:
    """The result of a replay (scaler.backtest.replayed.Replayed, as a mapping) as it is shown."""
    lines = [result[name] for name in ("now", "typed", "best")]
    best = "Without any wait" if worker else "At least cost"
    names = ("As saved", "As typed", best)
    rows = tuple(
        _row(look, name, line) for look, name, line in zip(LOOKS, names, lines, strict=True)
    )
    span = duration(result["until"] - result["since"])
    if without := result.get("unguarded"):
        rows = (*rows, _row("", "As typed, without its guard", without))
    over = seconds(result["late_s"])
    unknown = result["unknown"]
    return Shown(
        lead=_lead(rows, lines[1]["requests"], worker=worker),
        late=f"{span} replayed; late is what {'waits' if worker else 'takes'} more than {over}.",
        rows=rows,
        panel=_panel(result, worker=worker),
        times=_times(result["since"], result["until"]),
        points=len(result["demand"]),
        demand="jobs a second" if worker else "requests a second",
        unknown=percent(unknown) if unknown >= 0.01 else "",
    )


LOOKS = ("answer", "instances", "target")


def _row(look: str, name: str, line: Mapping[str, Any]) -> Row:
    requests, late = line["requests"], line["late"]
    return Row(
        look=look,
        name=name,
        late=f"{late:,.0f}",
        share=_share(late / requests if requests else 0.0),
        hours=_hours(line["instance_h"]),
        changes=f"{line['changes']:,}",
        highest=f"{line['highest']:,}",
    )


def _lead(rows: Sequence[Row], requests: float, *, worker: bool) -> str:
    saved, typed, best = rows[:3]
    of = f"of {_large(requests)} {'jobs' if worker else 'requests'} "
    end = (
        f"so that no job waits, {best.hours} instance-hours"
        if worker
        else f"at least cost, knowing all beforehand: {best.late} late, {best.hours}"
    )
    guarded = f" (without its guard {rows[3].late})" if rows[3:] else ""
    return (
        f"As typed: {typed.late}{guarded} late {of}({typed.share}), {typed.hours} instance-hours;"
        f" as saved: {saved.late} late, {saved.hours}; {end}."
    )


def _share(share: float) -> str:
    return "0 %" if share < 1e-9 else f"{share * 100:.2g} %" if share < 0.1 else percent(share)


def _hours(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 99.5 else f"{hours:.1f}"


def _large(number: float) -> str:
    return f"{number / 1e6:.1f} million" if number >= 999_500 else f"{number:,.0f}"


def _panel(result: Mapping[str, Any], *, worker: bool) -> Panel:
    demand = np.array(result["demand"], np.float64)
    tracks = [np.array(result[name]["track"], np.float64) for name in ("best", "now", "typed")]
    left = shape.ticks(shape.most_of(demand), 3)
    right = shape.ticks(1.1 * shape.most_of(*tracks), 3, whole=True)
    looks = (LOOKS[2], LOOKS[0], LOOKS[1])
    lines = [
        Path(look, shape.steps(track, right[-1], HEIGHT))
        for look, track in zip(looks, tracks, strict=True)
    ]
    return Panel(
        title="jobs a second" if worker else "requests a second",
        top=TOP,
        height=HEIGHT,
        left=axis_labels(left, TOP, HEIGHT, exact(left, "/s")),
        right=axis_labels(right, TOP, HEIGHT, exact(right)),
        paths=(Path("demand", shape.area(demand, left[-1], HEIGHT)), *lines),
    )


def _times(since: float, until: float) -> tuple[Label, ...]:
    """Round moments (UTC) between both, in percent from the left."""
    length = until - since
    every = next((each for each in EVERY_S if length / each <= MOST_TIMES), EVERY_S[-1])
    form = "%a %d" if every >= DAY_S else "%H:%M"
    first = int(since // every + 1) * every
    return tuple(
        Label(round(100 * (at - since) / length, 2), datetime.fromtimestamp(at, UTC).strftime(form))
        for at in range(first, int(until) + 1, every)
    )
