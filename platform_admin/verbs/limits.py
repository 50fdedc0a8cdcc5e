"""What was measured of a service's instances, kept for each release; no part of what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from django.db import connection

KEPT_RELEASES = 10
"""Of a service; what is known of the newest ones may still be assumed of the next."""
LATE_S = 15.0
"""Beyond its kill timeout an instance takes this long to end: until the edge has let go of it, and
until that was seen. What took longer waited for its node."""
# In order, so that two that write at once do not wait for each other in a circle.
_STARTED = """
INSERT INTO platform_admin_servicelimits AS row
    (service_id, release, start_up_s, start_ups, stops, confidence)
SELECT service.id, found.release, avg(LEAST(found.seconds, service.start_limit_s)), count(*), 0, 0
FROM unnest(%s::bigint[], %s::int[], %s::float[], %s::float[])
    AS found (service, release, seconds, ran_s)
JOIN platform_admin_service AS service ON service.id = found.service
WHERE found.ran_s <= service.start_limit_s
GROUP BY service.id, found.release
ORDER BY service.id, found.release
ON CONFLICT (service_id, release) DO UPDATE SET
    start_up_s = (COALESCE(row.start_up_s, EXCLUDED.start_up_s) + EXCLUDED.start_up_s) / 2,
    start_ups = row.start_ups + EXCLUDED.start_ups
"""
_STOPPED = """
INSERT INTO platform_admin_servicelimits AS row
    (service_id, release, stop_s, stops, start_ups, confidence)
SELECT service.id, found.release, avg(found.seconds), count(*), 0, 0
FROM unnest(%s::bigint[], %s::int[], %s::float[], %s::bool[])
    AS found (service, release, seconds, killed)
JOIN platform_admin_service AS service ON service.id = found.service
WHERE found.seconds <= service.kill_timeout_s + %s
    AND (NOT found.killed OR found.seconds >= service.kill_timeout_s)
GROUP BY service.id, found.release
ORDER BY service.id, found.release
ON CONFLICT (service_id, release) DO UPDATE SET
    stop_s = (COALESCE(row.stop_s, EXCLUDED.stop_s) + EXCLUDED.stop_s) / 2,
    stops = row.stops + EXCLUDED.stops
"""
_HELD = """
INSERT INTO platform_admin_servicelimits
    (service_id, release, holds, confidence, held_at, start_ups, stops)
SELECT found.service, found.release, found.holds, found.confidence, moment.at, 0, 0
FROM unnest(%s::bigint[], %s::int[], %s::float[], %s::float[])
    AS found (service, release, holds, confidence)
JOIN platform_admin_service AS service ON service.id = found.service
CROSS JOIN (VALUES (%s::timestamptz)) AS moment (at)
ORDER BY found.service, found.release
ON CONFLICT (service_id, release) DO UPDATE SET
    holds = EXCLUDED.holds, confidence = EXCLUDED.confidence, held_at = EXCLUDED.held_at
"""
_FORGET = """
DELETE FROM platform_admin_servicelimits AS row
USING (
    SELECT id, row_number() OVER (PARTITION BY service_id ORDER BY release DESC) AS place
    FROM platform_admin_servicelimits
) AS ranked
WHERE ranked.id = row.id AND ranked.place > %s AND NOT EXISTS (
    SELECT 1
    FROM platform_admin_rollout AS rollout
    JOIN platform_admin_colour AS colour
        ON colour.service_id = rollout.service_id AND colour.colour = rollout.live
    JOIN platform_admin_release AS release ON release.id = colour.release_id
    WHERE rollout.service_id = row.service_id AND release.number = row.release
)
"""


@dataclass(frozen=True)
class StartUp:
    """An instance of a release was healthy for the first time `seconds` after its order.

    `ran_s`: for how long it was known to run by then, in seconds.
    """

    service: int
    release: int
    seconds: float
    ran_s: float


@dataclass(frozen=True)
class Stop:
    """A healthy instance of a release had ended `seconds` after it was told to.

    `killed`: its process did not end of itself.
    """

    service: int
    release: int
    seconds: float
    killed: bool


@dataclass(frozen=True)
class Held:
    """Requests a second that an instance of a release holds, as sure as `confidence`, 0 to 1."""

    service: int
    release: int
    holds: float
    confidence: float


def note_start_ups(found: Sequence[StartUp]) -> None:
    """Learns how long a release's instances take from their order to the first request.

    Half of what is kept is the newest, the mean of those that came at once. No start-up is longer
    than its limit, and what ran for longer was ill.
    """
    _note(_STARTED, found)


def note_stops(found: Sequence[Stop]) -> None:
    """Learns how long a release's instances take from the order to end until they have ended.

    Half of what is kept is the newest, as of start-ups. A process that was killed before its kill
    timeout was over did not drain, and what took longer than LATE_S after it waited for its node.
    """
    _note(_STOPPED, found, LATE_S)


def note_held(found: Sequence[Held], at: datetime) -> None:
    """Keeps what instances hold, in one statement; of services that are gone nothing."""
    _note(_HELD, found, at)


def forget_limits() -> int:
    """How many rows of old releases were deleted: KEPT_RELEASES stay, and the live one."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [KEPT_RELEASES])
        return int(cursor.rowcount)


def _note(statement: str, found: Sequence[StartUp | Stop | Held], *last: float | datetime) -> None:
    if not found:
        return
    columns = zip(*(astuple(one) for one in found), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(list(column) for column in columns), *last])
