"""What the stand-in for Nomad shows of an allocation's folders and logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.cluster.nomad import files
from local.cluster.web import Refusal

ALLOC = {"ID": "a", "AllocatedResources": {"Tasks": {"main": {}}}}
ASKED = {"task": "main", "type": "stdout"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files that are left of a log."""
    logs = tmp_path / "a" / "alloc" / "logs"
    logs.mkdir(parents=True)
    (logs / "main.stdout.3").write_bytes(b"abc")
    (logs / "main.stdout.4").write_bytes(b"x" * 70_000)
    return tmp_path


def test_a_folder_is_listed_by_name(folder: Path) -> None:
    found = files.listed(folder / "a", "alloc/logs")

    assert [(each["Name"], each["Size"], each["IsDir"]) for each in found] == [
        ("main.stdout.3", 3, False),
        ("main.stdout.4", 70_000, False),
    ]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("../b", 500, "Path escapes the alloc directory"),
        ("alloc/nope", 404, "no such file or directory"),
        ("alloc/logs/main.stdout.3", 500, "not a directory"),
    ],
)
def test_what_is_no_folder_of_it_is_refused(
    folder: Path, path: str, status: int, text: str
) -> None:
    with pytest.raises(Refusal, match=text) as refused:
        files.listed(folder / "a", path)

    assert refused.value.status == status


def test_the_frames_of_a_file_count_as_nomads_do(folder: Path) -> None:
    frames = [json.loads(each) for each in files.logs(folder, ALLOC, {**ASKED, "offset": "1"})]

    assert [(each["File"][-1], each["Offset"]) for each in frames] == [
        ("3", 3),
        ("4", 65_536),
        ("4", 131_072),
    ]


def test_the_end_is_counted_over_all_files(folder: Path) -> None:
    asked = {**ASKED, "origin": "end", "offset": "70001", "plain": "true"}

    assert b"".join(files.logs(folder, ALLOC, asked)) == b"c" + b"x" * 70_000
