"""Serve the folder in which this was started, on $PORT, by the rules in $MUSTER_STATIC."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from local.files.app import App, Site
from local.files.rules import Rules

THREADS = 32
GRACE_S = 20


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: App, port: int) -> None:
        self.app, self.port = app, port
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"0.0.0.0:{self.port}",
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACE_S,
            "control_socket_disable": True,
            "accesslog": "-",
            "access_log_format": "%(m)s %(U)s %(s)s %(M)s ms",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.app


def main() -> None:
    """Serve until a signal comes; exits with a sentence where the rules name no file."""
    rules = Rules.read(json.loads(os.environ.get("MUSTER_STATIC", "{}")))
    try:
        site = Site(Path.cwd(), rules)
    except LookupError as error:
        sys.exit(str(error))
    _Server(App(site, rules), int(os.environ["PORT"])).run()


if __name__ == "__main__":
    main()
