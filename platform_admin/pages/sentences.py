"""The one sentence that a person came for."""

from __future__ import annotations

from collections.abc import Sequence

from platform_admin.models import Service
from platform_admin.pages import clocks, waking
from platform_admin.pages.figures import NO_REQUESTS, NONE_WAITS, Figure
from platform_admin.pages.standing import Standing
from platform_admin.pages.words import count
from platform_admin.rules.lateness import SAID_MIN, Late
from scaler.rules.figures import seconds

_NOT_WELL = ("failed", "degraded", "starting")


def of_service(standing: Standing, answer: Figure | None = None) -> str:
    """How a service stands: "3 of 3 instances are healthy, on release 4; p95 84 ms of 200 ms."

    `answer` is how it answers what it is asked for; an old or an unknown one is not said.
    """
    counts, word = standing.counts, standing.state.word
    if standing.about.deletion_id is not None:
        return "It is being deleted."
    if word == "draft":
        return "Never live: release and deploy it to start it."
    if standing.release is None:
        return _never_live(standing)
    if standing.clock is not None:
        return clocks.sentence(standing.clock, release=standing.release, on=word != "off")
    if word == "off":
        return f"0 instances are wanted; release {standing.release} is live."
    if word == "asleep":
        return _asleep(standing)
    if word == "suspended":
        return f"Nothing of release {standing.release} runs until somebody resumes it."
    if word == "draining":
        said = f"0 instances are wanted, {counts.draining} draining"
        return f"{said}; release {standing.release} is live."
    said = f"{counts.healthy} of {count(counts.desired, 'instance')}"
    verb = "is" if counts.desired == 1 else "are"
    parts = [f"{said} {verb} healthy, on release {standing.release}"]
    if counts.starting:
        parts.append(f"{counts.starting} starting")
    if counts.draining:
        parts.append(f"{counts.draining} draining")
    if standing.rolling:
        parts.append("a deployment is moving it")
    if standing.late is not None:
        parts.append(_late(standing.late))
    elif answer is not None and answer.value and answer.as_of is None:
        parts.append(_answer(answer))
    return "; ".join(parts) + "."


def _late(late: Late) -> str:
    """The numbers: "p95 up to 612 ms in the last 3 minutes, over its target of 200 ms"."""
    reached = f"p95 up to {seconds(late.p95_s)} in the last {SAID_MIN} minutes"
    return f"{reached}, over its target of {seconds(late.target_s)}"


def _answer(figure: Figure) -> str:
    if figure.value in (NONE_WAITS, NO_REQUESTS):
        return "nothing waits" if figure.value == NONE_WAITS else figure.value
    label = figure.label if figure.label == "p95" else figure.label.lower()
    return f"{label} {figure.value} {figure.beside}".rstrip()


def of_environment(standings: Sequence[Standing]) -> str:
    """How an environment stands: what is not well by name, else how much of it is healthy."""
    if not standings:
        return "Nothing in it yet."
    for word in _NOT_WELL:
        named = [each for each in standings if each.state.word == word]
        if named:
            return _named(word, named)
    draining = [each for each in standings if each.state.word == "draining"]
    if draining:
        return f"{', '.join(each.name for each in draining)}: the last instances are draining."
    live = [each for each in standings if each.release is not None]
    if not live:
        return "Never live: release and deploy it."
    suspended = [each.name for each in live if each.state.word == "suspended"]
    if len(suspended) == len(live):
        return f"Nothing of {', '.join(suspended)} runs until somebody resumes it."
    healthy = sum(each.counts.healthy for each in live)
    wanted = sum(each.counts.desired for each in live)
    rest = len(standings) - len(live)
    said = f"{count(len(live), 'service')}, {healthy} of {count(wanted, 'instance')}"
    if suspended:
        said += f"; {', '.join(suspended)} suspended"
    return f"{said}." if not rest else f"{said}; {count(rest, 'service')} never live."


def _named(word: str, standings: Sequence[Standing]) -> str:
    """Those of one word: what is missing of them, then who answers too late with all it wants."""
    late = [each for each in standings if word == "degraded" and _whole(each)]
    said = [f"{each.name}: {_late(each.late)}." for each in late if each.late]
    crons = [each for each in standings if each.clock is not None and each.release is not None]
    said += [_of_cron(each) for each in crons]
    short = [each for each in standings if each not in (*late, *crons)]
    return " ".join([*([_short(word, short)] if short else []), *said])


def _of_cron(standing: Standing) -> str:
    if standing.state.word == "failed":
        return f"{standing.name}: nothing starts it, {standing.drift}."
    return f"{standing.name}: its last run did not succeed."


def _whole(standing: Standing) -> bool:
    """Whether only its answers are late: all instances that it wants are healthy."""
    return standing.late is not None and standing.counts.healthy >= standing.counts.desired


def _short(word: str, standings: Sequence[Standing]) -> str:
    names = ", ".join(each.name for each in standings)
    healthy = sum(each.counts.healthy for each in standings)
    wanted = sum(each.counts.desired for each in standings)
    instances = f"{healthy} of {count(wanted, 'instance')} healthy"
    if word != "failed":
        return f"{names}: {instances}."
    never = [each.name for each in standings if each.release is None]
    if never:
        return f"{', '.join(never)}: never live, the last deployment failed."
    return f"{names}: no healthy instance, {wanted} wanted."


def _asleep(standing: Standing) -> str:
    service = standing.about
    assert isinstance(service, Service), "a resource follows no load"
    return f"0 instances are wanted, on release {standing.release}; {waking.wakes(service)}."


def _never_live(standing: Standing) -> str:
    service = standing.about
    if isinstance(service, Service) and service.rollout.before is not None:
        return "Nothing of it runs while a deployment puts one release in another's place."
    if standing.rolling:
        return "A deployment brings it live for the first time."
    return "Never live: its last deployment failed."
