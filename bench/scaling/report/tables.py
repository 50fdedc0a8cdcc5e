"""The tables of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from bench.scaling.parallel import Measured
from bench.scaling.policies import POLICIES
from bench.scaling.report.summary import Line, best_peer, geometric_mean, place
from bench.scaling.row import PRICES
from bench.scaling.task import Plan

FIGURES = ("under-prov.", "over-prov.", "time under", "time over", "instability")


def means(of: Sequence[Line], plan: Plan) -> str:
    """Geometric means over the traces: of J over the optimum's, and over the strict one's."""
    strict = [replace(line, ratio=line.strict_ratio) for line in of]
    return (
        _means(of, plan, "J over the optimum's, geometric mean over traces")
        + "<p>The same beside the clairvoyant who must meet every single second, as the published "
        "reference figures were counted:</p>"
        + _means(strict, plan, "J over the strict clairvoyant's")
    )


def _means(of: Sequence[Line], plan: Plan, title: str) -> str:
    """A policy a line, a start-up time a column."""
    names = [name for name in POLICIES if any(line.first.policy == name for line in of)]
    head = [title]
    for startup_s in plan.startups_s:
        head += [f"{startup_s} s, default", f"{startup_s} s, tuned"]
    body = []
    for name in names:
        cells = [POLICIES[name].title]
        for startup_s in plan.startups_s:
            for tuned in (False, True):
                mine = [
                    line.ratio
                    for line in of
                    if (line.first.policy, line.first.startup_s, line.first.tuned)
                    == (name, startup_s, tuned)
                ]
                cells.append(f"{geometric_mean(mine):.3f}")
        body.append((cells, POLICIES[name].own))
    cells = ["Best peer on each trace, tuned in hindsight"]
    for startup_s in plan.startups_s:
        best = [
            best_peer([x for x in of if (x.first.trace, x.first.startup_s) == (trace, startup_s)])
            for trace in dict.fromkeys(line.first.trace for line in of)
        ]
        cells += ["", f"{geometric_mean([line.ratio for line in best if line]):.3f}"]
    body.append((cells, False))
    return _table(head, body)


def full(of: Sequence[Line]) -> str:
    """A table a trace and start-up time, means over the seeds; the best line stands out."""
    parts = []
    for trace in dict.fromkeys(line.first.trace for line in of):
        for startup_s in sorted({line.first.startup_s for line in of}):
            mine = [x for x in of if (x.first.trace, x.first.startup_s) == (trace, startup_s)]
            opened = " open" if startup_s == 30 else ""
            parts.append(
                f"<details{opened}><summary>{escape(trace)}, {startup_s} s start-up</summary>"
                f"{_lines(mine)}</details>"
            )
    return "".join(parts)


def optima(measured: Sequence[Measured]) -> str:
    """What the optima are, and how far their schedules in the model are from them."""
    head = ["trace", "scored days", "peak", "start-up s", "J, instance-h", "every second", "model"]
    body = []
    for each in measured:
        base = each.base
        for (startup_s, seed), prices in base.optima.items():
            if seed:
                continue
            cost = prices.by_price[PRICES[1]]
            web = base.kind == "web"
            strict = f"{prices.strict / cost:.4f}" if web else ""
            days = f"{base.scored_s / 86400:.2f}"
            apart = f"{base.apart:.4%}" if web else ""
            cells = [base.trace, days, str(base.peak), str(startup_s), f"{cost / 3600:.1f}"]
            body.append(([*cells, strict, apart], False))
    note = (
        "<p>At a price of 0.2 instance-seconds a late request, seed 0. <i>every second</i>: J of a "
        "clairvoyant who must hold enough for the arrivals of each single second, over J. "
        "<i>model</i>: the largest difference between J and the J of its schedule run through the "
        "model, over the start-up times.</p>"
    )
    return _table(head, body) + note


def _lines(of: Sequence[Line]) -> str:
    worker = of[0].first.kind == "worker"
    head = ["policy", "", "hours" if worker else "J", "least", "most"]
    head += [f"J, P = {price}" for price in PRICES if price != PRICES[1]]
    head += ["late", "instance-h", "changes/h", *FIGURES, "setting"]
    best = min(of, key=place)
    body = []
    for line in of:
        first = line.first
        ratio = line.hours_ratio if worker else line.ratio
        cells = [
            POLICIES[first.policy].title,
            "tuned" if first.tuned else "default",
            f"{ratio:.3f}",
            "" if worker else f"{line.low:.3f}",
            "" if worker else f"{line.high:.3f}",
            f"{line.ratios[0]:.3f}",
            f"{line.ratios[2]:.3f}",
            f"{line.late_share:.3%}",
            f"{line.instance_hours:.1f}",
            f"{line.changes_an_hour:.1f}",
            *(f"{value:.1%}" for value in line.figures),
            first.setting,
        ]
        body.append((cells, POLICIES[first.policy].own))
    return _table(head, body, of.index(best))


def _table(head: Sequence[str], body: Sequence[tuple[list[str], bool]], best: int = -1) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    rows = []
    for index, (cells, own) in enumerate(body):
        style = ' class="best"' if index == best else ""
        inside = "".join(f"<td{style}>{escape(cell)}</td>" for cell in cells)
        rows.append(f"<tr{' class=own' if own else ''}>{inside}</tr>")
    return f'<div class="wide"><table><tr>{top}</tr>{"".join(rows)}</table></div>'
