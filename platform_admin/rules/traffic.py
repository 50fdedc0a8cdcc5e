"""How much traffic may be sent to the example at the press of a button. Pure."""

from __future__ import annotations

from platform_admin.rules.fields import Errors, collected

# The app and environment that traffic may be sent to, and no other.
EXAMPLE = ("shop", "production")
MOST_RATE, MOST_S = 200, 120
RATE, SECONDS = 120, 60
GROWS_S = 30
"""So long it grows evenly from `FIRST_SHARE` of its rate, so that counts can follow."""
FIRST_SHARE = 0.1


def grows_s(seconds: float) -> float:
    """How many of so many seconds it grows in: half of them where they are few."""
    return min(GROWS_S, seconds / 2)


def traffic_errors(rate: int, seconds: int) -> Errors:
    """What is wrong with so many requests a second for so many seconds, by field."""
    return collected(
        (
            ("rate", _between(rate, MOST_RATE, "requests a second")),
            ("seconds", _between(seconds, MOST_S, "seconds")),
        )
    )


def _between(found: int, most: int, what: str) -> str | None:
    if 1 <= found <= most:
        return None
    return f"{found} is out of range: use 1 to {most} {what}."
