"""Bringing what the rows say of the edge to Consul at once, beside the deployments.

A rule may move from one service to another, a path of a domain say: so of an environment all that
comes is written before anything goes, and no request finds neither.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from jobs import servers
from jobs.deploy import domains, rows
from jobs.deploy.edge_tree import wanted_tree
from jobs.edge import certificate_tree, write, write_certificates
from jobs.errors import ClusterError
from platform_admin.models import Domain, Service
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.domains import private_key

Wanted = tuple[rows.ServiceRows, Mapping[str, str]]
_log = logging.getLogger(__name__)


def bring(environment_id: int) -> None:
    """Write the routes of an environment's services as its rows say now.

    What can not be written is left to `repair`, which compares all there is.
    """
    known = domains.of_environment(environment_id)
    services = Service.objects.filter(environment=environment_id).values_list("pk", flat=True)
    loaded = rows.some(list(services))
    bring_certificates()
    write_all([(each, wanted_tree(each, known.get(each.service.pk, domains.NONE)))
               for each in loaded])  # fmt: skip


def write_all(wanted: Sequence[Wanted]) -> list[rows.ServiceRows]:
    """The services of which something was written; what fails is logged, and others go on."""
    failed = {
        loaded.service.environment_id
        for loaded, keys in wanted
        if keys and _write(loaded, keys, adding=True) is None
    }
    return [
        loaded
        for loaded, keys in wanted
        if loaded.service.environment_id not in failed and _write(loaded, keys) is not None
    ]


def bring_certificates() -> bool:
    """Whether an uploaded certificate had to be written to the edge or taken from it."""
    keys: dict[str, str] = {}
    for domain in Domain.objects.exclude(certificate="").filter(accepted_at__isnull=False):
        try:
            keys |= certificate_tree(str(domain.pk), domain.certificate, private_key(domain))
        except SealError as error:
            _log.error("certificate of %s: %s", domain, error)
    try:
        return write_certificates(servers.consul(), keys)
    except ClusterError as error:
        _log.warning("certificates: %s", error)
        return True


def _write(
    loaded: rows.ServiceRows, keys: Mapping[str, str], *, adding: bool = False
) -> bool | None:
    """Whether anything was written; None where that failed."""
    slug = loaded.service.slug
    if not Service.objects.filter(pk=loaded.service.pk, deletion__isnull=True).exists():
        # Its routes are taken away: a pass over many that read it before puts none back.
        return False
    try:
        return write(servers.consul(), slug, keys, loaded.rollout.version, adding=adding)
    except ClusterError as error:
        _log.warning("routes of %s: %s", slug, error)
        return None
