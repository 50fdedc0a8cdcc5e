from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """How much of a team's quota something takes: instances, MHz, MB."""

    instances: int = 0
    cpu_mhz: int = 0
    memory_mb: int = 0

    def __add__(self, other: Use) -> Use:
        # Written out: the scaler adds up thousands of these every tick.
        return Use(
            self.instances + other.instances,
            self.cpu_mhz + other.cpu_mhz,
            self.memory_mb + other.memory_mb,
        )

    @property
    def figures(self) -> tuple[int, int, int]:
        """The three in this order."""
        return self.instances, self.cpu_mhz, self.memory_mb

    def __mul__(self, count: int) -> Use:
        return Use(count * self.instances, count * self.cpu_mhz, count * self.memory_mb)


@dataclass(frozen=True)
class Limits:
    """What a team may use at rest, and how much more in percent while deployments run."""

    instances: int
    cpu_mhz: int
    memory_mb: int
    surge_percent: int = 25

    @property
    def use(self) -> Use:
        """The limits as a use."""
        return Use(self.instances, self.cpu_mhz, self.memory_mb)


UNITS = (("instances", "instances"), ("cpu_mhz", "MHz of CPU"), ("memory_mb", "MB of memory"))


def largest(*uses: Use) -> Use:
    """The largest of each figure of `uses`, zeros for none."""
    if not uses:
        return Use()
    return Use(*(max(column) for column in zip(*(use.figures for use in uses), strict=True)))


def grown(before: Use, after: Use, total: Use) -> Use:
    """`total` where the figure grew from `before` to `after`, 0 elsewhere.

    A smaller quota takes nothing back: only what grows is held against it.
    """
    rows = zip(before.figures, after.figures, total.figures, strict=True)
    return Use(*(t if a > b else 0 for b, a, t in rows))


def surge_room(limits: Limits, one_of_each: Use) -> Use:
    """What deployments may take beyond the limits: a share, at least one of every service."""
    share = Use(*(figure * limits.surge_percent // 100 for figure in limits.use.figures))
    return largest(share, one_of_each)


def shortage(limits: Limits, surge: Use, desired: Use, reserved: Use) -> str | None:
    """Why the team's sums do not fit, as a sentence with what to do; None where they fit.

    `desired` is the sum of what should carry traffic, held against the limits; `reserved` the
    sum with all surges, held against limits and `surge` together.
    """
    at_rest = _over(desired, limits.use)
    if at_rest:
        wanted, has, unit = at_rest
        return (
            f"This needs {wanted} {unit} in all, and the team's quota is {has}:"
            f" {wanted - has} too many. Use fewer or smaller instances, or ask an operator"
            " for a larger quota."
        )
    rolling = _over(reserved, limits.use + surge)
    if rolling:
        wanted, has, unit = rolling
        return (
            f"This needs {wanted} {unit} while deployments run, and quota and surge give {has}:"
            f" {wanted - has} too many. Wait until a deployment has ended, or free some."
        )
    return None


def short_of(limits: Limits, surge: Use, desired: Use, reserved: Use) -> str | None:
    """The name of the first figure that does not fit: instances, cpu_mhz or memory_mb."""
    for name, _ in UNITS:
        limit = getattr(limits, name)
        over_at_rest = getattr(desired, name) > limit
        if over_at_rest or getattr(reserved, name) > limit + getattr(surge, name):
            return name
    return None


def _over(wanted: Use, has: Use) -> tuple[int, int, str] | None:
    for name, unit in UNITS:
        if getattr(wanted, name) > getattr(has, name):
            return getattr(wanted, name), getattr(has, name), unit
    return None
