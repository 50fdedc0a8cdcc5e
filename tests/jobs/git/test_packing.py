from __future__ import annotations

import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from dulwich.objects import Commit

from jobs.git import packing
from jobs.git.errors import Unfetched
from tests.jobs.git.repository import LINK, MOMENT, PROGRAM, SUBMODULE, Content, Repository

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def packed(folder: Path, files: Mapping[str, Content], inside: str = "", name: str = "a") -> Path:
    """The archive of a commit with these files."""
    repository = Repository(folder / f"{name}.git")
    found = repository.repo[repository.commit(files).encode()]
    assert isinstance(found, Commit)
    archive = folder / f"{name}.tar.gz"
    packing.pack(repository.repo.object_store, found, inside, archive, lambda: None)
    return archive


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {"web.py": "pass", "lib/a.py": "1", "lib/b/c.py": "2"}
    first, second = (packed(tmp_path, files, name=name) for name in "ab")

    assert first.read_bytes() == second.read_bytes()


def test_files_programs_and_links_stay_what_they_are(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "a.txt": "text",
        "bin/run": (PROGRAM, b"#!/bin/sh"),
        "link": (LINK, b"a.txt"),
    }
    with tarfile.open(packed(tmp_path, files)) as tar:
        found = {each.name: (each.type, each.mode, each.linkname, each.mtime) for each in tar}

    assert found == {
        "a.txt": (tarfile.REGTYPE, 0o644, "", MOMENT),
        "bin/run": (tarfile.REGTYPE, 0o755, "", MOMENT),
        "link": (tarfile.SYMTYPE, 0o777, "a.txt", MOMENT),
    }


def test_a_folder_is_packed_without_what_is_beside_it(tmp_path: Path) -> None:
    files: dict[str, Content] = {"services/web/w.py": "1", "vendor/x": (SUBMODULE, b"")}
    with tarfile.open(packed(tmp_path, files, "services/web")) as tar:
        assert tar.getnames() == ["w.py"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a": "1", "vendor/x": (SUBMODULE, b"")}, "'vendor/x' is a submodule"),
        ({"a": "1", "img/logo.png": POINTER}, "'img/logo.png' lies in Git LFS"),
        ({"a": "1", "..": "x"}, "no name that a file may have"),
        ({}, "no file in it"),
    ],
    ids=["submodule", "lfs", "name", "none"],
)
def test_what_can_not_be_packed_says_why(
    tmp_path: Path, files: dict[str, Content], said: str
) -> None:
    with pytest.raises(Unfetched, match=said):
        packed(tmp_path, files)


def test_more_files_than_nomad_unpacks_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "LARGEST_COUNT", 2)
    packed(tmp_path, {"a": "1", "b/c/d/e": "2"}, name="few")
    with pytest.raises(Unfetched, match="more than 2 files"):
        packed(tmp_path, {"a": "1", "b": "2", "c": POINTER}, name="many")
