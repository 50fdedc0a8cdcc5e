"""The table of what is hurt and how, and what came of a row."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.load import Seen

DEPLOY_WORKERS = ("worker-deploy-1", "worker-deploy-2")
# The edge alone stands between an app and who asks for it.
IN_THE_WAY = frozenset({"edge"})
PARTS: Sequence[tuple[str, ...]] = (
    ("gunicorn",),
    DEPLOY_WORKERS,
    ("worker-scale",),
    ("worker-default", "worker-observe"),
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
    """Faults, one after the other, while one app is deployed and another one is scaled."""

    hits: tuple[Hit, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.hits)) or "nothing"

    @property
    def costs(self) -> bool:
        """Whether requests may fail while it lasts."""
        return any(IN_THE_WAY & {*hit.parts} for hit in self.hits)


# Six faults in the time of one. Who deploys is not among them: its lease has to run out.
USUAL = Row(
    (
        Hit("kill", ("observe",)),
        Hit("kill", ("worker-scale",)),
        Hit("kill", ("nomad_api",)),
        Hit("kill", ("consul_api",)),
        Hit("kill", ("postgres",)),
        Hit("empty", ("valkey",)),
    )
)
# The first one says how long both take when nothing breaks.
ALL = (
    Row(()),
    *(Row((Hit(how, parts),)) for parts in PARTS for how in ("kill", "freeze")),
    Row((Hit("empty", ("valkey",)),)),
    Row((Hit("full", (*DEPLOY_WORKERS, "worker-scale", "observe", "cron", "gunicorn")),)),
    Row((Hit("full", ("nomad_api", "consul_api", "edge")),)),
)


@dataclass
class Came:
    """What came of a row: seconds from the first fault on, and requests at the edge.

    `back_s`: until the hurt parts ran again; `deployed_s` and `scaled_s`: until both had ended
    rightly; `well_s`: until the page of Muster's status had nothing to say. `silent_s`: from the
    begin of the first failed request to the end of the last one.
    """

    what: str
    back_s: float = 0.0
    deployed_s: float = 0.0
    scaled_s: float = 0.0
    well_s: float = 0.0
    requests: int = 0
    failed: int = 0
    silent_s: float = 0.0

    def count(self, requests: int, failed: Sequence[Seen]) -> None:
        """Nothing; the requests stand here, and over how many seconds some failed."""
        self.requests, self.failed = requests, len(failed)
        if failed:
            began = min(each.began for each in failed)
            self.silent_s = round(max(each.ended for each in failed) - began, 1)


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
