from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.nomad.allocation import read_allocation
from jobs.runs.outcome import OVERDUE, Outcome, outcome

SECOND = 10**9
STARTED, ENDED = 1_790_000_000, 1_790_000_007
EVENT: dict[str, Any] = {"DisplayMessage": "", "Time": STARTED * SECOND}


def seen(status: str, *events: dict[str, Any], **more: object) -> Outcome:
    """What an instance in this status, with these events, comes to."""
    task = {"State": "dead", "Events": list(events), "FinishedAt": None}
    body = {
        "ID": "a", "Name": "j.main[0]", "Namespace": "n", "JobID": "j", "JobVersion": 0,
        "DesiredStatus": "run", "ClientStatus": status, "CreateTime": 0,
        "ModifyTime": ENDED * SECOND, "ModifyIndex": 1, "TaskStates": {"main": task},
    }  # fmt: skip
    cancelled = str(more.pop("cancelled_by", ""))
    return outcome(read_allocation(body | more), limit_s=600, cancelled_by=cancelled)


def event(kind: str, **more: object) -> dict[str, Any]:
    return EVENT | {"Type": kind} | more


BEGUN = event("Started")


def ended(code: int) -> dict[str, Any]:
    return event("Terminated", ExitCode=code)


@pytest.mark.parametrize(
    ("found", "state", "reason", "code"),
    [
        (seen("pending"), "waiting", "", None),
        (seen("running", BEGUN), "running", "", None),
        (seen("complete", BEGUN, ended(0)), "succeeded", "", 0),
        (seen("failed", BEGUN, ended(3)), "failed", "It ended with exit code 3.", 3),
        (
            seen("failed", BEGUN, ended(137)),
            "failed",
            "It was killed (exit code 137): by somebody, or for want of memory.",
            137,
        ),
        (
            seen("complete", BEGUN, ended(130), ClientDescription=OVERDUE),
            "overdue",
            "It ran longer than its time limit of 600 s and was ended.",
            130,
        ),
        (
            seen("complete", BEGUN, ended(0), DesiredStatus="stop", cancelled_by="dana"),
            "cancelled",
            "Cancelled by dana.",
            0,
        ),
        (seen("complete", BEGUN, ended(0), cancelled_by="dana"), "succeeded", "", 0),
        (
            seen("complete", BEGUN, ended(130), DesiredStatus="stop"),
            "failed",
            "It was stopped in Nomad.",
            130,
        ),
        (seen("lost", BEGUN), "failed", "Its node was lost while it ran.", None),
        (
            seen("failed", event("Driver Failure", DisplayMessage="no such file")),
            "failed",
            "It did not run: no such file",
            None,
        ),
    ],
)
def test_what_nomad_says_becomes_a_word_and_a_sentence(
    found: Outcome, state: str, reason: str, code: int | None
) -> None:
    assert (found.state, found.reason, found.exit_code) == (state, reason, code)


def test_it_tells_when_a_run_started_and_ended() -> None:
    found = seen("complete", BEGUN, ended(0))
    assert found.started_at == datetime.fromtimestamp(STARTED, UTC)
    assert found.ended_at == datetime.fromtimestamp(ENDED, UTC)
    assert seen("running", BEGUN).ended_at is None
