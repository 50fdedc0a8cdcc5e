from __future__ import annotations

import stat
from pathlib import Path

import pytest

from local.launch.keys import MAKERS, load_or_make
from local.launch.problem import Problem
from local.launch.state import hold, write_private


def test_a_folder_is_held_once(tmp_path: Path) -> None:
    first = hold(tmp_path / "state")
    first.announce("http://127.0.0.1:8000")

    with pytest.raises(Problem, match=r"already runs on .* http://127.0.0.1:8000"):
        hold(tmp_path / "state")


def test_a_folder_that_is_just_being_started_on_says_so(tmp_path: Path) -> None:
    first = hold(tmp_path / "state")

    with pytest.raises(Problem, match="under way"):
        hold(tmp_path / "state")
    first.release()


def test_a_released_folder_can_be_held_again(tmp_path: Path) -> None:
    hold(tmp_path / "state").release()

    hold(tmp_path / "state").release()


def test_a_folder_stays_with_the_port_that_it_was_made_with(tmp_path: Path) -> None:
    state = hold(tmp_path / "state")
    assert (state.port(None, 8000), state.port(8040, 8000)) == (8000, 8040)
    state.keep_port(8040)

    assert (state.port(None, 8000), state.port(8040, 8000)) == (8040, 8040)
    with pytest.raises(Problem, match=r"made with --port 8040.* --port 8060 --state DIR"):
        state.port(8060, 8000)


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Problem, match="--state DIR"):
        hold(tmp_path / "file" / "state")


def test_secrets_are_made_once_and_stay(tmp_path: Path) -> None:
    first = load_or_make(tmp_path / "secrets.json")

    assert load_or_make(tmp_path / "secrets.json") == first
    assert len(set(first.values())) == len(MAKERS)


def test_a_secret_that_is_new_in_this_version_is_added(tmp_path: Path) -> None:
    write_private(tmp_path / "secrets.json", '{"nomad": "old"}')

    secrets = load_or_make(tmp_path / "secrets.json")

    assert secrets["nomad"] == "old"
    assert set(secrets) == set(MAKERS)


def test_only_the_owner_reads_secrets(tmp_path: Path) -> None:
    load_or_make(tmp_path / "secrets.json")

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
