"""The tables of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from bench.scaling.parallel import Measured
from bench.scaling.policies import POLICIES
from bench.scaling.report.summary import Line, best_peer, geometric_mean, place
from bench.scaling.row import PRICES
from bench.scaling.task import Plan
from scaler.replay.settings import PRICE_LATE_S

FIGURES = ("missing", "too much", "time short", "time over", "unstable")
DAY_S, HOUR_S = 86_400, 3600


@dataclass(frozen=True)
class Body:
    """A line of a table; `mark` is its class, empty for none."""

    cells: tuple[str, ...]
    mark: str = ""


def means(of: Sequence[Line], plan: Plan, ratio: Callable[[Line], float], caption: str) -> str:
    """Geometric means over the traces: a policy a line, a start-up time a pair of columns."""
    names = [name for name in POLICIES if any(line.first.policy == name for line in of)]
    body = []
    for name in names:
        cells = [POLICIES[name].title]
        for startup_s in plan.startups_s:
            for tuned in (False, True):
                key = (name, startup_s, tuned)
                mine = [
                    ratio(line)
                    for line in of
                    if (line.first.policy, line.first.startup_s, line.first.tuned) == key
                ]
                cells.append(f"{geometric_mean(mine):.3f}")
        body.append(Body(tuple(cells), "own" if POLICIES[name].own else ""))
    cells = ["Best peer on each trace"]
    for startup_s in plan.startups_s:
        best = [best_peer(at(of, trace, startup_s)) for trace in traces(of)]
        cells += ["", f"{geometric_mean([ratio(line) for line in best if line]):.3f}"]
    groups = [("", 1), *((f"{startup_s} s start-up", 2) for startup_s in plan.startups_s)]
    head = ["policy", *["default", "tuned"] * len(plan.startups_s)]
    return table(head, [*body, Body(tuple(cells), "sum")], caption, groups)


def to_beat(of: Sequence[Line], plan: Plan) -> str:
    """The best tuned peer of each trace and start-up time, with its figure."""
    body = []
    for trace in traces(of):
        cells = [trace]
        for startup_s in plan.startups_s:
            best = best_peer(at(of, trace, startup_s))
            cells += [_judged(best), POLICIES[best.first.policy].title] if best else ["", ""]
        body.append(Body(tuple(cells)))
    groups = [("", 1), *((f"{startup_s} s start-up", 2) for startup_s in plan.startups_s)]
    head = ["trace", *["times", "best peer"] * len(plan.startups_s)]
    caption = (
        "What is to be beaten: the peer that did best on each trace, tuned in hindsight. For "
        "workers, hours of what is late for at most 1 %."
    )
    return table(head, body, caption, groups, words=range(2, len(head), 2))


def full(of: Sequence[Line], plan: Plan) -> str:
    """A table a trace and start-up time, means over the seeds; the best line stands out."""
    parts = []
    for trace in traces(of):
        for startup_s in plan.startups_s:
            opened = " open" if startup_s == plan.drawn_startup_s else ""
            parts.append(
                f"<details{opened}><summary>{escape(trace)}, {startup_s} s start-up</summary>"
                f"{_lines(at(of, trace, startup_s))}</details>"
            )
    return "".join(parts)


def optima(measured: Sequence[Measured]) -> str:
    """What the optima are, and how far their schedules in the model are from them."""
    head = [
        "trace",
        "scored",
        "peak",
        "start-up",
        "J, hours",
        "over the rates",
        "in the model",
        "rest",
    ]
    body = []
    for each in measured:
        base = each.base
        for (startup_s, seed), found in base.optima.items():
            if seed:
                continue
            cost = found.by_price[PRICE_LATE_S]
            cells = [
                base.trace,
                f"{base.scored_s / DAY_S:.2f} days",
                str(base.peak),
                f"{startup_s} s",
                f"{cost / HOUR_S:,.1f}",
            ]
            if startup_s in base.in_model:
                again = base.in_model[startup_s]
                cells += [
                    f"{found.over_rates / cost:.4f}",
                    f"{again.apart:+z.4%}",
                    f"{again.elsewhere:+z.4%}",
                ]
            body.append(Body((*cells, *[""] * (len(head) - len(cells)))))
    caption = (
        "The optimum of each trace, seed 0, at 0.2 instance-seconds a late request. Peak: the "
        "instances that the busiest ten seconds need. Over the rates: J of the clairvoyant who has "
        "to hold the recorded rates alone, as a share of J. In the model: how much more the "
        "optimum's schedule costs when the model runs it. Rest: the same without the requests of "
        "seconds that the optimum takes for late as a whole; the model takes for late only those "
        "that wait for more than 400 ms."
    )
    return table(head, body, caption)


def traces(of: Sequence[Line]) -> list[str]:
    """The traces of these lines, each once."""
    return list(dict.fromkeys(line.first.trace for line in of))


def at(of: Sequence[Line], trace: str, startup_s: int) -> list[Line]:
    """The lines of one trace at one start-up time."""
    return [line for line in of if (line.first.trace, line.first.startup_s) == (trace, startup_s)]


def table(
    head: Sequence[str],
    body: Sequence[Body],
    caption: str = "",
    groups: Sequence[tuple[str, int]] = (),
    words: Sequence[int] = (),
) -> str:
    """A table that scrolls where it is too wide.

    `groups` are words over so many columns each; `words` are columns of text beside the first one.
    """
    top = "".join(
        f'<th colspan="{wide}" scope="colgroup">{escape(cell)}</th>' for cell, wide in groups
    )
    rows = [f"<tr>{top}</tr>"] if groups else []
    rows.append(f"<tr>{_cells(head, words, 'th')}</tr>")
    for line in body:
        rows.append(f'<tr class="{line.mark}">{_cells(line.cells, words, "td")}</tr>')
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><div class="wide"><table>{"".join(rows)}</table></div>{said}</figure>'


def _cells(cells: Sequence[str], words: Sequence[int], tag: str) -> str:
    marks = [' class="word"' if place in words else "" for place in range(len(cells))]
    return "".join(
        f"<{tag}{mark}>{escape(cell)}</{tag}>" for mark, cell in zip(marks, cells, strict=True)
    )


def _judged(line: Line) -> str:
    """What a peer is judged by: J over the optimum's; for workers hours, and what is late."""
    share, ratio = place(line)
    return f"{ratio:.3f}" + (f", {share:.1%} late" if share else "")


def _lines(of: Sequence[Line]) -> str:
    worker = of[0].first.kind == "worker"
    head = ["policy", "", "hours"] if worker else _web_head()
    head = [*head, "late", "instance-h", "changes/h", *FIGURES, "setting"]
    best = min(of, key=place)
    body = []
    for line in of:
        first = line.first
        cells = [
            POLICIES[first.policy].title,
            "tuned" if first.tuned else "default",
            *([f"{line.hours_ratio:.3f}"] if worker else _web_cells(line)),
            f"{line.late_share:.3%}",
            f"{line.instance_hours:,.1f}",
            f"{line.changes_an_hour:.1f}",
            *(f"{value:.1%}" for value in line.figures),
            first.setting,
        ]
        marks = ["own"] * POLICIES[first.policy].own + ["best"] * (line is best)
        body.append(Body(tuple(cells), " ".join(marks)))
    return table(head, body, words=(1, len(head) - 1))


def _web_head() -> list[str]:
    prices = [f"P = {price}" for price in PRICES[::2]]
    return ["policy", "", "J", "least", "most", "over the rates", *prices]


def _web_cells(line: Line) -> list[str]:
    values = (line.ratio, line.low, line.high, line.ratio_over_rates, *line.ratios[::2])
    return [f"{value:.3f}" for value in values]
