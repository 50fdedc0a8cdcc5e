from __future__ import annotations

import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs.git.run import run
from jobs.git.sweep import sweep
from platform_admin.models import Fetch
from platform_admin.verbs.artifacts import artifact_path
from platform_admin.verbs.fetches import ask_fetch, begin_fetch, cancel_fetch
from platform_admin.verbs.teams import remove_member
from tests.jobs.git import gits_own
from tests.jobs.git.conftest import FILES
from tests.jobs.git.repository import Repository, Served
from tests.platform_admin.verbs.world import World


def got(world: World, address: str, ref: str = "", folder: str = "") -> Fetch:
    """The fetch once its worker has ended with it."""
    fetch = ask_fetch(world.dana, world.team, address, ref, folder)
    run(str(fetch.pk))
    fetch.refresh_from_db()
    return fetch


def members(fetch: Fetch) -> dict[str, bytes]:
    """The files of what was kept, by their paths."""
    assert fetch.artifact is not None, fetch.error
    with tarfile.open(artifact_path(fetch.artifact)) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar if each.isreg()}  # type: ignore[union-attr]


def test_a_branch_is_fetched_at_its_newest_commit(
    world: World, git: Served, repository: Repository
) -> None:
    first = got(world, git.address, "master")
    newest = repository.commit({"web.py": "print('two')\n"})
    second = got(world, git.address, "master")

    assert members(first) == {path: each.encode() for path, each in FILES.items()}
    assert (second.commit, members(second)) == (newest, {"web.py": b"print('two')\n"})
    assert second.artifact is not None
    assert second.artifact.filename == f"web-{newest[:12]}.tar.gz"
    assert second.received > 0


def test_no_ref_is_the_repositorys_own_branch_and_a_tag_leads_to_its_commit(
    world: World, git: Served, repository: Repository
) -> None:
    pinned = repository.commit({"a": "1"})
    repository.tag("v1.0", pinned)
    newest = repository.commit({"a": "2"})

    assert got(world, git.address).commit == newest
    assert got(world, git.address, "v1.0").commit == pinned
    assert got(world, git.address, newest).commit == newest


@pytest.mark.skipif(gits_own.program() is None, reason="git http-backend is not here")
def test_gits_own_server_hands_out_a_branch_a_tag_and_any_commit(
    world: World, git: Served, repository: Repository
) -> None:
    backend = gits_own.program()
    assert backend is not None
    git.before = gits_own.answering(backend, Path(repository.repo.path))
    older = repository.commit({"a": "1"})
    newest = repository.commit({"a": "2"})
    repository.tag("v1.0", older)

    assert got(world, git.address, "master").commit == newest
    assert got(world, git.address, "v1.0").commit == older
    assert members(got(world, git.address, older)) == {"a": b"1"}
    assert "no branch or tag" in got(world, git.address, "nope").error


def test_the_same_commit_gives_the_same_artifact(world: World, git: Served) -> None:
    first, second = got(world, git.address), got(world, git.address, "master")

    assert first.artifact == second.artifact is not None
    assert first.pk != second.pk


def test_a_folder_of_it_is_an_archive_of_its_own(world: World, git: Served) -> None:
    assert members(got(world, git.address, folder="services/api")) == {"api.py": b"print('api')\n"}


@pytest.mark.parametrize(
    ("path", "ref", "folder", "said"),
    [
        ("", "develop", "", "no branch or tag 'develop'"),
        ("", "2" * 12, "", "with all of its 40 digits"),
        ("", "", "nothing/here", "no folder 'nothing/here'"),
        ("", "", "web.py", "no folder 'web.py'"),
        ("other.git", "", "", "no repository at this address"),
    ],
)
def test_what_is_not_there_is_said(
    world: World, git: Served, path: str, ref: str, folder: str, said: str
) -> None:
    fetch = got(world, git.address + path, ref, folder)

    assert (fetch.state, fetch.artifact) == ("failed", None)
    assert said in fetch.error


def test_what_is_cancelled_meanwhile_is_not_kept(
    world: World, git: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = ask_fetch(world.dana, world.team, git.address, "", "")

    def packed(*arguments: object) -> None:
        cancel_fetch(world.dev, world.team, fetch.pk)

    monkeypatch.setattr("jobs.git.run.pack", packed)
    before = world.team.artifacts.count()
    run(str(fetch.pk))
    fetch.refresh_from_db()

    assert (fetch.state, fetch.error) == ("cancelled", "dev cancelled it.")
    assert world.team.artifacts.count() == before


def test_who_may_not_upload_any_more_gets_nothing_kept(world: World, git: Served) -> None:
    fetch = ask_fetch(world.dev, world.team, git.address, "", "")
    assert world.dev.user is not None
    remove_member(world.dana, world.team, world.dev.user)
    run(str(fetch.pk))
    fetch.refresh_from_db()

    assert fetch.state == "failed"
    assert "can not be kept" in fetch.error


def test_nobody_who_is_gone_fetches_with_the_platforms_rights(world: World, git: Served) -> None:
    fetch = ask_fetch(world.dev, world.team, git.address, "", "")
    Fetch.objects.update(author=None)
    run(str(fetch.pk))
    fetch.refresh_from_db()

    assert fetch.state == "failed"
    assert "not here any more" in fetch.error


def test_a_commit_that_the_server_refuses_is_said(world: World, git: Served) -> None:
    said = b"ERR upload-pack: not our ref " + b"2" * 40

    def refuse(environ: Any, start: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return None
        start("200 OK", [("Content-Type", "application/x-git-upload-pack-result")])
        return [b"%04x" % (len(said) + 4) + said]

    git.before = refuse
    fetch = got(world, git.address, "2" * 40)

    assert "does not hand out the commit 222222222222" in fetch.error
    assert "not our ref" in fetch.error


@pytest.mark.full
def test_more_than_an_archive_may_have_is_refused(
    world: World, git: Served, repository: Repository, settings: Settings
) -> None:
    settings.MUSTER_ARTIFACT_LIMIT_MB = 1
    repository.commit({"zeros": b"\0" * (17 * 2**20)})

    assert "more than 16 MB" in got(world, git.address).error


def test_a_fetch_whose_worker_is_gone_ends(world: World) -> None:
    fetch = ask_fetch(world.dana, world.team, "https://git.example.org/a", "", "")
    begin_fetch(fetch.pk)
    sweep()
    fetch.refresh_from_db()
    assert fetch.state == "running"
    Fetch.objects.update(beat_at=timezone.now() - timedelta(minutes=4))
    sweep()
    fetch.refresh_from_db()
    assert (fetch.state, fetch.error[:10]) == ("failed", "Its worker")
