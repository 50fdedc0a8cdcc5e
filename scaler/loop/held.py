"""What instances were found to hold, written for pages and for the releases to come."""

from __future__ import annotations

import numpy as np
from django.conf import settings

from platform_admin.verbs.limits import Held, note_held
from scaler.loop.made import Made
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.samples.series import column

EVERY_S = 60.0
"""A shard's services are written so often; each shard in another tick than the one before."""
MOVED = 0.05
"""Of what an instance holds: a smaller change is not written."""
SURER = 0.1
"""Of the confidence, from 0 to 1, likewise."""


def keep(made: Made) -> None:
    """Writes what instances of the live releases hold, where that moved; of the shards in turn."""
    places = _due(made)
    if not len(places):
        return
    holds, sure = _found(made)
    release = column(made.table, "release")
    news = places[_moved(made, holds, sure, release)[places]]
    services, releases = made.state.services[news], release[news].astype(np.int64)
    columns = (services, releases, holds[news], sure[news])
    rows = zip(*(each.tolist() for each in columns), strict=True)
    note_held([Held(*row) for row in rows], made.sample.at)


def _due(made: Made) -> Ints:
    """The places of the services whose shard's turn it is."""
    interval_s = float(settings.MUSTER_SCALING_INTERVAL_S)
    turns = max(round(EVERY_S / interval_s), 1)
    now, number = int(made.at // interval_s), {row.pk: row.number for row in made.shards}
    parts = zip(made.sample.rows, made.parts, strict=True)
    mine = [places for row, places in parts if (now + number[row.shard]) % turns == 0]
    return np.concatenate([np.empty(0, np.int64), *mine])


def _found(made: Made) -> tuple[Floats, Floats]:
    """Requests a second that an instance holds, and how sure that is, NaN where unknown. (n,)"""
    numbers, unknown = made.decision.numbers, np.full(len(made.state), np.nan)
    pairs = ("holds", "capacity"), ("sure", "confidence")
    learned, ruled = ([numbers.get(pair[way], unknown) for pair in pairs] for way in (0, 1))
    learns = made.policies.learns
    return np.where(learns, learned[0], ruled[0]), np.where(learns, learned[1], ruled[1])


def _moved(made: Made, holds: Floats, sure: Floats, release: Floats) -> Bools:
    """Whether something else is known of the live release than is written; not what is assumed."""
    written = made.state.limits
    same = np.abs(holds - written.holds) <= MOVED * written.holds
    same &= np.abs(sure - written.confidence) <= SURER
    known = np.isfinite(holds) & (sure > 0) & (release == written.release)
    return np.asarray(known & ~same)
