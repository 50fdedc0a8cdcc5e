"""The table of what is hurt, how and during what; and what came of a row."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.load import Load, Seen

DEPLOYMENT, SCALING = "deployment", "scaling"
DURINGS = (DEPLOYMENT, SCALING)
DEPLOY_WORKERS = ("worker-deploy-1", "worker-deploy-2")
# The edge alone stands between an app and who asks for it.
IN_THE_WAY = frozenset({"edge"})
# What brings a count that is decided to Nomad, and sees it there; the others decide.
CARRY = frozenset({*DEPLOY_WORKERS, "worker-observe", "observe", "nomad_api", "consul_api"})
PARTS: Sequence[tuple[str, ...]] = (
    ("gunicorn",),
    DEPLOY_WORKERS,
    ("worker-scale",),
    ("worker-observe",),
    ("cron",),
    ("observe",),
    ("postgres",),
    ("valkey",),
    ("nomad_api",),
    ("consul_api",),
    ("edge",),
)
TIMES = os.environ.get("MUSTER_FAULT_TIMES", "")


@dataclass(frozen=True)
class Hit:
    """One fault: these parts, and how they are hurt (`hurt.HOW`)."""

    how: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.how} {' and '.join(self.parts)}"


@dataclass(frozen=True)
class Row:
    """Faults, one after the other, during a deployment or a scaling."""

    during: str
    hits: tuple[Hit, ...]

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.hits))}: {self.during}"

    @property
    def costs(self) -> bool:
        """Whether requests may fail while it lasts."""
        return any(IN_THE_WAY & {*hit.parts} for hit in self.hits)

    @property
    def carries(self) -> bool:
        """Whether all that is hurt has its work after a decision."""
        return all({*hit.parts} <= CARRY for hit in self.hits)


# Six faults in the time of two: what breaks most, or holds most.
USUAL = (
    Row(DEPLOYMENT, (Hit("kill", DEPLOY_WORKERS), Hit("kill", ("nomad_api",)),
                     Hit("empty", ("valkey",)))),
    Row(SCALING, (Hit("kill", ("worker-scale",)), Hit("kill", ("postgres",)),
                  Hit("kill", ("consul_api",)))),
)  # fmt: skip
ALL = tuple(
    Row(during, (Hit(how, parts),))
    for parts in PARTS
    for how in ("kill", "freeze")
    for during in DURINGS
) + tuple(
    Row(during, (Hit("empty", (part,)),)) for part in ("valkey",) for during in DURINGS
)  # fmt: skip


@dataclass
class Came:
    """What came of a row: seconds from the first fault on, and requests at the edge.

    `back_s`: until the hurt parts ran again; `ended_s`: until the deployment or the scaling had
    ended rightly; `well_s`: until the page of Muster's status had nothing to say.
    """

    what: str
    during: str
    back_s: float = 0.0
    ended_s: float = 0.0
    well_s: float = 0.0
    requests: int = 0
    failed: int = 0
    silent_s: float = 0.0

    def count(self, seen: Load, costly: Sequence[Seen]) -> None:
        """Nothing; the requests stand here, and over how many seconds some failed."""
        self.requests, self.failed = len(seen.seen), len(costly)
        if costly:
            began = min(each.began for each in costly)
            self.silent_s = round(max(each.ended for each in costly) - began, 1)


def watch() -> Callable[[], float]:
    """A function that says how many seconds have gone by since."""
    began = time.monotonic()
    return lambda: round(time.monotonic() - began, 1)


def note(came: Came) -> None:
    """Nothing; a line is printed, and kept in the file that MUSTER_FAULT_TIMES names."""
    line = json.dumps(asdict(came))
    print(line)
    if TIMES:
        with Path(TIMES).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
