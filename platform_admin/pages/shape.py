"""Series as shapes of SVG: pure, from arrays to coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scaler.rules.arrays import Floats

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def line(values: Floats, top: float, height: float) -> str:
    """The path through the middles of the buckets, from `height` for 0 up to 0 for `top`.

    One unit wide a bucket. What is unknown is a gap; a value that stands alone is a dot.
    """
    return "".join(
        f"M{'L'.join(_points(values, run, top, height))}" + ("h0" if len(run) == 1 else "")
        for run in _runs(values)
    )


def area(values: Floats, top: float, height: float) -> str:
    """The same, filled down to 0; a value that stands alone has no width."""
    return "".join(
        f"M{_x(run[0])} {_short(height)}L{'L'.join(_points(values, run, top, height))}"
        f"L{_x(run[-1])} {_short(height)}z"
        for run in _runs(values)
    )


def steps(values: Floats, top: float, height: float) -> str:
    """The path that keeps each value for the whole bucket; what is unknown is a gap."""
    return "".join(_stairs(values, run, top, height) for run in _runs(values))


def ticks(most: float, many: int, whole: bool = False) -> tuple[float, ...]:
    """Round numbers from 0 to `most` or just above: some `many` of them, the last is the top."""
    if not most > 0:
        return (0.0, 1.0)
    least = most / many
    power = 10.0 ** np.floor(np.log10(least))
    step = next(power * each for each in _STEPS if power * each >= least * (1 - 1e-9))
    if whole:
        step = max(np.ceil(step), 1.0)
    return tuple(float(step * number) for number in range(int(np.ceil(most / step - 1e-9)) + 1))


def most_of(*series: Floats) -> float:
    """The largest known number, 0 for none."""
    known = [float(np.nanmax(each)) for each in series if not np.isnan(each).all()]
    return max(known, default=0.0)


def _runs(values: Floats) -> Iterator[Sequence[int]]:
    """The places of what is known, in runs without a gap."""
    known = np.flatnonzero(~np.isnan(values))
    if known.size:
        for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
            yield run.tolist()


def _points(values: Floats, run: Sequence[int], top: float, height: float) -> list[str]:
    return [f"{_x(place)} {_y(values[place], top, height)}" for place in run]


def _stairs(values: Floats, run: Sequence[int], top: float, height: float) -> str:
    path, before = f"M{run[0]} {_y(values[run[0]], top, height)}", values[run[0]]
    for place in run[1:]:
        if values[place] != before:
            before = values[place]
            path += f"H{place}V{_y(before, top, height)}"
    return f"{path}H{run[-1] + 1}"


def _x(place: int) -> str:
    return f"{place}.5"


def _y(value: float, top: float, height: float) -> str:
    share = min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
    return _short(height * (1 - share))


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
