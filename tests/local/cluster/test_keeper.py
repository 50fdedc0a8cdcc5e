from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

import pytest

from local.cluster.keeper import Keeper, account
from local.cluster.web import Refusal

ME = pwd.getpwuid(os.geteuid())


def test_a_task_without_a_user_or_with_ones_own_is_started_as_it_is() -> None:
    assert account("") == account(ME.pw_name) == account(str(ME.pw_uid)) == {}


def test_a_user_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown user nobodyknows"):
        account("nobodyknows")


def test_who_is_not_root_starts_nothing_as_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(ValueError, match="does not run as root, so it can not run a task as user"):
        account("root")


def test_root_starts_a_task_as_its_user_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert account("nobody") == {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }


def test_the_refusal_says_why_the_task_does_not_start(tmp_path: Path) -> None:
    order = {"argv": [sys.executable], "cwd": str(tmp_path), "env": {}, "user": "nobodyknows"}
    with pytest.raises(Refusal, match="unknown user nobodyknows"):
        Keeper(tmp_path, {}).start("a", order)
