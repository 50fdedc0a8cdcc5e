"""`python -m bench.loop.fill`: fills an empty database with the services of one cell."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django


def main(argv: Sequence[str]) -> int:
    """0 when all rows stand, and beside them what the stand-in is to answer."""
    parser = argparse.ArgumentParser(prog="python -m bench.loop.fill")
    parser.add_argument("--services", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where the answers are put")
    asked = parser.parse_args(argv)
    os.environ["DJANGO_SETTINGS_MODULE"] = "platform_admin.settings"
    django.setup()
    # Only now: models need the settings.
    from bench.loop.fill.answers import jobs, routes
    from bench.loop.fill.rows import fill

    fill(asked.services, os.environ["QUEUES_PASSWORD"])
    (asked.folder / "jobs.json").write_text(json.dumps(jobs()))
    (asked.folder / "routes.json").write_text(json.dumps(routes()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
