"""One check of a registered service, as Consul lists all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """A check's status ("passing", "warning", "critical") and the registration that it is of."""

    service_id: str
    service: str
    status: str


def read_check(body: Mapping[str, Any]) -> Check:
    """Return one entry of `GET /v1/health/state/any`."""
    return Check(body.get("ServiceID") or "", body.get("ServiceName") or "", body["Status"])
