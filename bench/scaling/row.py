"""One run as the tables and files of the report hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.scaling.elasticity import Elasticity, elasticity
from scaler.replay.outcome import Outcome
from scaler.replay.seen import Ints
from scaler.replay.settings import PRICE_LATE_S, READING_S

PRICES = (0.1, PRICE_LATE_S, 0.5)


@dataclass(frozen=True)
class Optima:
    """J of the clairvoyants for one seed and start-up time.

    `by_price` of the one over the arrivals; `over_rates`, at a price of 0.2, of the one over the
    recorded rates. For workers there is only one.
    """

    by_price: Mapping[float, float]
    over_rates: float


@dataclass(frozen=True)
class Row:
    """A policy on a trace; `tuned` is whether its setting was searched for in hindsight.

    `j` and `j_opt` are instance-seconds at a price of 0.2 a late one; `ratios` are j / j_opt at
    each of PRICES; `j_opt_over_rates` is J of the clairvoyant over the recorded rates.
    """

    trace: str
    kind: str
    group: str
    policy: str
    tuned: bool
    setting: str
    startup_s: int
    seed: int
    j: float
    j_opt: float
    j_opt_over_rates: float
    ratios: tuple[float, ...]
    late_share: float
    gave_up_share: float
    instance_s: float
    changes: int
    changes_an_hour: float
    elasticity: Elasticity

    @property
    def ratio(self) -> float:
        """J over the optimum's."""
        return self.j / self.j_opt

    @property
    def ratio_over_rates(self) -> float:
        """J over that of the clairvoyant over the recorded rates."""
        return self.j / self.j_opt_over_rates

    @property
    def hours_ratio(self) -> float:
        """Instance-seconds over the optimum's J; for workers, over hours that let nobody wait."""
        return self.instance_s / self.j_opt


@dataclass(frozen=True)
class Run:
    """What a row says of who ran, and where."""

    trace: str
    kind: str
    group: str
    policy: str
    tuned: bool
    setting: str
    startup_s: int
    seed: int


def row(run: Run, outcome: Outcome, optima: Optima, need: Ints, scored_from_s: int) -> Row:
    """The row of this outcome."""
    supply = outcome.track[scored_from_s // READING_S :].astype(np.int64)
    return Row(
        **vars(run),
        j=outcome.cost(PRICE_LATE_S),
        j_opt=optima.by_price[PRICE_LATE_S],
        j_opt_over_rates=optima.over_rates,
        ratios=tuple(outcome.cost(price) / optima.by_price[price] for price in PRICES),
        late_share=outcome.late_share,
        gave_up_share=outcome.gave_up / outcome.requests if outcome.requests else 0.0,
        instance_s=outcome.instance_s,
        changes=outcome.changes,
        changes_an_hour=outcome.changes * 3600 / outcome.scored_s,
        elasticity=elasticity(need, supply),
    )


def one_run(row: Row) -> dict[str, object]:
    """The row as `--json` prints it."""
    return {
        "trace": row.trace,
        "policy": row.policy,
        "startup_s": row.startup_s,
        "seed": row.seed,
        "j": round(row.j, 3),
        "j_opt": round(row.j_opt, 3),
        "ratio": round(row.ratio, 6),
        "late_share": round(row.late_share, 8),
        "instance_s": round(row.instance_s, 3),
        "changes": row.changes,
    }


def flat(row: Row) -> dict[str, object]:
    """The row as the files of the report hold it."""
    return {
        **one_run(row),
        "kind": row.kind,
        "group": row.group,
        "tuned": row.tuned,
        "setting": row.setting,
        "hours_ratio": round(row.hours_ratio, 6),
        "ratio_over_rates": round(row.ratio_over_rates, 6),
        **{
            f"ratio_at_{price}": round(ratio, 6)
            for price, ratio in zip(PRICES, row.ratios, strict=True)
        },
        "gave_up_share": round(row.gave_up_share, 8),
        "changes_an_hour": round(row.changes_an_hour, 4),
        **{name: round(value, 6) for name, value in vars(row.elasticity).items()},
    }
