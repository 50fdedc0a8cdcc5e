"""What the launcher tells of Muster's own parts: a file that only `./run` writes."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

FILE, LOGS = "parts.json", "logs"
SILENT_AFTER = timedelta(seconds=20)
"""The launcher writes every 5 s: one that has not for so long is gone, or hangs."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """One part as the launcher knows it; a moment is None where it has not come.

    `pid` is None while it waits to be started again. `stopped_since`: its process is frozen;
    `silent_since`: nothing came back to what it was asked; `answers` is None where it can not be
    asked, and False until it answered once.
    """

    name: str
    purpose: str
    pid: int | None
    since: datetime
    restarts: int
    deaths: tuple[datetime, ...]
    ended: str
    again_at: datetime | None
    pause_s: float
    stopped_since: datetime | None
    silent_since: datetime | None
    answers: bool | None
    log: str

    @property
    def last_death(self) -> datetime | None:
        """When it died last."""
        return max(self.deaths, default=None)


@dataclass(frozen=True)
class Told:
    """All parts in the order of their start, and when the launcher said so."""

    launcher: int
    at: datetime
    parts: tuple[Part, ...]

    def old(self, now: datetime) -> bool:
        """Whether the launcher is silent, so that none of this need hold any more."""
        return now - self.at > SILENT_AFTER

    def named(self, name: str) -> Part | None:
        """The part of this name, None where there is none."""
        return next((part for part in self.parts if part.name == name), None)


def told(folder: Path | None = None) -> Told | None:
    """What the launcher told last; None where Muster runs without `./run`."""
    path = (folder or settings.MUSTER_STATE) / FILE
    try:
        found = json.loads(path.read_text())
        return Told(found["pid"], _moment(found["at"]), tuple(map(_part, found["parts"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        _log.exception("%s can not be read", path)
        return None


def log_of(part: Part) -> Path:
    """The file that the part writes into now."""
    return Path(settings.MUSTER_STATE, LOGS, Path(part.log).name)


def _part(found: Mapping[str, Any]) -> Part:
    return Part(
        name=found["name"],
        purpose=found["purpose"],
        pid=found["pid"],
        since=_moment(found["since"]),
        restarts=found["restarts"],
        deaths=tuple(map(_moment, found["deaths"])),
        ended=found["ended"],
        again_at=_maybe(found["again_at"]),
        pause_s=found["pause_s"],
        stopped_since=_maybe(found["stopped_since"]),
        silent_since=_maybe(found["silent_since"]),
        answers=found["answers"],
        log=found["log"],
    )


def _maybe(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
