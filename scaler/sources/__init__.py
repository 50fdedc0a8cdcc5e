"""Where measurements come from: a file and a row each, one round trip a server."""

from __future__ import annotations

import django_rq

from scaler.sources.edge import EdgeSource
from scaler.sources.kept import Kept
from scaler.sources.rq import RqSource
from scaler.sources.runtimes import Runs
from scaler.sources.source import Asked, Queue, Reading, Server, Source

SOURCES: dict[str, Source] = {
    "edge": EdgeSource(Kept(lambda: django_rq.get_connection("scale"))),
    "rq": RqSource(Runs(lambda: django_rq.get_connection("scale"))),
}

__all__ = ["SOURCES", "Asked", "Queue", "Reading", "Server", "Source"]
