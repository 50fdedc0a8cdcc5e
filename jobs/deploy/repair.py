"""What stands in Consul against what the rows say, written again where it differs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from jobs import fingerprint, servers
from jobs.deploy import domains, routes, rows
from jobs.deploy.edge_tree import wanted_tree
from jobs.edge import by_slug, common_tree, differs, version, withdraw
from jobs.edge.routes import ROOT
from jobs.errors import ClusterError
from jobs.fingerprint import Fingerprint
from platform_admin.models import Cell, Colour, Domain, Path, Service

WHOLE_S = 60.0
"""After so long all is compared again, whatever seems to stand still."""
_WANTED = (
    *("pk", "slug_row_id", "kind", "port", "name", "environment__slug", "environment__app__slug"),
    "in_flight_limit",
    *("rollout__live", "rollout__new", "rollout__at", "rollout__next", "rollout__moving"),
    *("rollout__state", "rollout__version"),
)
"""All that `wanted_tree` reads, but for the colours and the domains."""
_DOMAIN = (
    *("host", "service_id", "redirect_to_id", "permanent", "only_https", "accepted_at"),
    *("certificate", "certificate_ends_at", "key_id"),
)
_PATH = ("domain_id", "prefix", "service_id", "strips")
_HTTPS = ("pk", "tls_entry_point", "tls_port", "certificate_resolver", "web_address")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """The last change in Consul, and the rows, at which nothing had to be written."""

    index: int
    services: Fingerprint
    colours: Fingerprint
    domains: tuple[Fingerprint, ...]


class Repair:
    """Remembers where this process last found all in order, and when, in seconds.

    A pass that wrote, or that failed, is followed by another one.
    """

    def __init__(self) -> None:
        self._seen: Standing | None = None
        self._at = 0.0

    def run(self, now: float) -> None:
        """Compare and write, unless nothing has changed since all was in order."""
        try:
            servers.consul().ensure_catch_all_query()
            # Read before what it is of: what changes in between is another one the next time.
            standing = _standing()
            if standing == self._seen and now - self._at < WHOLE_S:
                return
            self._seen = None
            if _whole():
                self._seen, self._at = standing, now
        except ClusterError as error:
            _log.warning("routes: %s", error)


_repair = Repair()


def run() -> None:
    """Write every service's routes again where they differ; one reading for all of them."""
    _repair.run(time.monotonic())


def _standing() -> Standing:
    return Standing(
        servers.consul().tree_index("traefik/"),
        fingerprint.of_all(Service.objects.values_list(*_WANTED)),
        fingerprint.of_all(Colour.objects.values_list("service_id", "colour", "verified")),
        (
            fingerprint.of_all(Domain.objects.values_list("pk", *_DOMAIN)),
            fingerprint.of_all(Path.objects.values_list("pk", *_PATH)),
            fingerprint.of_all(Cell.objects.values_list(*_HTTPS)),
        ),
    )


def _whole() -> bool:
    """Whether everything stood as it should; what did not is written, as far as that goes."""
    present = servers.consul().tree(f"{ROOT}/")
    shared = {key: entry for key, entry in present.items() if key in common_tree()}
    incomplete = bool(differs(shared, common_tree()))
    stands, known = by_slug(present), domains.of_all()
    wrong = []
    for loaded in rows.every():
        wanted = wanted_tree(loaded, known.get(loaded.service.pk, domains.NONE))
        if (incomplete and wanted) or differs(stands.get(loaded.service.slug, {}), wanted):
            wrong.append((loaded, wanted))
    strays = _withdrawn(stands)
    # Before the routers that need them.
    certified = not routes.bring_certificates()
    for loaded in routes.write_all(wrong):
        _log.info("routes of %s written again", loaded.service.slug)
    return certified and not wrong and not strays


def _withdrawn(stands: Iterable[str]) -> list[str]:
    """The slugs that stood there and that no service has, also none that is being deleted.

    Only those that Muster wrote, which have a version: below Traefik's root others may write too.
    """
    known = set(Service.objects.values_list("slug_row", flat=True))
    return [slug for slug in sorted(set(stands) - known) if _withdraw(slug)]


def _withdraw(slug: str) -> bool:
    """Whether routes of Muster's stood there, which are gone now, or are tried again."""
    consul = servers.consul()
    try:
        if version(consul, slug) is None or Service.objects.filter(slug_row=slug).exists():
            return False
        withdraw(consul, slug)
    except ValueError:
        return False
    except ClusterError as error:
        _log.warning("routes of %s, which no service has: %s", slug, error)
        return True
    _log.info("routes of %s, which no service has, taken away", slug)
    return True
