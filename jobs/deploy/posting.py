"""A count on its way to Nomad, with what both who post need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from jobs import servers
from jobs.deploy import rows
from jobs.deploy.counts import Post
from platform_admin.models import Instance
from platform_admin.rules.rollout import ColourRow

MARK = "muster.mark"
"""By what our scaling events are known in Nomad."""
SIDE_BY_SIDE = 8


def post(namespace: str, job_id: str, slug: str, desired: int, asked: Post) -> int:
    """The job's new index. Raises Conflict where it is not at the index that was asked with."""
    scaled = servers.nomad().scale(
        namespace,
        job_id,
        asked.count,
        index=asked.index,
        message=f"muster: {desired} instances are wanted of {slug}",
        meta={MARK: f"{job_id}-{asked.row.mark}"},
    )
    return scaled.job_modify_index


Healths = Mapping[tuple[int | None, str], Sequence[bool]]


def healths(service_ids: Sequence[int]) -> Healths:
    """By service and colour, whether each instance is healthy, the lowest number first.

    Those that end are left out.
    """
    found: dict[tuple[int | None, str], list[bool]] = {}
    runs = Instance.objects.filter(service__in=service_ids, ended=False, draining=False)
    columns = ("service_id", "colour", "healthy")
    for service, colour, healthy in runs.order_by("number").values_list(*columns):
        found.setdefault((service, colour), []).append(healthy)
    return found


def stays_healthy(loaded: rows.ServiceRows, row: ColourRow, wanted: int, runs: Healths) -> bool:
    """Whether the instances with the lowest numbers, which a lower count keeps, are healthy.

    After the start-up limit nothing is waited for any more.
    """
    limit = timedelta(seconds=loaded.service.start_limit_s)
    since = [loaded.service.desired_at, rows.moment(loaded.rollout.state_at)]
    started = max((at for at in since if at), default=None)
    if wanted == 0 or started is None or datetime.now(UTC) > started + limit:
        return True
    if rows.seconds(loaded.service.environment.cell.observed_at) < row.acknowledged_at:
        return False
    staying = runs.get((loaded.service.pk, row.colour), ())[:wanted]
    return len(staying) == wanted and all(staying)
