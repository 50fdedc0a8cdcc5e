"""What Nomad's 500 means, by the texts that a real one gave (recordings, Nomad 2.0.5)."""

from __future__ import annotations

import pytest

from jobs.errors import ClusterError, Conflict, Forbidden, Refused, Unavailable
from jobs.nomad.texts import meaning, not_started


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Enforcing job modify index 1: job exists with conflicting job modify index: 29",
            Conflict,
        ),
        ("Enforcing job modify index 0: job already exists", Conflict),
        ("Enforcing job modify index 7: job does not exist", Conflict),
        ("rpc error: Enforcing job modify index 0: job already exists", Conflict),
        ("rpc error: Permission denied", Forbidden),
        ("No cluster leader", Unavailable),
        ("leadership lost while committing log", Unavailable),
        ("rpc error: failed to get conn: dial tcp 10.0.0.1:4647: i/o timeout", Unavailable),
        ("rpc error: EOF", Unavailable),
        ("unexpected EOF", Unavailable),
        ("No path to region", Unavailable),
        ("keyring has not been initialized yet", Unavailable),
        ("raft apply: timed out enqueuing operation", Unavailable),
        ('1 error occurred: * job "a" is in nonexistent namespace "b"', Refused),
        ("rpc error: 1 error occurred: * Job ID contains a space", Refused),
        ("2 errors occurred: * Check timeout (0) is less than the minimum timeout", Refused),
        ('namespace "b" does not exist: timeout', Refused),
        ("alloc lookup failed: index error: UUID must be 36 characters", Refused),
        ("total count was greater than configured job_max_count: 60000 > 50000", Refused),
        ("", Refused),
    ],
)
def test_a_text_has_its_kind(text: str, kind: type[ClusterError]) -> None:
    assert meaning(text) is kind


def test_a_log_of_a_task_that_has_not_started_is_told_from_one_that_is_gone() -> None:
    assert not_started('nomad: task "main" not started yet. No logs available')
    assert not not_started('nomad: Unknown allocation "00000000-0000-0000-0000-000000000000"')
