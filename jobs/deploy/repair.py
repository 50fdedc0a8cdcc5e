"""What stands in Consul against what the rows say, written again where it differs."""

from __future__ import annotations

import logging

from jobs import servers
from jobs.deploy import rows
from jobs.deploy.edge_tree import wanted_tree
from jobs.edge import by_slug, common_tree, differs, write
from jobs.edge.routes import ROOT
from jobs.errors import ClusterError

_log = logging.getLogger(__name__)


def run() -> None:
    """Write every service's routes again where they differ; one reading for all of them."""
    try:
        servers.consul().ensure_catch_all_query()
        present = servers.consul().tree(f"{ROOT}/")
    except ClusterError as error:
        _log.warning("routes: %s", error)
        return
    shared = {key: entry for key, entry in present.items() if key in common_tree()}
    incomplete = bool(differs(shared, common_tree()))
    stands = by_slug(present)
    for loaded in rows.every():
        wanted = wanted_tree(loaded)
        if (incomplete and wanted) or differs(stands.get(loaded.service.slug, {}), wanted):
            _write(loaded, wanted)


def _write(loaded: rows.ServiceRows, wanted: dict[str, str]) -> None:
    slug = loaded.service.slug
    try:
        if write(servers.consul(), slug, wanted, loaded.rollout.version):
            _log.info("routes of %s written again", slug)
    except ClusterError as error:
        _log.warning("routes of %s: %s", slug, error)
