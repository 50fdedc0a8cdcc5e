from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from jobs.git.budget import Budget
from jobs.git.door import REDIRECTS, Door
from jobs.git.errors import Unfetched, Unwanted
from tests.jobs.git.repository import Served

TAIL = "/info/refs?service=git-upload-pack"


def door(largest_bytes: int = 2**20, say: Callable[[int, str], bool] = lambda *_: True) -> Door:
    return Door(Budget(largest_bytes, 60.0, say))


def leads_to(git: Served, *targets: str) -> None:
    """The next questions are sent on to these addresses, then answered."""
    left = list(targets)

    def send_on(environ: Any, start: Any) -> Any:
        if not left:
            return None
        start("302 Found", [("Location", left.pop(0))])
        return [b""]

    git.before = send_on


def test_an_answer_is_read_and_where_it_came_from_is_known(git: Served) -> None:
    leads_to(git, git.address + TAIL)
    answer = door().ask(f"https://127.0.0.1:{git.port}/old{TAIL}", {})

    assert answer.url == git.address + TAIL
    assert answer.content_type == "application/x-git-upload-pack-advertisement"
    assert answer.read(10**6).startswith(b"001e# service=git-upload-pack")
    assert answer.read(10) == b""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://127.0.0.1/x", "Only https"),
        ("https://user:word@127.0.0.1/x", "user or a password"),
        ("https://169.254.169.254/latest", "link-local"),
        ("https://10.0.0.1/x", "private network"),
        ("file:///etc/passwd", "Only https"),
    ],
)
def test_nobody_is_led_to_what_may_not_be_reached(git: Served, target: str, said: str) -> None:
    leads_to(git, target)
    with pytest.raises(Unfetched, match=said):
        door().ask(git.address + TAIL, {})


def test_being_led_around_ends(git: Served) -> None:
    leads_to(git, *[git.address + TAIL] * (REDIRECTS + 1))
    with pytest.raises(Unfetched, match="leads on more than"):
        door().ask(git.address + TAIL, {})


def test_what_has_a_body_is_sent_to_nobody_else(git: Served) -> None:
    leads_to(git, git.address + TAIL)
    with pytest.raises(Unfetched, match="status 302"):
        door().ask(git.address + "/git-upload-pack", {}, b"0000")
    assert len(git.asked) == 1


def test_loopback_is_closed_unless_the_operator_opens_it(git: Served, settings: Settings) -> None:
    settings.MUSTER_EXTERNAL_NETWORKS = []
    with pytest.raises(Unfetched, match="loopback"):
        door().ask(git.address + TAIL, {})
    assert git.asked == []


def test_musters_own_servers_stay_closed(git: Served, settings: Settings) -> None:
    settings.NOMAD_ADDR = f"https://127.0.0.1:{git.port}"
    with pytest.raises(Unfetched, match="Muster's own servers"):
        door().ask(git.address + TAIL, {})
    assert git.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(git: Served, settings: Settings) -> None:
    settings.MUSTER_GIT_CACERT = ""
    with pytest.raises(Unfetched, match="MUSTER_GIT_CACERT"):
        door().ask(git.address + TAIL, {})


def test_a_certificate_of_another_name_is_refused(
    git: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.git.door.reached", lambda *_, **__: "127.0.0.1")
    with pytest.raises(Unfetched, match="is not trusted"):
        door().ask(f"https://git.example.org:{git.port}/a", {})
    assert git.asked == []


def test_more_than_may_come_ends_while_it_comes(git: Served) -> None:
    def endless(environ: Any, start: Any) -> Any:
        start("200 OK", [("Content-Type", "text/plain")])
        return iter(lambda: b"x" * 2**16, b"")

    git.before = endless
    answer = door(largest_bytes=2**20).ask(git.address + TAIL, {})
    with pytest.raises(Unfetched, match="more than 1 MB"):
        answer.read(2**30)
    answer.close()


def test_nothing_is_asked_for_nobody(git: Served) -> None:
    with pytest.raises(Unwanted):
        door(say=lambda *_: False).ask(git.address + TAIL, {})
    assert git.asked == []


def test_nobody_there_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.MUSTER_EXTERNAL_NETWORKS = ["127.0.0.0/8"]
    with pytest.raises(Unfetched, match="does not answer"):
        door().ask("https://127.0.0.1:2/a", {})
