"""The report as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from bench.scaling.parallel import Measured
from bench.scaling.policies import POLICIES
from bench.scaling.report import tables, verdict
from bench.scaling.report.counts import Curve, counts_plot
from bench.scaling.report.pareto import Dot, pareto_plot
from bench.scaling.report.style import LIGHT, SCRIPT, STYLE
from bench.scaling.report.summary import Line, lines
from bench.scaling.task import Baseline, Plan
from bench.scaling.window import GROUPS
from scaler.replay.settings import READING_S

TITLE = "Scaling policies on recorded demand"
ZOOM_READINGS = 6 * 3600 // READING_S
WORDS = {
    "scored": "Scored traces",
    "interpolated": "Interpolated traces (buckets of five minutes and more)",
    "short": "Short traces (under 48 hours, scored as a whole)",
}
MEANS = "J over the optimum's, geometric mean over the traces."
MEANS_OVER_RATES = (
    "J over that of a clairvoyant who has to hold the recorded rates alone, not what was drawn "
    "from them in each second; geometric mean over the traces."
)


def page(measured: Sequence[Measured], plan: Plan, took_s: float) -> str:
    """The whole page."""
    found = lines(
        row for each in measured for result in each.results.values() for row in result.rows
    )
    parts = [
        f"<h1>{TITLE}</h1>",
        f'<p class="size">{escape(verdict.what_was_run(measured, plan, took_s))}</p>',
        _paragraph(verdict.what_figures_are(plan)),
        *map(_verdict, verdict.own_policies(found)),
        _paragraph(verdict.reference(measured)),
        tables.to_beat(found, plan),
        _paragraph(verdict.COLUMNS),
        *_groups(found, plan),
        "<h2>The optimum, checked</h2>",
        tables.optima(measured),
        "<h2>Trace by trace</h2>",
        _legend(measured),
        *(_trace(each, found, plan) for each in measured),
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{TITLE}</title><style>{STYLE}</style>\n{body}\n"
        f"<script>{SCRIPT}</script></html>\n"
    )


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>" if words else ""


def _verdict(found: verdict.Verdict) -> str:
    lost = "".join(f"<li>{escape(words)}</li>" for words in found.lost)
    return _paragraph(found.words) + (f"<ul>{lost}</ul>" if lost else "")


def _groups(found: Sequence[Line], plan: Plan) -> list[str]:
    """The tables of each group of web traces, then of the workers."""
    parts = []
    for group in GROUPS:
        web = [line for line in found if line.first.group == group and line.first.kind == "web"]
        if not web:
            continue
        looser = tables.means(web, plan, lambda line: line.ratio_over_rates, MEANS_OVER_RATES)
        parts += [
            f"<h2>{WORDS[group]}</h2>",
            tables.means(web, plan, lambda line: line.ratio, MEANS),
            f"<details><summary>Over the recorded rates</summary>{looser}</details>",
            tables.full(web, plan),
        ]
    workers = [line for line in found if line.first.kind == "worker"]
    if workers:
        parts += ["<h2>Workers</h2>", _paragraph(verdict.WORKERS), tables.full(workers, plan)]
    return parts


def _trace(each: Measured, found: Sequence[Line], plan: Plan) -> str:
    base, startup_s = each.base, plan.drawn_startup_s
    curves = _curves(each)
    end = len(base.need)
    peak = int(np.argmax(base.need)) if end else 0
    begin = max(0, min(peak - ZOOM_READINGS // 2, end - ZOOM_READINGS))
    parts = [
        _figure(
            counts_plot(base.need, curves, 0, end),
            f"Ready instances at {startup_s} s start-up over what is needed (grey); seed 0.",
        )
    ]
    if end > ZOOM_READINGS:
        closer = counts_plot(base.need, curves, begin, begin + ZOOM_READINGS)
        parts.append(_figure(closer, "The six hours around the peak."))
    mine = tables.at(found, base.trace, startup_s)
    parts.append(
        _figure(
            pareto_plot(_dots(base, mine), _cost(base)),
            "Late share against cost, both logarithmic; the lower left is best. Hollow: at the "
            "default. Filled: tuned in hindsight. What lies under 0.001 % is drawn there.",
        )
    )
    return f"<section><h3>{escape(base.trace)}</h3>{''.join(parts)}</section>"


def _figure(inside: str, caption: str) -> str:
    return f"<figure>{inside}<figcaption>{escape(caption)}</figcaption></figure>"


def _curves(each: Measured) -> list[Curve]:
    """Each policy's counts, and the optimum's above them."""
    curves = [
        Curve(wording(name, tuned=tuned), mark(name, tuned=tuned), track)
        for name, result in each.results.items()
        for tuned, track in result.tracks.items()
    ]
    return [*curves, Curve("Optimum", "optimum", each.base.ready)]


def _cost(base: Baseline) -> str:
    return "instance-seconds / the optimum's " + ("J" if base.kind == "web" else "instance-seconds")


def _dots(base: Baseline, of: Sequence[Line]) -> list[Dot]:
    dots = [
        Dot(
            POLICIES[line.first.policy].title,
            mark(line.first.policy, tuned=line.first.tuned),
            line.hours_ratio,
            line.late_share,
        )
        for line in of
    ]
    optimum = "J of the optimum" if base.kind == "web" else "Nobody waits"
    return [Dot(optimum, "optimum", 1.0, 0.0), *dots]


def _legend(measured: Sequence[Measured]) -> str:
    boxes = [_box("optimum", "optimum", "Optimum", shown=True)]
    for name in [name for name in POLICIES if any(name in each.results for each in measured)]:
        for tuned in (False, True):
            shown = POLICIES[name].own or (name == "hpa" and not tuned)
            look = mark(name, tuned=tuned)
            boxes.append(_box(look, look.split()[-1], wording(name, tuned=tuned), shown=shown))
    return f'<form id="legend">{"".join(boxes)}</form>'


def _box(look: str, value: str, words: str, *, shown: bool) -> str:
    checked = " checked" if shown else ""
    return (
        f'<label class="{look}"><input type="checkbox" value="{value}"{checked}><i></i>'
        f"{escape(words)}</label>"
    )


def wording(name: str, *, tuned: bool) -> str:
    """A policy as the legend names it."""
    return f"{POLICIES[name].title}, {'tuned' if tuned else 'default'}"


def mark(name: str, *, tuned: bool) -> str:
    """The class of a policy's curves and dots: its colour, whether tuned, and its own one last."""
    place = list(POLICIES).index(name)
    kind = "tuned" if tuned else "default"
    return f"colour-{place % len(LIGHT)} {kind} {name}-{kind}"
