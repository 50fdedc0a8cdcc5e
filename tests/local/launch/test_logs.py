from __future__ import annotations

from pathlib import Path

from local.launch.logs import KEPT, rotate, tail


def test_each_start_begins_new_files_and_the_oldest_go(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        (tmp_path / "a.log").write_text(f"start {number}")
        rotate(tmp_path)

    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"a.log.1": "start 4", "a.log.2": "start 3", "a.log.3": "start 2"}


def test_the_tail_is_the_last_lines(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\ntwo\nthree\n")

    assert tail(tmp_path / "a.log", lines=2) == "two\nthree"


def test_a_log_that_is_not_there_has_no_tail(tmp_path: Path) -> None:
    assert tail(tmp_path / "a.log") == ""
