from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from platform_admin.demo.people import people
from platform_admin.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MUSTER_STATE = tmp_path
    return tmp_path


def test_the_demo_has_an_operator_two_members_and_somebody_of_another_team() -> None:
    people()

    assert User.objects.get(username="olga").is_superuser
    assert set(Membership.objects.values_list("user__username", "team__slug", "role")) == {
        ("dana", "demo", "owner"),
        ("dev", "demo", "developer"),
        ("ella", "other", "owner"),
    }
    assert not User.objects.exclude(username="olga").filter(is_staff=True).exists()


def test_the_passwords_open_the_accounts_and_stay_the_same() -> None:
    passwords = people()

    assert people() == passwords
    for name, password in passwords.items():
        assert User.objects.get(username=name).check_password(password)
    assert len(set(passwords.values())) == 4


def test_only_musters_own_user_reads_the_passwords(folder: Path) -> None:
    people()
    (path,) = folder.iterdir()

    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {"olga", "dana", "dev", "ella"}


def test_a_password_that_was_lost_is_made_anew(folder: Path) -> None:
    before = people()
    (folder / "demo-users.json").unlink()
    after = people()

    assert before["dana"] != after["dana"]
    assert User.objects.get(username="dana").check_password(after["dana"])


def test_a_password_that_its_owner_changed_is_left_alone() -> None:
    people()
    user = User.objects.get(username="dana")
    user.set_password("my own")
    user.save()
    people()

    assert User.objects.get(username="dana").check_password("my own")
