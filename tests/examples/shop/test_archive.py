from __future__ import annotations

import io
import tarfile

import pytest

from examples.shop import FOLDER, PARTS, archive


def members(part: str) -> dict[str, bytes]:
    """The content of each file of a part's archive, by its name."""
    with tarfile.open(fileobj=io.BytesIO(archive(part)), mode="r:gz") as tar:
        files = ((member.name, tar.extractfile(member)) for member in tar.getmembers())
        return {name: file.read() for name, file in files if file is not None}


@pytest.mark.parametrize("part", PARTS)
def test_the_same_files_give_the_same_bytes(part: str) -> None:
    assert archive(part) == archive(part)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_its_own_files_and_the_shared_ones_side_by_side(part: str) -> None:
    paths = [path for folder in ("shared", part) for path in (FOLDER / folder).iterdir()]
    files = {path.name: path.read_bytes() for path in paths if path.is_file()}
    assert members(part) == files


@pytest.mark.parametrize("part", PARTS)
def test_a_parts_own_files_hide_no_shared_one(part: str) -> None:
    own = {path.name for path in (FOLDER / part).iterdir() if path.is_file()}
    assert own.isdisjoint(path.name for path in (FOLDER / "shared").iterdir() if path.is_file())


def test_an_archive_says_nothing_of_the_machine_that_packed_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive("web")), mode="r:gz") as tar:
        assert {(m.uid, m.gid, m.uname, m.mtime, m.mode) for m in tar} == {(0, 0, "", 0, 0o644)}


def test_a_part_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="no part 'shared'; it has web, api, worker"):
        archive("shared")
