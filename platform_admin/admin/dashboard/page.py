"""Everything that the first page shows, and the one sentence above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from platform_admin.admin.dashboard.crowded import Crowded, crowded
from platform_admin.admin.dashboard.drifted import Drifted, drifted
from platform_admin.admin.dashboard.failures import Failures, failures
from platform_admin.admin.dashboard.parts import Row, parts
from platform_admin.admin.dashboard.queues import Line as Queue
from platform_admin.admin.dashboard.queues import lines
from platform_admin.admin.dashboard.silent import Sources, sources
from platform_admin.pages import quota
from platform_admin.pages.words import count

MOST_TEAMS = 10


def dashboard(now: datetime) -> dict[str, object]:
    """The parts by name; what asks Nomad is not among them."""
    known, failed, full, queues = sources(now), failures(now), crowded(now), lines(now)
    teams, lost = quota.by_team(), drifted()
    answers = any(queue.seen for queue in queues)  # a Valkey that hangs is waited for once
    dead = parts(now, None if answers else {})
    return {
        "sources": known,
        "drifted": lost,
        "failures": failed,
        "crowded": full,
        "queues": queues,
        "parts": dead,
        "teams": teams[:MOST_TEAMS],
        "teams_total": len(teams),
        "wrong": wrong(known, lost, failed, full, queues, dead),
    }


def wrong(
    known: Sources,
    lost: Drifted,
    failed: Failures,
    full: Crowded,
    queues: list[Queue],
    dead: Sequence[Row] = (),
) -> list[tuple[str, str]]:
    """What is not as it should be: in words, and where on the page it stands."""
    behind = sum(queue.how.look != "healthy" for queue in queues)
    found = [
        (len(dead), "part of Muster that is not well", "parts"),
        (len(known.silent), "silent source", "sources"),
        (behind, "queue behind or without a worker", "queues"),
        (lost.total, "service not in Nomad as it should be", "drifted"),
        (failed.unmended, "failed deployment that nothing mended", "failures"),
        (full.total, "service at a limit", "crowded"),
    ]
    many = {"queues": "queues behind or without a worker", "crowded": "services at a limit"}
    many["parts"] = "parts of Muster that are not well"
    many["drifted"] = "services not in Nomad as they should be"
    many["failures"] = "failed deployments that nothing mended"
    return [(count(number, one, many.get(at, "")), at) for number, one, at in found if number]
