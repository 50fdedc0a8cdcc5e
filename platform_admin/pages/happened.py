"""What happened to an instance, each event of Nomad as a sentence."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.nomad import Event
from platform_admin.models import Instance
from platform_admin.pages.words import duration

NANOSECOND = 1e-9
_LAUNCH = "failed to launch command with executor: rpc error: code = Unknown desc = "


@dataclass(frozen=True)
class Happening:
    """When something happened to an instance, how it looks, and what it was."""

    at: datetime
    look: str
    words: str


def happenings(instance: Instance, events: Iterable[Event]) -> list[Happening]:
    """All that is known, the newest last: Nomad's events, and when its checks first passed."""
    told = [_happening(event) for event in events]
    return sorted([*told, *_ready(instance, events)], key=lambda each: each.at)


def _ready(instance: Instance, events: Iterable[Event]) -> list[Happening]:
    """When it was first seen healthy; nothing where its begin has been forgotten."""
    placed = next((event.at for event in events if event.type == "Received"), None)
    if placed is None or instance.ready_after_s is None:
        return []
    took = duration(instance.ready_after_s)
    what = "Its checks pass" if instance.port else "It runs without a restart"
    at = placed + timedelta(seconds=instance.ready_after_s)
    return [Happening(at, "healthy", f"{what}: it was healthy {took} after it was placed.")]


def _happening(event: Event) -> Happening:
    look, words = _WORDS.get(event.type, _as_nomad_says)(event)
    return Happening(event.at, look, words)


def _as_nomad_says(event: Event) -> tuple[str, str]:
    look = "failed" if "Fail" in event.type or "Exceeded" in event.type else "off"
    return look, f"{event.type}: {event.message}" if event.message else f"{event.type}."


def _always(look: str, words: str) -> Callable[[Event], tuple[str, str]]:
    return lambda event: (look, words)


def _because(look: str, words: str, *keys: str) -> Callable[[Event], tuple[str, str]]:
    """The words, and the reason in one of the details, else in Nomad's sentence."""

    def told(event: Event) -> tuple[str, str]:
        said = next((event.details[key] for key in keys if event.details.get(key)), event.message)
        return look, f"{words}: {said.removeprefix(_LAUNCH)}" if said else f"{words}."

    return told


def _terminated(event: Event) -> tuple[str, str]:
    code, number = event.details.get("exit_code", ""), event.details.get("signal", "0")
    if event.details.get("oom_killed") == "true":
        return "failed", "It took more memory than it may have, and was killed (out of memory)."
    if number not in ("", "0"):
        return "failed", f"Its process was ended by {_signal(number)}, exit code {code}."
    if not code:
        return "off", f"Its process ended: {event.message}."
    return "off" if code == "0" else "failed", f"Its process ended with exit code {code}."


def _signal(number: str) -> str:
    try:
        return f"signal {number} ({signal.Signals(int(number)).name})"
    except ValueError:
        return f"signal {number}"


def _restarting(event: Event) -> tuple[str, str]:
    delay = event.details.get("start_delay", "")
    when = f" in {duration(int(delay) * NANOSECOND)}" if delay.isdigit() else ""
    return "off", f"It is started again{when}."


def _not_restarting(event: Event) -> tuple[str, str]:
    said = event.details.get("restart_reason") or event.message
    return "failed", f"It is not started again: {said[:1].lower()}{said[1:]}."


def _killing(event: Event) -> tuple[str, str]:
    reason = event.details.get("kill_reason", "")
    limit = event.details.get("kill_timeout", "")
    if event.details.get("fails_task") == "true":
        return "failed", f"It was stopped: {reason or event.message}."
    after = f", and is killed if it has not ended after {limit}" if limit else ""
    return "off", f"It was told to stop{f': {reason}' if reason else ''}{after}."


def _restart_signaled(event: Event) -> tuple[str, str]:
    reason = event.details.get("restart_reason") or event.message
    if reason in ("", "User requested task to restart"):
        return "off", "Somebody asked for a restart."
    return "off", f"A restart was asked for: {reason}."


def _signaling(event: Event) -> tuple[str, str]:
    return "off", f"It was sent {event.details.get('signal') or 'a signal'}."


# Nomad 2.0's words for events (nomad/structs, TaskEvent). A new one is told as Nomad tells it.
_WORDS: dict[str, Callable[[Event], tuple[str, str]]] = {
    "Received": _always("off", "Its node took it on."),
    "Task Setup": _always("off", "Its folder was made."),
    "Downloading Artifacts": _always("off", "Its archive is fetched."),
    "Failed Artifact Download": _because(
        "failed", "Its archive could not be fetched", "download_error"
    ),
    "Template": _because("off", "It waits for its variables"),
    "Setup Failure": _because("failed", "It could not be set up", "setup_error"),
    "Failed Validation": _because("failed", "It can not run as it is", "validation_error"),
    "Driver Failure": _because("failed", "Its process could not be started", "driver_error"),
    "Started": _always("off", "Its process was started."),
    "Terminated": _terminated,
    "Restarting": _restarting,
    "Not Restarting": _not_restarting,
    "Restart Signaled": _restart_signaled,
    "Signaling": _signaling,
    "Waiting for shutdown delay": _always(
        "off", "It drains: it gets nothing new, and is then told to stop."
    ),
    "Killing": _killing,
    "Killed": _always("off", "It was stopped."),
    "Reconnected": _always("off", "Its node answers again."),
    "Disk Resources Exceeded": _always("failed", "It wrote more to its disk than it may."),
}
