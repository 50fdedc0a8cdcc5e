"""Zones whose clocks change in different ways, and instants around their changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from scaler.rules.windows import Window

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")
SANTIAGO = ZoneInfo("America/Santiago")
AZORES = ZoneInfo("Atlantic/Azores")
ZONES = (BERLIN, NEW_YORK, LORD_HOWE, KOLKATA, SANTIAGO, AZORES)
CHANGES = {
    BERLIN: (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    NEW_YORK: (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    LORD_HOWE: (datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC)),
    SANTIAGO: (datetime(2026, 9, 6, 4, tzinfo=UTC), datetime(2026, 4, 5, 3, tzinfo=UTC)),
    AZORES: (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
}
"""When clocks are put forward and back in 2026; at midnight in Santiago and on the Azores."""

_ANY = datetime(2026, 6, 10, 12, tzinfo=UTC)
_COUNT = st.one_of(st.none(), st.integers(0, 9))
_TIME = st.one_of(
    st.sampled_from([time(), time(2), time(2, 30), time(3)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)


def at(zone: ZoneInfo, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    """The first instant at which the zone's clocks show this, seconds since 1970."""
    return datetime(year, month, day, hour, minute, tzinfo=zone).timestamp()


@st.composite
def situations(draw: st.DrawFn) -> tuple[tuple[Window, ...], ZoneInfo, float]:
    """Some windows, a zone, and an instant that is often close to a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    near = draw(st.sampled_from([*CHANGES.get(zone, ()), _ANY]))
    instant = near + timedelta(seconds=draw(st.integers(-3 * 86_400, 3 * 86_400)))
    windows = draw(st.lists(_windows(near.date()), max_size=4))
    return tuple(windows), zone, instant.timestamp()


@st.composite
def _windows(draw: st.DrawFn, near: date) -> Window:
    name, start, end = draw(st.sampled_from("ABC")), draw(_TIME), draw(_TIME)
    least, most = draw(_COUNT), draw(_COUNT)
    if draw(st.booleans()):
        days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
        return Window(name, days, start=start, end=end, least=least, most=most)
    first = near + timedelta(days=draw(st.integers(-3, 3)))
    last = first + timedelta(days=draw(st.integers(0, 2)))
    return Window(name, first=first, last=last, start=start, end=end, least=least, most=most)
