"""Lines of the report, made up."""

from __future__ import annotations

from bench.scaling.elasticity import Elasticity
from bench.scaling.report.summary import Line, lines
from bench.scaling.row import Row


def line(
    policy: str,
    trace: str,
    *,
    tuned: bool,
    ratio: float = 1.0,
    hours: float = 1.0,
    late_share: float = 0.0,
) -> Line:
    """A web line at 30 s start-up whose optimum is an hour."""
    row = Row(
        trace=trace,
        kind="web",
        group="scored",
        policy=policy,
        tuned=tuned,
        setting="",
        startup_s=30,
        seed=0,
        j=3600 * ratio,
        j_opt=3600.0,
        j_opt_over_rates=3000.0,
        ratios=(ratio, ratio, ratio),
        late_share=late_share,
        gave_up_share=0.0,
        instance_s=3600 * hours,
        changes=0,
        changes_an_hour=0.0,
        elasticity=Elasticity(0.0, 0.0, 0.0, 0.0, 0.0),
    )
    [made] = lines([row])
    return made
