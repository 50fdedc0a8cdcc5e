from __future__ import annotations

import os
from pathlib import Path

import pytest

from local.launch.changes import fingerprint, unchanged


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "a.css").write_text("a")
    (tmp_path / "list.txt").write_text("one")
    return tmp_path


def test_nothing_changed_is_noticed(checkout: Path) -> None:
    before = fingerprint(checkout, ("static", "list.txt"))
    (checkout / "elsewhere.txt").touch()
    (checkout / "note").write_text(before)

    assert unchanged(checkout / "note", fingerprint(checkout, ("static", "list.txt")))


@pytest.mark.parametrize("name", ["static/css/a.css", "list.txt"])
def test_a_touched_file_is_noticed(checkout: Path, name: str) -> None:
    before = fingerprint(checkout, ("static", "list.txt"))
    os.utime(checkout / name, ns=(1, 1))

    assert fingerprint(checkout, ("static", "list.txt")) != before


def test_a_removed_file_is_noticed(checkout: Path) -> None:
    before = fingerprint(checkout, ("static",))
    (checkout / "static" / "css" / "a.css").unlink()

    assert fingerprint(checkout, ("static",)) != before


def test_without_a_note_nothing_is_taken_for_done(checkout: Path) -> None:
    assert not unchanged(checkout / "note", fingerprint(checkout, ()))
