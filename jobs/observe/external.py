"""Looking whether the resources that run elsewhere answer: Consul does not, so Muster tells it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs import servers
from jobs.errors import ClusterError, Unavailable
from jobs.postgres import Login, connect
from platform_admin.models import Resource
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.external import External, how
from platform_admin.verbs.reached import reached

INTERVAL_S = 10
ANSWERS_WITHIN_S = 3
SIDE_BY_SIDE = 8
TOLD_AGAIN = timedelta(seconds=60)
"""A Consul that lost everything hears of it again after so long."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Probe:
    """What came of signing in: "" where it answers, else why not; and at which address."""

    error: str
    address: str = ""


def look() -> None:
    """Probe each of them once, side by side, and tell Consul what is new."""
    rows = list(
        Resource.objects.filter(external=True, deletion__isnull=True).select_related(
            "environment__app"
        )
    )
    if not rows:
        return
    known = [(row.kind, how(row)) for row in rows]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(pool.map(_probed, known))
    for row, probe in zip(rows, found, strict=True):
        try:
            _tell(row, probe, datetime.now(UTC))
        except ClusterError as error:
            _log.warning("external resource %s: %s", row, error)


def probe(kind: str, given: External) -> Probe:
    """What signing in came to: the name is resolved once, and that address connected to."""
    try:
        address = reached(given.host, given.port)
        _PROBES[kind](given, address)
    except Invalid as error:
        return Probe(str(error))
    except (ClusterError, RedisError, OSError) as error:
        return Probe(" ".join(str(error).split())[:400] or type(error).__name__)
    return Probe("", address)


def _probed(pair: tuple[str, External]) -> Probe:
    try:
        return probe(*pair)
    finally:
        close_old_connections()


def _postgres(given: External, address: str) -> None:
    login = Login(given.host, given.port, given.user, given.password, given.database, address)
    with connect(login, within_s=ANSWERS_WITHIN_S) as connection:
        connection.execute("SELECT 1")


def _redis(given: External, address: str) -> None:
    client = Redis(
        host=address,
        port=given.port,
        username=given.user if given.password and given.user != "default" else None,
        password=given.password or None,
        socket_connect_timeout=ANSWERS_WITHIN_S,
        socket_timeout=ANSWERS_WITHIN_S,
        # The next look is the second try.
        retry=Retry(NoBackoff(), 0),
    )
    with client:
        if not client.ping():
            raise Unavailable("redis does not answer", server="redis")


_PROBES: Mapping[str, Callable[[External, str], None]] = {
    Resource.Kind.POSTGRES: _postgres,
    Resource.Kind.REDIS: _redis,
}


def _tell(row: Resource, probe: Probe, now: datetime) -> None:
    """Write down what was found, in Consul first: deployments wait for what stands there."""
    address = probe.address or row.address or ""
    same = (probe.error, address) == (row.probe_error, row.address or "")
    due = row.probed_at is None or now - row.probed_at >= TOLD_AGAIN
    if same and not due:
        return
    if address:
        servers.consul().register_external(
            row.slug,
            address=address,
            port=row.port,
            passing=not probe.error,
            output=probe.error or "It takes the login.",
            meta={
                "app": row.environment.app.slug,
                "environment": row.environment.slug,
                "resource": row.name,
            },
        )
    Resource.objects.filter(pk=row.pk).update(
        probe_error=probe.error, address=address or None, probed_at=now
    )
