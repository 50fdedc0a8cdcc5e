"""Looking whether the resources that run elsewhere answer: Consul does not, so Muster tells it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.core.exceptions import ObjectDoesNotExist
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs import servers
from jobs.errors import ClusterError, Unavailable
from jobs.observe.lanes import Lanes, Late
from jobs.postgres import Login, connect
from platform_admin.models import Resource
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.external import External, how
from platform_admin.verbs.reached import reached

INTERVAL_S = 10
ANSWERS_WITHIN_S = 3
SIDE_BY_SIDE = 16
GIVEN_UP_S = 8.0
"""Longer than all that a probe does in its own times: what is not over then hangs."""
TOLD_AGAIN = timedelta(seconds=60)
"""A Consul that lost everything hears of it again after so long."""
META = {"app", "environment", "resource"}
"""What Muster's own entries in Consul say of themselves."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Probe:
    """What came of signing in: "" where it answers, else why not; and at which address."""

    error: str
    address: str = ""


_lanes: Lanes[int, Probe] = Lanes(SIDE_BY_SIDE, GIVEN_UP_S)


def look() -> None:
    """Probe each of them once, side by side, and tell Consul what is new."""
    _drop_strays()
    rows = list(
        Resource.objects.filter(external=True, deletion__isnull=True)
        .select_related("environment__app")
        .prefetch_related("credentials__rotation__deployments", "databases")
    )
    # Those that answered come first: what is away may take its time after them.
    rows.sort(key=lambda row: bool(row.probe_error))
    by_key = {row.pk: row for row in rows}
    for key, found in _lanes.run(_calls(rows)):
        _told(by_key[key], _late(found) if isinstance(found, Late) else found)
    if strays := _lanes.strays():
        _log.warning("external resources: %d probes hang", strays)


def _calls(rows: Iterable[Resource]) -> Mapping[int, Callable[[], Probe]]:
    """What is read of each row before a thread has it: the threads ask the database nothing."""
    return {row.pk: partial(_probed, row.kind, _known(row)) for row in rows}


def _late(found: Late) -> Probe:
    if found.asked:
        return Probe(f"Nothing came of signing in within {GIVEN_UP_S:.0f} s.")
    return Probe("It was not asked: too many other servers hang. It is tried again soon.")


def _told(row: Resource, found: Probe) -> None:
    try:
        _tell(row, found, datetime.now(UTC))
    except ClusterError as error:
        _log.warning("external resource %s: %s", row, error)


def _drop_strays() -> None:
    """Take out of Consul what no row has: one that told it may have ended before it looked again.

    The rows are read last, so that none which came in between is taken for a stray.
    """
    consul = servers.consul()
    try:
        entered = consul.externals()
        kept = Resource.objects.filter(external=True, slug_row__in=entered)
        for slug in sorted(set(entered) - set(kept.values_list("slug_row", flat=True))):
            if any(
                each.external and set(each.meta) >= META
                for each in consul.health(slug, passing=False)
            ):
                consul.deregister_external(slug)
                _log.info("external resource %s: no row has it, taken out of Consul", slug)
    except ClusterError as error:
        _log.warning("external resources that no row has: %s", error)


def _known(row: Resource) -> External | Probe:
    """How it is entered; what came of it already where that can not be read."""
    try:
        return how(row)
    except SealError as error:
        return Probe(f"Its password does not open: {error}"[:400])
    except ObjectDoesNotExist:
        return Probe("It has no login: enter its user and password again.")


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


def _probed(kind: str, known: External | Probe) -> Probe:
    if isinstance(known, Probe):
        return known
    return probe(kind, known)


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
    still = Resource.objects.filter(
        pk=row.pk, external=True, deletion__isnull=True, changed_at=row.changed_at
    )
    if not still.exists():
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
    told = still.update(probe_error=probe.error, address=address or None, probed_at=now)
    if not told and address:
        # It was deleted or changed meanwhile: what was told is not so. The next look tells anew.
        servers.consul().deregister_external(row.slug)
        Resource.objects.filter(pk=row.pk).update(probed_at=None)
