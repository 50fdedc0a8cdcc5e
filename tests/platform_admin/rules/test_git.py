from __future__ import annotations

import pytest

from platform_admin.rules.git import is_commit, named, place_errors

GOOD = "https://git.example.org/shop/web.git"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "is needed"),
        ("http://git.example.org/a", "Only https"),
        ("ssh://git@git.example.org/a", "user or a password"),
        ("https://token@git.example.org/a", "user or a password"),
        ("file:///etc/passwd", "Only https"),
        ("git.example.org/a", "Only https"),
        ("https:///a", "no host"),
        ("https://git.example.org:0/a", "no host"),
        ("https://git.example.org:99999/a", "no address"),
        ("https://git.example.org/", "no repository behind"),
        ("https://git.example.org/a?token=1", "before ? and #"),
        ("https://git.example.org/a#main", "before ? and #"),
        ("https://git.example.org/ä", "characters"),
        ("https://git.example.org/a b", "characters"),
        ("https://git.example.org/" + "a" * 500, "shorten it"),
    ],
)
def test_an_address_that_is_not_taken_says_why(address: str, said: str) -> None:
    assert said in place_errors(address, "", "")["address"][0]


@pytest.mark.parametrize("ref", ["a..b", "-x", "a b", "main.lock", "a:b", "/a", "a^", "a\n"])
def test_what_git_allows_no_ref_to_be_called_is_refused(ref: str) -> None:
    assert list(place_errors(GOOD, ref, "")) == ["ref"]


@pytest.mark.parametrize("folder", ["../a", "a/../b", "a//b", "./a", "a\0"])
def test_a_folder_lies_inside(folder: str) -> None:
    assert list(place_errors(GOOD, "", folder)) == ["folder"]


@pytest.mark.parametrize("ref", ["", "main", "feature/a-b", "v1.0", "refs/heads/x", "1" * 40])
def test_what_people_type_is_taken(ref: str) -> None:
    for address in (GOOD, "https://127.0.0.1:8443/web", "https://[::1]:8443/web"):
        assert place_errors(address, ref, "services/web") == {}


def test_only_a_whole_commit_is_one() -> None:
    assert is_commit("0123456789abcdef" * 2 + "01234567")
    assert not is_commit("0123456789ab")


def test_a_repository_is_called_as_the_end_of_its_address() -> None:
    assert [named(each) for each in (GOOD, "https://a.org/x/", "https://a.org/.git")] == [
        "web", "x", "repository",
    ]  # fmt: skip
