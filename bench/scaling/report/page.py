"""The report as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from bench.scaling.parallel import Measured
from bench.scaling.policies import POLICIES
from bench.scaling.report import tables, verdict
from bench.scaling.report.plot import Curve, Dot, counts_plot, pareto_plot
from bench.scaling.report.style import SCRIPT, STYLE
from bench.scaling.report.summary import Line, lines
from bench.scaling.task import Plan
from bench.scaling.window import GROUPS
from scaler.replay.settings import READING_S

ZOOM_READINGS = 6 * 3600 // READING_S
WORDS = {
    "scored": "Scored traces",
    "interpolated": "Interpolated traces (buckets of five minutes and more)",
    "short": "Short traces (under 48 hours, scored as a whole)",
}


def page(measured: Sequence[Measured], plan: Plan, took_s: float) -> str:
    """The whole page."""
    found = lines(
        row for each in measured for result in each.results.values() for row in result.rows
    )
    parts = [
        "<h1>How the scalers did</h1>",
        f"<p>{escape(verdict.what_was_run(measured, plan, took_s))}</p>",
        *(f"<p>{escape(text)}</p>" for text in verdict.own_policies(found)),
        *(f"<p>{escape(text)}</p>" for text in verdict.reference(measured)),
    ]
    for group in GROUPS:
        web = [line for line in found if line.first.group == group and line.first.kind == "web"]
        if web:
            parts += [f"<h2>{WORDS[group]}, web</h2>", tables.means(web, plan), tables.full(web)]
    workers = [line for line in found if line.first.kind == "worker"]
    if workers:
        parts += ["<h2>Workers</h2>", f"<p>{escape(verdict.WORKERS)}</p>", tables.full(workers)]
    parts += ["<h2>The optimum, checked</h2>", tables.optima(measured)]
    parts += ["<h2>Trace by trace</h2>", _legend(measured)]
    for each in measured:
        parts.append(_trace(each, found, plan))
    body = "\n".join(parts)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>How the scalers did</title><style>{STYLE}</style>\n{body}\n"
        f"<script>{SCRIPT}</script></html>\n"
    )


def _trace(each: Measured, found: Sequence[Line], plan: Plan) -> str:
    base = each.base
    startup_s = plan.drawn_startup_s
    mine = [
        line
        for line in found
        if line.first.trace == base.trace and line.first.startup_s == startup_s
    ]
    curves = [Curve("Optimum", "optimum", base.ready)]
    for name, result in each.results.items():
        for tuned, track in result.tracks.items():
            word = f"{POLICIES[name].title}, {'tuned' if tuned else 'default'}"
            curves.append(Curve(word, mark(name, tuned=tuned), track))
    end = len(base.need)
    peak = int(np.argmax(base.need)) if end else 0
    begin = max(0, min(peak - ZOOM_READINGS // 2, end - ZOOM_READINGS))
    whole = counts_plot(base.need, curves, 0, end)
    closer = counts_plot(base.need, curves, begin, min(end, begin + ZOOM_READINGS))
    cost = "hours over those of a clairvoyant that lets nobody wait"
    dots = [_dot(line) for line in mine]
    if base.kind == "web":
        cost = "instance-seconds over the optimum's J"
        dots.append(Dot("Optimum, J", "optimum", 1.0, 0.0))
    zoom = "" if end <= ZOOM_READINGS else f"<p>Six hours around the peak:</p>{closer}"
    return (
        f"<section><h3>{escape(base.trace)}</h3><p>Ready instances at {startup_s} s start-up over "
        f"what is needed (grey); seed 0.</p>{whole}{zoom}"
        f"<p>Late share against {cost}; hollow at the default, filled tuned in hindsight.</p>"
        f"{pareto_plot(dots)}</section>"
    )


def _dot(line: Line) -> Dot:
    first = line.first
    cost = line.hours_ratio
    return Dot(
        POLICIES[first.policy].title, mark(first.policy, tuned=first.tuned), cost, line.late_share
    )


def _legend(measured: Sequence[Measured]) -> str:
    names = [name for name in POLICIES if any(name in each.results for each in measured)]
    boxes = [
        '<label class="optimum"><input type="checkbox" value="optimum" checked> Optimum</label>'
    ]
    for name in names:
        for tuned in (False, True):
            shown = " checked" if POLICIES[name].own or (name == "hpa" and not tuned) else ""
            word = f"{POLICIES[name].title}, {'tuned' if tuned else 'default'}"
            boxes.append(
                f'<label class="{mark(name, tuned=tuned)}"><input type="checkbox" '
                f'value="{name}-{"tuned" if tuned else "default"}"{shown}> {escape(word)}</label>'
            )
    return f'<form id="legend">{"".join(boxes)}</form>'


def mark(name: str, *, tuned: bool) -> str:
    """The class of a policy's curves and dots: its colour, whether tuned, its name."""
    place = list(POLICIES).index(name)
    kind = "tuned" if tuned else "default"
    return f"colour-{place % 8} {kind} {name}-{kind}"
