from __future__ import annotations

import io
import tarfile

import pytest

from examples.warehouse import FILES, FOLDER, PARTS, SHARED, archive


def names(part: str) -> set[str]:
    """The files of a part's archive."""
    with tarfile.open(fileobj=io.BytesIO(archive(part)), mode="r:gz") as tar:
        return set(tar.getnames())


def own(folder: str) -> set[str]:
    return {path.name for path in (FOLDER / folder).iterdir() if path.is_file()}


@pytest.mark.parametrize("part", PARTS)
def test_a_program_has_what_all_share_beside_its_own_files(part: str) -> None:
    assert names(part) == own(part) | (set() if part == FILES else own(SHARED))
    assert own(part).isdisjoint(own(SHARED))


def test_a_part_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="no part 'shared'; it has site, web, stock"):
        archive(SHARED)
