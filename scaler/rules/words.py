"""The one sentence of a decision, made when it is read from the stored numbers alone."""

from __future__ import annotations

from collections.abc import Callable

from scaler.rules.causes import cause, condition
from scaler.rules.events import Event
from scaler.rules.figures import percent, plain, waited
from scaler.rules.schedule_words import limit
from scaler.rules.steps import STEPS

LIMITS = STEPS[STEPS.index("combine") :]


def sentence(event: Event) -> str:
    """`2 to 5: p95 312 ms over 200 ms; wanted 7, rate limit 6, quota 5.`, or why it stays."""
    if event.start == event.end:
        return f"Staying at {event.end}: {_why_it_stays(event)}."
    return f"{event.start} to {event.end}: {'; '.join(_why_it_moves(event))}."


def _why_it_moves(event: Event) -> list[str]:
    if "override" in event.numbers:
        first, later = _by_hand(event), LIMITS[LIMITS.index("bounds") :]
    elif not _by_its_load(event):
        first, later = "", LIMITS[LIMITS.index("schedule") :]
    else:
        first, later = cause(event), LIMITS
    said = [f"{SHORT[step](event)}" for step in later if event.before(step) != event.after(step)]
    if said and later is LIMITS and event.after("proposal") != event.start:
        said.insert(0, f"wanted {event.after('proposal')}")
    return [part for part in (first, ", ".join(said)) if part]


def _by_its_load(event: Event) -> bool:
    """Whether its load moves it, too, the way that it goes."""
    moved, wanted = event.end - event.start, event.after("cooldown") - event.start
    return wanted * moved > 0


def _why_it_stays(event: Event) -> str:
    if _rests(event):
        lowest = f"the minimum is {event.start}"
        least = lowest if event.start <= event.number("minimum") else limit(event, "least")
        return f"{cause(event)}; {least}"
    step = _last_moved(event)
    if step is None or step in ("freshness", "proposal"):
        return _by_hand(event) if "override" in event.numbers else cause(event)
    if "override" in event.numbers and step == "override":
        return _by_hand(event)
    return LONG[step](event)


def _rests(event: Event) -> bool:
    """Whether a minimum alone keeps it from less: no step after it is worth a word."""
    minimum = max(event.number("minimum"), event.number("least"))
    at_least = event.start <= minimum and event.after("tolerance") < event.start
    return at_least and "override" not in event.numbers


def _last_moved(event: Event) -> str | None:
    """The last step that moved the count; it brought a count that stays back to where it was."""
    moved = [step for step in STEPS[1:] if event.before(step) != event.after(step)]
    return moved[-1] if moved else None


def _by_hand(event: Event) -> str:
    if event.number("suspended"):
        return "suspended until somebody resumes it"
    if "override_left_s" in event.numbers:
        return f"set by hand for {waited(event.number('override_left_s'))} more"
    return "set by hand until somebody ends it"


def _scheduled(event: Event) -> str:
    return limit(event, "least" if event.after("schedule") > event.before("schedule") else "most")


def _bound(event: Event) -> str:
    raised = event.after("bounds") > event.before("bounds")
    return f"the {'minimum' if raised else 'maximum'} is {event.after('bounds')}"


def _unknown(event: Event) -> str:
    if event.after("combine") == int(event.number("instead", -1)):
        return f"{event.after('combine')}, as the policy says for an unknown load"
    unknown = event.number("unknown")
    verb = "is" if unknown == 1 else "are"
    return f"no fewer while {plain(unknown)} of its signals {verb} unknown"


def _window(event: Event) -> str:
    """How long the proposals have agreed, and after how long that counts."""
    up = event.before("stabilization") > event.start
    needed = event.number("up_window_s" if up else "down_window_s")
    agreed = min(event.number("agreed_s"), needed)
    does = "grows" if up else "shrinks"
    return f"{condition(event)} for {waited(agreed)}; it {does} after {waited(needed)}"


def _quota(event: Event) -> str:
    taken = ", services that come first need the rest" if event.after("quota") < event.start else ""
    return f"quota {event.after('quota')}{taken}"


def _left(event: Event) -> float:
    up = event.before("cooldown") > event.start
    return event.number("up_left_s" if up else "down_left_s")


Words = Callable[[Event], str]

SHORT: dict[str, Words] = {
    "combine": _unknown,
    "tolerance": lambda event: f"kept at {event.after('tolerance')} within the tolerance",
    "stabilization": lambda event: f"{event.after('stabilization')} over the whole window",
    "rate": lambda event: f"rate limit {event.after('rate')}",
    "cooldown": lambda event: f"kept at {event.after('cooldown')} by the cooldown",
    "schedule": _scheduled,
    "override": lambda event: f"set by hand {event.after('override')}",
    "bounds": _bound,
    "placement": lambda event: f"the cluster has room for {event.after('placement')}",
    "quota": _quota,
    "rollout": lambda event: f"kept at {event.after('rollout')} until the deployment ends",
}
"""What a step did to a count that moves."""

LONG: dict[str, Words] = {
    "combine": lambda event: f"wanted {event.before('combine')}, but {_unknown(event)}",
    "tolerance": lambda event: (
        f"{cause(event)}; wanted {event.before('tolerance')}, but that is within the tolerance of"
        f" {percent(event.number('tolerance'))}"
    ),
    "stabilization": _window,
    "rate": lambda event: (
        f"{cause(event)}; wanted {event.before('rate')}, rate limit {event.after('rate')}"
    ),
    "cooldown": lambda event: (
        f"{cause(event)}; wanted {event.before('cooldown')}, but the cooldown"
        f" lasts {waited(_left(event))} more"
    ),
    "schedule": lambda event: (
        f"{cause(event)}; wanted {event.before('schedule')}, {_scheduled(event)}"
    ),
    "override": lambda event: f"{cause(event)}; the count was set by hand",
    "bounds": lambda event: f"{cause(event)}; wanted {event.before('bounds')}, {_bound(event)}",
    "placement": lambda event: (
        f"{cause(event)}; wanted {event.before('placement')}, but the cluster has no room for more"
    ),
    "quota": lambda event: (
        f"{cause(event)}; wanted {event.before('quota')}, quota {event.after('quota')}"
    ),
    "rollout": lambda event: (
        f"wanted {event.before('rollout')}, but the count stays until the deployment ends"
    ),
}
"""What a step did that brought the count back to where it was."""
