from __future__ import annotations

import json
from pathlib import Path

from platform_admin.rules.version_range import is_version_range

RECORDING = Path(__file__).parents[2] / "data/recordings/go-version-1.9.0.jsonl"


def test_it_takes_what_nomads_reader_takes_and_refuses_what_that_refuses() -> None:
    """What NewConstraint of github.com/hashicorp/go-version answered: Nomad checks by it."""
    rows = [json.loads(line) for line in RECORDING.read_text().splitlines()]
    refused = {text for text, said in rows if said}
    assert 0 < len(refused) < len(rows)
    assert {text for text, _ in rows if not is_version_range(text)} == refused
