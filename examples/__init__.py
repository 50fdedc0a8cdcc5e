"""The example apps by the names that `./run --example` takes, the usual one first."""

from __future__ import annotations

NAMES = ("shop", "warehouse")
