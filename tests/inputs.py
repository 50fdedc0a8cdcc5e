"""How many inputs Hypothesis makes up where each takes long: few, and with `--full` many."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.__main__ import FULL

# The few are the same each time, the many are not.
FULL_RUN = FULL in os.environ

costly = settings(
    max_examples=300 if FULL_RUN else 10,
    derandomize=not FULL_RUN,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
