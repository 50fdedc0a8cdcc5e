"""Whether the worker of a deployment still answers, as far as its lease tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.deploy.lease import LEASE
from platform_admin.models import Deployment

SILENT = timedelta(seconds=20)
"""A worker that works renews its lease before each write: longer than this it seldom takes."""


@dataclass(frozen=True)
class Abandoned:
    """Since when a deployment's worker is silent; until when nobody else may go on, if so."""

    since: datetime
    until: datetime | None


def abandoned(deployment: Deployment, now: datetime) -> Abandoned | None:
    """What its lease tells of a worker that stopped answering; None where nothing seems wrong."""
    until = deployment.lease_until
    if deployment.ended or until is None or now - (until - LEASE) < SILENT:
        return None
    return Abandoned(until - LEASE, until if until > now else None)
