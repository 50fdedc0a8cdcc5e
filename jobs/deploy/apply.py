"""The only one who posts counts (releases.md, "apply")."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connection
from rq.timeouts import BaseTimeoutException

from jobs.deploy import at_once, rows
from jobs.deploy.bring import bring
from jobs.deploy.counts import MISSING, STOPPED
from jobs.deploy.posting import SIDE_BY_SIDE
from jobs.errors import ClusterError
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.split import split

COLOURS: tuple[ColourName, ...] = ("blue", "green")
JUST_NOW = timedelta(seconds=5)
_log = logging.getLogger(__name__)


def run(service_id: int, colours: Sequence[ColourName] = COLOURS) -> None:
    """Bring a service's jobs to their split; what can not be done now comes again."""
    for colour in colours:
        try:
            bring(service_id, colour)
        except ClusterError as error:
            _log.warning("apply of service %s, %s: %s", service_id, colour, error)


def several(service_ids: Sequence[int]) -> None:
    """Apply the colours of these services that are out.

    A colour that is settled is left to who sees it differ.
    """
    try:
        left = at_once.bring_all(service_ids)
    except BaseTimeoutException:
        raise
    except Exception:
        # One service's trouble must not keep the others from their counts.
        _log.exception("apply of %d services together: one by one", len(service_ids))
        left = list(service_ids)
    _one_by_one(rows.some(left))


def catch_up() -> None:
    """What `sweep` does, but for what was wanted just now, which has a job of its own."""
    sweep(wanted_before=datetime.now(UTC) - JUST_NOW)


def sweep(wanted_before: datetime | None = None) -> None:
    """Apply every service of which a colour's count is out, is not the split's, or has no job.

    With `wanted_before` not those of which another count is wanted since.
    """
    several([each.service.pk for each in rows.unsettled(wanted_before) if _out(each)])


def settled(loaded: rows.ServiceRows) -> bool:
    """Whether Nomad has acknowledged what both colours of a service should run."""
    return all(_settled(loaded, colour) for colour in COLOURS)


def _settled(loaded: rows.ServiceRows, colour: ColourName) -> bool:
    row = loaded.row(colour)
    return row.acknowledged == split(loaded.service.desired, loaded.rollout, row)


def _out(loaded: rows.ServiceRows) -> list[ColourName]:
    """The colours that are not settled, or whose job was stopped or missing when last read.

    That job may be back by now.
    """
    jobless = {
        row.colour for row in loaded.service.colours.all() if row.drift in (MISSING, STOPPED)
    }
    return [each for each in COLOURS if each in jobless or not _settled(loaded, each)]


def _one_by_one(loaded: Iterable[rows.ServiceRows]) -> None:
    """Several services at a time, each by itself: most of the time is Nomad's."""
    out = [each for each in loaded if _out(each)]
    if len(out) == 1:
        run(out[0].service.pk, _out(out[0]))
        return
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(_run_alone, out))


def _run_alone(loaded: rows.ServiceRows) -> None:
    try:
        run(loaded.service.pk, _out(loaded))
    except Exception:
        # One service's trouble must not keep the others from their counts.
        _log.exception("apply of service %s", loaded.service.pk)
    finally:
        connection.close()
