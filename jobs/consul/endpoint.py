"""An instance of a service, as Consul's health endpoint lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.consul.external import is_external

_WORST_LAST = ("passing", "warning", "critical", "maintenance")


@dataclass(frozen=True)
class Endpoint:
    """One registration of a service; `status` is the worst of its and its node's checks."""

    service: str
    id: str
    node: str
    address: str
    port: int
    tags: tuple[str, ...]
    meta: Mapping[str, str]
    status: str

    @property
    def external(self) -> bool:
        """Whether it was entered for a service outside the cluster."""
        return is_external(self.node)


def read_endpoint(body: Mapping[str, Any]) -> Endpoint:
    """Return one entry of `GET /v1/health/service/:name`."""
    service, node = body["Service"], body["Node"]
    return Endpoint(
        service=service["Service"],
        id=service["ID"],
        node=node["Node"],
        # A service without an address of its own has its node's.
        address=service.get("Address") or node["Address"],
        port=service["Port"],
        tags=tuple(service.get("Tags") or ()),
        meta=service.get("Meta") or {},
        status=_worst([check["Status"] for check in body.get("Checks") or ()]),
    )


def _worst(statuses: list[str]) -> str:
    return max(statuses, key=_rank, default="passing")


def _rank(status: str) -> int:
    return _WORST_LAST.index(status) if status in _WORST_LAST else len(_WORST_LAST)
