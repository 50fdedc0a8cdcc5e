"""Where data lies that Postgres' user cannot reach in the state folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from local.launch import binaries
from local.launch.postgres_home import home

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root runs Postgres as another user")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder that nobody but root can enter."""
    monkeypatch.setattr(binaries, "SHARED", tmp_path / "shared")
    tmp_path.chmod(0o700)
    made = tmp_path / "state"
    (made / "postgres").mkdir(parents=True)
    return made


def chosen(state: Path) -> Path:
    return home(state / "postgres", binaries.postgres_owner())


def test_a_second_start_finds_the_first_ones_data(state: Path) -> None:
    assert chosen(state) == chosen(state)
    assert chosen(state).stat().st_uid != 0


def test_a_state_folder_that_was_deleted_begins_anew(state: Path) -> None:
    first = chosen(state)
    (first / "data").mkdir()
    shutil.rmtree(state)
    (state / "postgres").mkdir(parents=True)

    assert not (chosen(state) / "data").exists()


def test_a_state_folder_that_was_moved_keeps_its_data(state: Path) -> None:
    first = chosen(state)
    moved = state.rename(state.with_name("moved"))
    (state / "postgres").mkdir(parents=True)

    assert chosen(state) != first
    assert chosen(moved) == first
