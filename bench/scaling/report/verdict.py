"""What the report says in words."""

from __future__ import annotations

from collections.abc import Sequence

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


def what_was_run(measured: Sequence[Measured], plan: Plan, took_s: float) -> str:
    """The size of the run."""
    startups = ", ".join(map(str, plan.startups_s))
    return (
        f"{len(measured)} traces, at most {plan.scored_days} scored days each, start-up {startups} "
        f"s, {plan.seeds} seeds, {took_s / 60:.1f} minutes. J is billed instance-seconds plus 0.2 "
        "for each request that waits over 400 ms; figures are multiples of the clairvoyant's J, "
        "means over the seeds. Tuned: the best of at most 24 settings, found on seed 0 of the same "
        "trace."
    )


def own_policies(of: Sequence[Line]) -> list[str]:
    """Where Muster's policies win and lose against the best peer tuned in hindsight."""
    own = [name for name, entry in POLICIES.items() if entry.own]
    present = [name for name in own if any(line.first.policy == name for line in of)]
    if not present:
        return [NO_POLICY]
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
            found.append(f"{key[0]} at {key[1]} s ({mine[1] / theirs[1]:.2f} times {title})")
    return found


def reference(measured: Sequence[Measured]) -> list[str]:
    """How the reference figure came out; nothing where it was not measured."""
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
        strict = geometric_mean([row.strict_ratio for row in rows])
        days = each.base.scored_s / 86_400
        words = (
            f"The reference figure, {POLICIES[REFERENCE_POLICY].title} at its defaults on "
            f"{REFERENCE_TRACE} at {REFERENCE_STARTUP_S} s over {days:.0f} days, is {ratio:.3f} "
            f"times the optimum here ({ratio / REFERENCE - 1:+.1%} beside {REFERENCE}), and "
            f"{strict:.3f} times ({strict / REFERENCE - 1:+.1%}) the J of a clairvoyant who must "
            "hold enough for the arrivals of every single second."
        )
        return [words]
    return []


def _against_peers(name: str, of: Sequence[Line]) -> str:
    lost = losing(name, of)
    scored = [
        line.ratio
        for line in of
        if line.first.policy == name and not line.first.tuned and line.first.group == SCORED
    ]
    words = f"loses on {'; '.join(lost)}" if lost else "loses on none of the traces"
    return (
        f"{POLICIES[name].title}: {geometric_mean(scored):.3f} times the optimum over the scored "
        f"traces; against the best peer tuned in hindsight (1.05 times its J) it {words}."
    )
