"""Every option of a service, set to something else than Muster's own choice."""

from __future__ import annotations

from typing import Any

SCALARS: dict[str, Any] = {
    "check_interval_s": 10,
    "check_timeout_s": 5,
    "user": "nobody",
    "memory_max_mb": 512,
    "disk_mb": 1000,
    "drain_s": 20,
    "kill_signal": "SIGINT",
    "spread": "node.datacenter",
}
OPTIONS: dict[str, Any] = {
    **SCALARS,
    "ports": {"debug": 9200, "metrics": 9100},
    "constraints": [
        {"attribute": "attr.cpu.arch", "operator": "=", "value": "arm64"},
        {"attribute": "node.class", "operator": "is_set", "value": ""},
    ],
    "restart": {"attempts": 5, "interval_s": 600, "delay_s": 30},
}
