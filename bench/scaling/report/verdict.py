"""What the report says in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.scaling.parallel import Measured
from bench.scaling.policies import POLICIES
from bench.scaling.report.summary import Line, best_peer, geometric_mean, place
from bench.scaling.task import Plan
from bench.scaling.window import SCORED

LOSES_FROM = 1.05
REFERENCE_TRACE, REFERENCE_POLICY, REFERENCE_STARTUP_S = "web_worldcup98_1m", "hpa", 30
REFERENCE = 1.14
NO_POLICY = (
    "No policy of Muster was measured: this is how the peers do among themselves, and what one of "
    "Muster's has to beat."
)
WORKERS = (
    "Hours are those of a clairvoyant that lets nobody wait. A worker's J would be least with no "
    "worker at all (a late job costs 0.2 s, its run minutes), so tuning takes the least hours of "
    "what is late for at most 1 %, or the least late share where nothing is."
)
COLUMNS = (
    "The tables of single traces. J: means over the seeds as multiples of the optimum's; least and "
    "most: of a seed; over the rates: beside the clairvoyant over the recorded rates; P: at other "
    "prices of a late request. Missing and too much: instances, by what is needed; time short and "
    "time over: how long; unstable: how long supply and demand moved in different directions. The "
    "best line is bold."
)


@dataclass(frozen=True)
class Verdict:
    """How one of Muster's policies did: a sentence, and where it loses."""

    words: str
    lost: tuple[str, ...]


def what_was_run(measured: Sequence[Measured], plan: Plan, took_s: float) -> str:
    """The size of the run."""
    startups = ", ".join(map(str, plan.startups_s))
    traces = "1 trace" if len(measured) == 1 else f"{len(measured)} traces"
    return (
        f"{traces}, at most {in_days(plan.scored_days)} of each scored; start-up {startups} s; "
        f"{plan.seeds} seeds; measured in {took_s / 60:.1f} minutes."
    )


def in_days(days: float) -> str:
    """A number of days in words."""
    return "1 day" if round(days) == 1 else f"{days:.0f} days"


def what_figures_are(plan: Plan) -> str:
    """What J is, and what it is compared with."""
    return (
        "J is billed instance-seconds plus 0.2 for each request that waits over 400 ms. Figures "
        "are multiples of the J of the optimum, a clairvoyant who knew every arrival. Tuned: the "
        "best of at most 24 settings, found in hindsight on seed 0 of the same trace, and run on "
        f"all {plan.seeds}."
    )


def own_policies(of: Sequence[Line]) -> list[Verdict]:
    """Where Muster's policies win and lose against the best peer tuned in hindsight."""
    own = [name for name, entry in POLICIES.items() if entry.own]
    present = [name for name in own if any(line.first.policy == name for line in of)]
    if not present:
        return [Verdict(NO_POLICY, ())]
    return [_against_peers(name, of) for name in present]


def losing(name: str, of: Sequence[Line]) -> list[str]:
    """The traces and start-up times on which this policy, as shipped, loses to the best peer.

    Loses: more than 1.05 times its J; for a worker also a late share over 1 % where the peer's is
    not.
    """
    found = []
    for line in of:
        if line.first.policy != name or line.first.tuned:
            continue
        key = (line.first.trace, line.first.startup_s)
        peer = best_peer([x for x in of if (x.first.trace, x.first.startup_s) == key])
        if peer is None:
            continue
        mine, theirs = place(line), place(peer)
        if mine[0] > theirs[0] or (mine[0] == theirs[0] and mine[1] > LOSES_FROM * theirs[1]):
            title = POLICIES[peer.first.policy].title
            late = f", {mine[0]:.1%} late" if mine[0] > theirs[0] else ""
            found.append(
                f"{key[0]} at {key[1]} s: {mine[1] / theirs[1]:.2f} times {title}, tuned{late}"
            )
    return found


def reference(measured: Sequence[Measured]) -> str:
    """How the reference figure came out; empty where it was not measured."""
    for each in measured:
        result = each.results.get(REFERENCE_POLICY)
        if each.base.trace != REFERENCE_TRACE or result is None:
            continue
        rows = [
            row for row in result.rows if not row.tuned and row.startup_s == REFERENCE_STARTUP_S
        ]
        if not rows:
            continue
        ratio = geometric_mean([row.ratio for row in rows])
        over_rates = geometric_mean([row.ratio_over_rates for row in rows])
        days = each.base.scored_s / 86_400
        return (
            f"The reference figure, {POLICIES[REFERENCE_POLICY].title} at its defaults on "
            f"{REFERENCE_TRACE} at {REFERENCE_STARTUP_S} s, is {REFERENCE} times the optimum. "
            f"Here, scored over {in_days(days)}, it is {ratio:.3f} ({ratio / REFERENCE - 1:+.1%}), "
            f"and {over_rates:.3f} beside the clairvoyant over the recorded rates."
        )
    return ""


def _against_peers(name: str, of: Sequence[Line]) -> Verdict:
    lost = losing(name, of)
    scored = [
        line.ratio
        for line in of
        if line.first.policy == name and not line.first.tuned and line.first.group == SCORED
    ]
    mean = f": {geometric_mean(scored):.3f} times the optimum over the scored traces" * bool(scored)
    words = "loses on" if lost else "loses on none of the traces"
    return Verdict(
        f"{POLICIES[name].title}{mean}. Against the best peer tuned in hindsight (1.05 times its "
        f"J) it {words}{':' if lost else '.'}",
        tuple(lost),
    )
