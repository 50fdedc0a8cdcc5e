"""What was measured of the release that is live of each service, from the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db import connection

from scaler.rules.arrays import Floats, Ints
from scaler.rules.policies import STOPS_S
from scaler.samples.series import aligned

_READ = """
SELECT rollout.service_id, release.number,
       (array_agg(row.start_up_s ORDER BY row.release DESC)
           FILTER (WHERE row.start_up_s IS NOT NULL))[1],
       (array_agg(row.stop_s ORDER BY row.release DESC) FILTER (WHERE row.stop_s IS NOT NULL))[1],
       max(row.holds) FILTER (WHERE row.release = release.number),
       max(row.confidence) FILTER (WHERE row.release = release.number)
FROM platform_admin_rollout AS rollout
JOIN platform_admin_colour AS colour
    ON colour.service_id = rollout.service_id AND colour.colour = rollout.live
JOIN platform_admin_release AS release ON release.id = colour.release_id
LEFT JOIN platform_admin_servicelimits AS row
    ON row.service_id = rollout.service_id AND row.release <= release.number
WHERE rollout.service_id = ANY(%s)
GROUP BY rollout.service_id, release.number
"""


@dataclass(frozen=True)
class Limits:
    """What is known of n services' instances, all (n,), NaN where nothing is.

    `release`: the number of the live one. Seconds: `start_up_s` and `stop_s` as measured of it,
    else of the newest release before it that has one. `holds`, `confidence`: as written of it last.
    """

    release: Floats
    start_up_s: Floats
    stop_s: Floats
    holds: Floats
    confidence: Floats


def limits(services: Ints) -> Limits:
    """The limits of these services, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [services.tolist()])
        rows = cursor.fetchall()
    found = [[np.nan if each is None else each for each in row] for row in rows]
    table = np.array(found, dtype=np.float64).reshape(-1, 6)
    table = table[np.argsort(table[:, 0])].T
    return Limits(*aligned(table[1:], table[0].astype(np.int64), services, np.nan))


def series(known: Limits, assumed_s: Floats) -> dict[str, Floats]:
    """What a sample keeps of them: so what was decided can be decided again. (n,)

    `assumed_s`: the start-up times until one is measured.
    """
    return {
        "release": known.release,
        "start_up_s": np.where(np.isnan(known.start_up_s), assumed_s, known.start_up_s),
        "stop_s": np.where(np.isnan(known.stop_s), STOPS_S, known.stop_s),
    }
