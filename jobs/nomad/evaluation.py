"""Nomad's decision about a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.nomad.placement import PlacementFailure, failures


@dataclass(frozen=True)
class Evaluation:
    """A job too large is "complete" here, with failures and `blocked`: the rest waits for room."""

    id: str
    status: str
    blocked: bool
    failures: tuple[PlacementFailure, ...]


def read_evaluation(body: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation of `GET /v1/evaluation/:id`."""
    blocked = bool(body.get("BlockedEval")) or body["Status"] == "blocked"
    return Evaluation(body["ID"], body["Status"], blocked, failures(body.get("FailedTGAllocs")))
