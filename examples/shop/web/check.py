"""A round trip through the whole shop: web, api, redis, worker, and back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import parts
import store
from serve import INSTANCE, VERSION

Json = dict[str, Any]
LIMIT_S = min(float(os.environ.get("CHECK_LIMIT_S", "10")), store.LONGEST_WAIT_S)


def check() -> Json:
    """Which instance of each part took part; `missing` names those that did not in time."""
    started = time.monotonic()
    missing: list[str] = []
    found = {
        "api": _asked(missing, lambda: str(parts.catalogue()["instance"])),
        "redis": _asked(missing, parts.redis_run),
        "worker": _asked(missing, lambda: _worker(started + LIMIT_S)),
    }
    return {
        "ok": not missing,
        "missing": sorted(set(missing)),
        "version": VERSION,
        "web": INSTANCE,
        **found,
        "took_ms": round((time.monotonic() - started) * 1000),
    }


def _asked(missing: list[str], part: Callable[[], str]) -> str | None:
    try:
        return part()
    except parts.Away as away:
        missing.append(str(away))
        return None


def _worker(deadline: float) -> str:
    order_id = parts.order("check")
    # Zero would mean for ever.
    return str(parts.packed(order_id, max(deadline - time.monotonic(), 0.1))["worker"])
