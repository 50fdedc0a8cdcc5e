"""Where measurements come from: a file and a row each, one round trip a server."""

from __future__ import annotations

from scaler.sources.edge import EdgeSource
from scaler.sources.rq import RqSource
from scaler.sources.source import Asked, Queue, Reading, Server, Source

SOURCES: dict[str, Source] = {
    "edge": EdgeSource(),
    "rq": RqSource(),
}

__all__ = ["SOURCES", "Asked", "Queue", "Reading", "Server", "Source"]
