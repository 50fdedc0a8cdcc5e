"""`./run bench replay`: how long a week of one service takes under two policies and the optimum."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scaler.backtest.replayed import Asked, replayed
from scaler.policies.readings import INTERVAL_S
from scaler.rules.arrays import Floats
from scaler.rules.policies import Behaviour, Policy
from scaler.samples.series import SERIES

DAYS, DAY_S = 7.0, 86_400
HOLDS, WORK_S, USED, LOST = 40.0, 0.1, 0.7, 0.05
LEVEL = 200.0
SEED = 0
FIXED = Policy(maximum=30, latency_s=0.5, start_up_s=30)
AT_ONCE = Behaviour(window_s=0.0)
LEARNED = replace(FIXED, learns=True, tolerance=0.0, up=AT_ONCE, down=AT_ONCE)
TYPED = replace(LEARNED, latency_s=0.3)


def main(argv: Sequence[str]) -> int:
    """0; a line a pair of policies on the standard output, after one that is not measured."""
    parser = argparse.ArgumentParser(prog="./run bench replay", description=__doc__)
    parser.add_argument("--days", type=float, default=DAYS, help=f"how many ({DAYS:g})")
    days = parser.parse_args(argv).days
    replayed(*past(0.1), Asked(FIXED, LEARNED, 0.5))
    at, table = past(days)
    for name, now in (("both learned", LEARNED), ("fixed and learned", FIXED)):
        took, worked = time.perf_counter(), time.process_time()
        found = replayed(at, table, Asked(now, TYPED, 0.3))
        took, worked = time.perf_counter() - took, time.process_time() - worked
        assert found is not None
        lines = (found.now, found.typed, found.best)
        late = ", ".join(f"{each.late:,.0f}" for each in lines)
        hours = ", ".join(f"{each.instance_h:,.0f}" for each in lines)
        print(
            f"{name}: {days:g} days at {INTERVAL_S} s in {took:.1f} s ({worked:.1f} s of processor"
            f" time); {found.now.requests:,.0f} requests; as saved, as typed, at best: late {late};"
            f" instance-hours {hours}"
        )
    return 0


def past(days: float) -> tuple[Floats, Floats]:
    """Times (k,) and series (SERIES, k) of a service with a wave a day, as they are stored."""
    at = float(INTERVAL_S) * np.arange(round(days * DAY_S / INTERVAL_S))
    random = np.random.default_rng(SEED)
    level = LEVEL * (1.0 + 0.8 * np.sin(2 * np.pi * at / DAY_S))
    rates = random.poisson(INTERVAL_S * level) / INTERVAL_S
    count = np.maximum(np.ceil(rates / (USED * HOLDS)), 1.0)
    gone = np.where(random.random(len(at)) < LOST, np.nan, 0.0)
    rows = {
        "rate": rates,
        "errors": 0.0 * at,
        "p95_s": 1.2 * WORK_S + 0.0 * at,
        "mean_s": WORK_S + 0.0 * at,
        "fallback": 0.0 * at,
        "open": rates * WORK_S,
        "edge_age_s": gone,
        "ready_age_s": 0.0 * at,
        "desired": count,
        "serving": count,
    }
    table = np.full((len(SERIES), len(at)), np.nan, np.float32).astype(np.float64)
    for name, row in rows.items():
        table[SERIES.index(name)] = row
    return np.asarray(at), np.asarray(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
