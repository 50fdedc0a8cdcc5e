"""What a schedule holds, in words made from an event's numbers."""

from __future__ import annotations

from typing import Literal

from scaler.rules.events import Event
from scaler.rules.figures import plain, waited
from scaler.rules.schedule import BY

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SAYS = {"least": "at least", "most": "at most"}
_A_DAY_S = 86_400
Which = Literal["least", "most"]


def limit(event: Event, which: Which) -> str:
    """`at least 5 until 18:00 by the schedule Weekdays`; empty where there is none."""
    if which not in event.numbers:
        return ""
    end = until(event, which)
    said = f"{_SAYS[which]} {plain(event.number(which))}{f' until {end}' if end else ''}"
    said += f" by the schedule {_name(event, which)}"
    ahead = event.number(f"{which}_in_s")
    return f"{said}, which begins in {waited(ahead)}" if ahead else said


def until(event: Event, which: Which) -> str:
    """`18:00`, with its day where that is further than one; empty where no end is in sight."""
    minute = event.numbers.get(f"{which}_until")
    if minute is None:
        return ""
    day, rest = divmod(int(minute), 1440)
    clock = f"{rest // 60:02}:{rest % 60:02}"
    return f"{DAYS[day]} {clock}" if event.number(f"{which}_left_s") >= _A_DAY_S else clock


def _name(event: Event, which: Which) -> str:
    names = (name for name in event.numbers if name.endswith(BY[which]))
    return next(names, "").removesuffix(BY[which])
