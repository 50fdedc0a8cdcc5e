from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.nomad import Event
from platform_admin.models import Instance
from platform_admin.pages.happened import happenings

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
EXCEEDED = 'Exceeded allowed attempts 1 in interval 1m0s and mode is "fail"'
LAUNCH = "failed to launch command with executor: rpc error: code = Unknown desc = "


@pytest.mark.parametrize(
    ("kind", "message", "details", "look", "words"),
    [
        ("Received", "Task received by client", {}, "off", "Its node took it on."),
        ("Started", "Task started by client", {}, "off", "Its process was started."),
        (
            "Terminated",
            "Exit Code: 7",
            {"exit_code": "7", "signal": "0", "oom_killed": "false"},
            "failed",
            "Its process ended with exit code 7.",
        ),
        (
            "Terminated",
            "Exit Code: 0",
            {"exit_code": "0", "signal": "0"},
            "off",
            "Its process ended with exit code 0.",
        ),
        (
            "Terminated",
            "Exit Code: 137, Signal: 9",
            {"exit_code": "137", "signal": "9", "oom_killed": "false"},
            "failed",
            "Its process was ended by signal 9 (SIGKILL), exit code 137.",
        ),
        (
            "Terminated",
            'Exit Code: 137, Exit Message: "OOM Killed"',
            {"exit_code": "137", "signal": "0", "oom_killed": "true"},
            "failed",
            "It took more memory than it may have, and was killed (out of memory).",
        ),
        ("Terminated", "Exit Code: 1", {}, "off", "Its process ended: Exit Code: 1."),
        (
            "Restarting",
            "Task restarting in 1.075171956s",
            {"start_delay": "1075171956", "restart_reason": "Restart within policy"},
            "off",
            "It is started again in 1.1 s.",
        ),
        (
            "Not Restarting",
            EXCEEDED,
            {"restart_reason": EXCEEDED, "fails_task": "true"},
            "failed",
            f"It is not started again: e{EXCEEDED[1:]}.",
        ),
        (
            "Killing",
            "Sent interrupt. Waiting 5s before force killing",
            {"kill_timeout": "5s"},
            "off",
            "It was told to stop, and is killed if it has not ended after 5s.",
        ),
        ("Killed", "Task successfully killed", {}, "off", "It was stopped."),
        (
            "Driver Failure",
            "x",
            {"driver_error": f'{LAUNCH}binary "/nope" could not be found'},
            "failed",
            'Its process could not be started: binary "/nope" could not be found',
        ),
        (
            "Failed Artifact Download",
            "refused",
            {},
            "failed",
            "Its archive could not be fetched: refused",
        ),
        (
            "Signaling",
            "Task being sent a signal",
            {"signal": "SIGHUP"},
            "off",
            "It was sent SIGHUP.",
        ),
        (
            "Restart Signaled",
            "User requested task to restart",
            {},
            "off",
            "Somebody asked for a restart.",
        ),
        ("Driver", "Downloading image", {}, "off", "Driver: Downloading image"),
        ("Some Failure", "", {}, "failed", "Some Failure."),
    ],
)
def test_an_event_is_a_sentence(
    kind: str, message: str, details: dict[str, str], look: str, words: str
) -> None:
    (found,) = happenings(Instance(), [Event(kind, message, NOW, details)])

    assert (found.at, found.look, found.words) == (NOW, look, words)


def test_when_its_checks_first_passed_stands_in_its_place() -> None:
    events = [
        Event("Received", "", NOW),
        Event("Started", "", NOW + timedelta(seconds=1)),
        Event("Killed", "", NOW + timedelta(seconds=60)),
    ]

    found = happenings(Instance(ready_after_s=4.2, port=20000), events)

    assert [each.at - NOW for each in found] == [timedelta(seconds=s) for s in (0, 1, 4.2, 60)]
    assert found[2].words == "Its checks pass: it was healthy 4.2 s after it was placed."


def test_checks_of_an_instance_whose_begin_is_forgotten_are_not_dated() -> None:
    found = happenings(Instance(ready_after_s=4.2), [Event("Killed", "", NOW)])

    assert [each.words for each in found] == ["It was stopped."]
