"""Whether the load of each service was read lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings

from platform_admin.models import Environment, Service
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.samples import window
from scaler.samples.series import SERIES


def measured(environment: Environment, rows: Sequence[Service], now: datetime) -> dict[int, bool]:
    """Whether the load of each service was read lately: its requests, or its queue."""
    lately = timedelta(seconds=FRESH_INTERVALS * settings.MUSTER_SCALING_INTERVAL_S)
    keys = [row.pk for row in rows]
    _, table = window.measured_of(
        environment.cell_id, environment.app.team_id, keys, now - lately, now
    )
    waiting, rate = (
        ~np.isnan(table[SERIES.index(series)]).all(axis=1) for series in ("waiting", "rate")
    )
    return {
        row.pk: bool((waiting if row.kind == Service.Kind.WORKER else rate)[place])
        for place, row in enumerate(rows)
    }
