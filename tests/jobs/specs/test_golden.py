"""The jobs, whole. Write the files anew with `python -m tests.jobs.specs.test_golden`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.specs.cases import jobs

FOLDER = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", sorted(jobs()))
def test_a_job_is_what_its_golden_file_says(name: str) -> None:
    assert jobs()[name] == json.loads((FOLDER / f"{name}.json").read_text())


def test_every_golden_file_has_its_job() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(jobs())


if __name__ == "__main__":
    for name, job in jobs().items():
        (FOLDER / f"{name}.json").write_text(json.dumps(job, indent=2) + "\n")
