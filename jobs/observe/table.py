"""The table of what runs as it stands, of which only what somebody wrote is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet

from jobs import fingerprint
from jobs.observe.seen import FIELDS
from platform_admin.models import Cell, Instance

_HEALTHY, _ENDED, _STARTED_AT = map(FIELDS.index, ("healthy", "ended", "started_at"))


@dataclass(frozen=True)
class Stored:
    """An instance as the table has it: its key, its release, its start-up in seconds, and FIELDS.

    `draining_at`: when it was first seen draining, if that was watched.
    """

    pk: int
    release: int | None
    ready_after_s: float | None
    draining_at: datetime | None
    fields: tuple[object, ...]

    @property
    def was_ready(self) -> bool:
        """Whether it was ever seen healthy; a row from before that was timed may say so late."""
        return self.ready_after_s is not None or self.healthy

    @property
    def healthy(self) -> bool:
        """Whether it was healthy when it was seen last."""
        return bool(self.fields[_HEALTHY])

    @property
    def ended(self) -> bool:
        """Whether it had ended when it was seen last."""
        return bool(self.fields[_ENDED])

    @property
    def started_at(self) -> datetime | None:
        """When its process was started."""
        return cast("datetime | None", self.fields[_STARTED_AT])


class Table:
    """A cell's rows, each with the hash of what it held when it was read."""

    def __init__(self) -> None:
        self._rows: dict[str, Stored] = {}
        self._hashes: Mapping[str, int] = {}

    def read(self, cell: Cell) -> Mapping[str, Stored]:
        """The rows by allocation."""
        listed = _listed(cell)
        # Taken first: what changes in between is read again the next time.
        hashes = fingerprint.of_each(listed, "allocation")
        before = self._hashes
        rows = {key: row for key, row in self._rows.items() if hashes.get(key) == before[key]}
        if rows:
            listed = listed.filter(allocation__in=hashes.keys() - rows.keys())
        rows |= {
            key: Stored(pk, release, ready, draining, tuple(of))
            for key, pk, release, ready, draining, *of in listed
        }
        self._rows = {key: rows[key] for key in hashes if key in rows}
        self._hashes = hashes
        return self._rows


def _listed(cell: Cell) -> QuerySet[Instance, tuple[Any, ...]]:
    return Instance.objects.filter(cell=cell).values_list(
        "allocation", "pk", "release", "ready_after_s", "draining_at", *FIELDS
    )
