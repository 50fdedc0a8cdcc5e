"""A decision step by step: what each saw and did, and what would have given another answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scaler.policies.why import speaker
from scaler.rules.causes import cause, signal
from scaler.rules.events import Event
from scaler.rules.figures import percent, plain, requests, seconds, waited
from scaler.rules.schedule_words import limit, until
from scaler.rules.steps import STEPS


@dataclass(frozen=True)
class Line:
    """One step: its name, the count before and after it, what it used, what would change it."""

    step: str
    before: int
    after: int
    used: str
    otherwise: str


def waterfall(event: Event) -> tuple[Line, ...]:
    """The lines of all steps in their order, made from the stored numbers alone."""
    return tuple(
        Line(step, event.before(step), event.after(step), *WORDS[step](event)) for step in STEPS[1:]
    )


def _freshness(event: Event) -> tuple[str, str]:
    used, unknown = event.number("signals"), event.number("silent")
    said = f"{plain(used - unknown)} of {plain(used)} signals known"
    return said, "A reading that comes back." if unknown else ""


def _proposal(event: Event) -> tuple[str, str]:
    if "expert" in event.numbers and signal(event) == "latency":
        return f"{cause(event)}; {speaker(event.numbers)}", ""
    known = "capacity" in event.numbers and "arrivals" in event.numbers
    if not known or signal(event) != "latency":
        return cause(event), ""
    demand = event.number("arrivals") + event.number("growth")
    waiting = event.number("backlog")
    said = f"{cause(event)}; {requests(demand)} to come"
    if waiting:
        said += f", {plain(waiting)} waiting to be done in {seconds(event.number('recovery_s'))}"
    each = event.number("capacity")
    said += f", {plain(each)}/s for each instance"
    than = "Less" if event.after("proposal") > event.start else "More"
    return said, f"{than} than {requests(each * event.start)} in all."


def _combine(event: Event) -> tuple[str, str]:
    unknown = event.number("unknown")
    if "instead" in event.numbers:
        return f"all unknown for {waited(event.number('unknown_s'))}", "A known reading."
    if unknown:
        return f"{plain(unknown)} unknown or incomplete", "All signals known: then also down."
    return "the highest wins", ""


def _tolerance(event: Event) -> tuple[str, str]:
    band = percent(event.number("tolerance"))
    moved = event.before("tolerance") != event.after("tolerance")
    return f"dead band {band}", f"A ratio more than {band} off its target." if moved else ""


def _stabilization(event: Event) -> tuple[str, str]:
    up, down = event.number("up_window_s"), event.number("down_window_s")
    said = f"agreed for {waited(event.number('agreed_s'))}; {waited(up)} up, {waited(down)} down"
    if event.before("stabilization") == event.after("stabilization"):
        return said, ""
    needed = up if event.before("stabilization") > event.start else down
    left = max(needed - event.number("agreed_s"), 0.0)
    return said, f"The same for {waited(left)} more."


def _rate(event: Event) -> tuple[str, str]:
    up = event.before("rate") > event.start
    limit = event.numbers.get("rate_up" if up else "rate_down")
    said = "no limit" if limit is None else f"{'up' if up else 'down'} to {plain(limit)} now"
    moved = event.before("rate") != event.after("rate")
    return said, "A new period, or a higher rate." if moved else ""


def _cooldown(event: Event) -> tuple[str, str]:
    up, down = event.number("up_left_s"), event.number("down_left_s")
    said = f"{waited(up)} left up, {waited(down)} left down"
    moved = event.before("cooldown") != event.after("cooldown")
    return said, f"{waited(max(up, down))} more." if moved else ""


def _schedule(event: Event) -> tuple[str, str]:
    said = ", ".join(filter(None, (limit(event, "least"), limit(event, "most")))) or "none"
    if event.before("schedule") == event.after("schedule"):
        return said, ""
    end = until(event, "least" if event.after("schedule") > event.before("schedule") else "most")
    return said, f"Another schedule, or its end at {end}." if end else "Another schedule."


def _override(event: Event) -> tuple[str, str]:
    if "override" not in event.numbers:
        return "none", ""
    if event.number("suspended"):
        return "suspended, until somebody resumes it", "Resuming it."
    if "override_left_s" not in event.numbers:
        return "set by hand without an end", "Ending it."
    left = waited(event.number("override_left_s"))
    return f"set by hand for {left} more", f"Ending it, or {left} more."


def _bounds(event: Event) -> tuple[str, str]:
    said = f"{plain(event.number('minimum'))} to {plain(event.number('maximum'))}"
    if event.after("bounds") < event.before("bounds"):
        return said, f"A maximum above {event.after('bounds')}."
    raised = event.after("bounds") > event.before("bounds")
    return said, f"A minimum below {event.after('bounds')}." if raised else ""


def _placement(event: Event) -> tuple[str, str]:
    if not event.number("unplaced"):
        return "everything has a place", ""
    return "instances wait for a place", "Room on a node."


def _quota(event: Event) -> tuple[str, str]:
    withheld = event.before("quota") - event.after("quota")
    if not withheld:
        return "room for it", ""
    return f"{withheld} held by the quota", "A larger quota, or room that others give back."


def _rollout(event: Event) -> tuple[str, str]:
    if not event.number("rolling"):
        return "nothing rolls", ""
    return "a release rolls", "The end of the release."


WORDS: dict[str, Callable[[Event], tuple[str, str]]] = {
    "freshness": _freshness,
    "proposal": _proposal,
    "combine": _combine,
    "tolerance": _tolerance,
    "stabilization": _stabilization,
    "rate": _rate,
    "cooldown": _cooldown,
    "schedule": _schedule,
    "override": _override,
    "bounds": _bounds,
    "placement": _placement,
    "quota": _quota,
    "rollout": _rollout,
}
