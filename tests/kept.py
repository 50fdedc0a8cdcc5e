"""Rows that the tests of a file begin with: written once, and given to each test as its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import pytest
from django.db import transaction
from django.test import override_settings

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """What `make` has written, None where every test writes it itself; its files in `folder`."""

    make: Callable[[], T]
    made: T | None
    folder: Path

    def given(self, folder: Path) -> T:
        """The rows as objects of one test's own, and their files in its own folder."""
        if self.made is None:
            return self.make()
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return deepcopy(self.made)


def kept(
    make: Callable[[], T], request: pytest.FixtureRequest, drivers: list[str]
) -> Iterator[Kept[T]]:
    """For a fixture of a file: each test's changes go back to a savepoint after these rows.

    Not where one of the file's tests commits: these rows are in a transaction that never does. And
    not where one of them begins without these rows: it would find them, too.
    """
    request.getfixturevalue("django_db_setup")
    folder = request.getfixturevalue("tmp_path_factory").mktemp("kept")
    of_file = [item for item in request.session.items if item.path == request.path]
    if any(_commits(item) or _begins_empty(item, request.fixturename) for item in of_file):
        yield Kept(make, None, folder)
        return
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock(), transaction.atomic():
        with override_settings(MUSTER_STATE=folder, MUSTER_DRIVERS=drivers):
            made = make()
        with blocker.block():
            yield Kept(make, made, folder)
        transaction.set_rollback(True)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    marked = bool(marker and marker.kwargs.get("transaction"))
    return marked or "transactional_db" in getattr(item, "fixturenames", ())


def _begins_empty(item: pytest.Item, rows: str | None) -> bool:
    names = getattr(item, "fixturenames", ())
    uses = item.get_closest_marker("django_db") is not None or "db" in names
    return uses and rows not in names
