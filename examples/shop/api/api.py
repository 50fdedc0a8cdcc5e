"""The private service: the catalogue as JSON."""

from __future__ import annotations

import json

import store
from serve import INSTANCE, VERSION, Environ, Reply, json_reply, serve

_redis = store.connect()


def catalogue(environ: Environ) -> Reply:
    """The items, who answered, and how often the catalogue was read from any instance."""
    stored = _redis.get(store.CATALOGUE)
    if stored is None:
        missing = {"error": "There is no catalogue yet: the release command writes it."}
        return json_reply(missing, "503 Service Unavailable")
    return json_reply(
        {
            "items": json.loads(stored),
            "instance": INSTANCE,
            "version": VERSION,
            "served": _redis.incr(store.SERVED),
        }
    )


app = serve({("GET", "/catalogue"): catalogue})
