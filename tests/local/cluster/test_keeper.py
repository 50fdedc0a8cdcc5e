from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

import pytest

from local.cluster.keeper import Keeper, account
from local.cluster.web import Refusal

HERE = Path("/")
ME = pwd.getpwuid(os.geteuid())


def test_a_task_without_a_user_or_with_ones_own_is_started_as_it_is() -> None:
    assert account("", HERE) == account(ME.pw_name, HERE) == account(str(ME.pw_uid), HERE) == {}


def test_a_user_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown user nobodyknows"):
        account("nobodyknows", HERE)


def test_who_is_not_root_starts_nothing_as_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(ValueError, match="does not run as root, so it can not run a task as user"):
        account("root", HERE)


def test_root_starts_a_task_as_its_user_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert account("nobody", HERE) == {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }


def test_a_folder_that_is_closed_to_the_user_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)
    with pytest.raises(ValueError, match="is closed to user nobody: keep the state elsewhere"):
        account("nobody", inner)


def test_the_refusal_says_why_the_task_does_not_start(tmp_path: Path) -> None:
    order = {"argv": [sys.executable], "cwd": str(tmp_path), "env": {}, "user": "nobodyknows"}
    with pytest.raises(Refusal, match="unknown user nobodyknows"):
        Keeper(tmp_path, {}).start("a", order)
