"""What Muster's own tables say of an app at rest; what is not right is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

import psycopg

from tests.e2e.muster import Muster, until
from tests.e2e.person import App

# Each finds rows that must not be there, of the app %(app)s.
MUST_NOT_BE: Mapping[str, LiteralString] = {
    "a deployment hangs": """
        SELECT d.number, d.state, d.lease_until FROM platform_admin_deployment d
        JOIN platform_admin_environment e ON e.id = d.environment_id
        JOIN platform_admin_app a ON a.id = e.app_id
        WHERE a.slug = %(app)s AND (d.lease_until IS NOT NULL OR d.finished_at IS NULL)""",
    "a step hangs": """
        SELECT d.number, s.name FROM platform_admin_deploymentstep s
        JOIN platform_admin_deployment d ON d.id = s.deployment_id
        JOIN platform_admin_environment e ON e.id = d.environment_id
        JOIN platform_admin_app a ON a.id = e.app_id
        WHERE a.slug = %(app)s AND s.state = 'running'""",
    "a rollout hangs": """
        SELECT s.name, r.state, r.hold, r.moving FROM platform_admin_rollout r
        JOIN platform_admin_service s ON s.id = r.service_id
        JOIN platform_admin_environment e ON e.id = s.environment_id
        JOIN platform_admin_app a ON a.id = e.app_id
        WHERE a.slug = %(app)s AND (r.deployment_id IS NOT NULL OR r.hold > 0 OR r.moving)""",
    "a count is not what is wanted": """
        SELECT s.name, c.colour, s.desired, c.acknowledged, r.live, n.healthy, n.running, c.drift
        FROM platform_admin_colour c
        JOIN platform_admin_service s ON s.id = c.service_id
        JOIN platform_admin_rollout r ON r.service_id = s.id
        JOIN platform_admin_environment e ON e.id = s.environment_id
        JOIN platform_admin_app a ON a.id = e.app_id,
        LATERAL (SELECT CASE WHEN c.colour = r.live THEN s.desired ELSE 0 END AS count) wanted,
        LATERAL (SELECT count(*) AS running, count(*) FILTER (WHERE healthy) AS healthy
                 FROM platform_admin_instance i
                 WHERE i.service_id = s.id AND i.colour = c.colour AND NOT i.ended) n
        WHERE a.slug = %(app)s AND (c.acknowledged IS DISTINCT FROM wanted.count
            OR n.running <> wanted.count OR n.healthy <> wanted.count OR c.drift <> '')""",
    "the audit misses a deployment": """
        SELECT d.number FROM platform_admin_deployment d
        JOIN platform_admin_environment e ON e.id = d.environment_id
        JOIN platform_admin_app a ON a.id = e.app_id
        WHERE a.slug = %(app)s AND 1 <> (
            SELECT count(*) FROM platform_admin_auditevent u
            WHERE u.verb = 'deploy' AND u.object_kind = 'deployment'
                AND (u.after ->> 'number')::int = d.number AND u.object_name LIKE %(named)s)""",
    "the history of counts has a hole": """
        SELECT service, at, before, earlier FROM (
            SELECT s.name AS service, v.at, v.before,
                lag(v.after) OVER (PARTITION BY s.id ORDER BY v.id) AS earlier
            FROM platform_admin_scalingevent v
            JOIN platform_admin_service s ON s.id = v.service_id
            JOIN platform_admin_environment e ON e.id = s.environment_id
            JOIN platform_admin_app a ON a.id = e.app_id
            WHERE a.slug = %(app)s AND v.outcome = 'applied') changes
        WHERE before <> earlier""",
}


def wrong(muster: Muster, app: App) -> list[str]:
    """Whatever of the above there is now; nothing is as it should be."""
    about = {"app": app.name, "named": f"{app.name}%"}
    with psycopg.connect(muster.settings()["DATABASE_URL"], connect_timeout=5) as connection:
        return [
            f"{name}: {row}"
            for name, query in MUST_NOT_BE.items()
            for row in connection.execute(query, about).fetchall()
        ]


def balanced(muster: Muster, app: App, within_s: float = 60) -> None:
    """Nothing, once nothing is wrong: the observer and Nomad take their seconds."""
    until(lambda: not wrong(muster, app), within_s, lambda: wrong(muster, app))
