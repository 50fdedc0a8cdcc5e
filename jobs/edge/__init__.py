"""The edge: which routers a service has, writing them, seeing that they are there, trying them."""

from __future__ import annotations

from jobs.edge.api import metrics
from jobs.edge.certificates import certificate_tree, write_certificates
from jobs.edge.differs import by_slug, differs
from jobs.edge.domains import DomainRoute, Https, RedirectRoute
from jobs.edge.routes import Route, ServiceRoutes, common_tree, routes, tree
from jobs.edge.shows import Edge, edges, shows
from jobs.edge.smoke import Probe, probe
from jobs.edge.write import version, withdraw, write, written

__all__ = [
    "DomainRoute",
    "Edge",
    "Https",
    "Probe",
    "RedirectRoute",
    "Route",
    "ServiceRoutes",
    "by_slug",
    "certificate_tree",
    "common_tree",
    "differs",
    "edges",
    "metrics",
    "probe",
    "routes",
    "shows",
    "tree",
    "version",
    "withdraw",
    "write",
    "write_certificates",
    "written",
]
