from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import OldRelease
from platform_admin.rules.checklist.rollback import rollback
from tests.platform_admin.rules.checklist.made import GOOD

GONE = OldRelease(2, archives=3, missing=("web",))


@pytest.mark.parametrize(
    ("old", "said"),
    [
        (OldRelease(2, archives=3), "its 3 archives are kept"),
        (OldRelease(2, images=1), "1 image must still be in the registry, which is not asked"),
        (
            OldRelease(2, archives=1, images=2),
            "its 1 archive is kept and 2 images must still be in the registry",
        ),
        (OldRelease(2), "it needs no archive"),
    ],
)
def test_the_newest_whole_one_is_named(old: OldRelease, said: str) -> None:
    found = rollback(replace(GOOD, older=(replace(GONE, number=1), old)))

    assert found.word == "yes"
    assert found.evidence.startswith(f"Release 2 was live before release 3; {said}")


@pytest.mark.parametrize(
    ("older", "said"),
    [
        ((), "Release 3 is live, and nothing else was live before it"),
        ((GONE,), "Release 2 was live, but its archive of web is gone"),
    ],
)
def test_without_one_that_is_whole_there_is_no_way_back(
    older: tuple[OldRelease, ...], said: str
) -> None:
    found = rollback(replace(GOOD, older=older))

    assert found.word == "no"
    assert said in found.evidence
    assert found.where == (Place("releases"),)


def test_before_anything_is_live_it_is_not_yet_known() -> None:
    assert rollback(replace(GOOD, live_release=None, older=())).word == "not yet known"
