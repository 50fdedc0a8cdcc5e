from __future__ import annotations

import pytest

from platform_admin.rules.members import Member, members_error

FILE = Member("web.py", "file")


@pytest.mark.parametrize(
    "members",
    [
        [FILE],
        [Member("./web.py", "file"), Member("./lib", "folder"), Member("./lib/a.py", "file")],
        [FILE, Member("lib/main.py", "link", "../web.py")],
        [FILE, Member("current", "link", "releases/1")],
        [Member("a..b/...c", "file")],
    ],
)
def test_an_archive_that_stays_inside_is_taken(members: list[Member]) -> None:
    assert members_error(members) is None


@pytest.mark.parametrize(
    "member",
    [
        Member("/etc/passwd", "file"),
        Member("../x", "file"),
        Member("a/../../x", "file"),
        Member("..\\x", "file"),
        Member("\\x", "file"),
        Member("C:/x", "file"),
        Member("a\0b", "file"),
        Member("dev", "other"),
        Member("out", "link", "/etc/passwd"),
        Member("out", "link", "../etc"),
        Member("a/out", "link", "../../etc"),
        Member("a/b/out", "link", "up/../.."),
        Member("out", "link", ""),
        Member("copy", "hard link", "web.py"),
    ],
)
def test_a_member_that_leaves_is_refused_by_name(member: Member) -> None:
    said = members_error([FILE, member])

    assert said
    assert repr(member.name) in said


def test_a_member_behind_a_link_is_refused() -> None:
    said = members_error([Member("a/up", "link", ".."), Member("a/up/x", "file")])

    assert said == "'a/up/x' lies behind a link: put the file itself into its folder."


def test_an_archive_without_a_file_is_refused() -> None:
    assert "no file" in str(members_error([Member("lib", "folder")]))
    assert "no file" in str(members_error([]))


def test_more_members_than_nomad_unpacks_are_refused() -> None:
    assert members_error([FILE] * 4096) is None
    assert "4096" in str(members_error([FILE] * 4097))
