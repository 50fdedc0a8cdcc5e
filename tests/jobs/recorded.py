"""What real agents answered (Nomad 2.0.5, Consul 1.8.7), by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.jobs.server import Reply

_FILE = Path(__file__).parents[1] / "data" / "recordings" / "clients.jsonl"


@cache
def _all() -> dict[str, Any]:
    lines = _FILE.read_text().splitlines()
    return {each["name"]: each for each in map(json.loads, lines)}


def body(name: str) -> Any:
    """The recorded answer's body, decoded."""
    return _all()[name]["response"]


def reply(name: str) -> Reply:
    """The recorded answer, to be given again."""
    row = _all()[name]
    return Reply(row["status"], json.dumps(row["response"]).encode(), row["headers"])
