from __future__ import annotations

from fractions import Fraction
from math import ceil

from platform_admin.rules.rollout import WHOLE, Colour, ColourRow, RolloutRow


def share_of(colour: Colour, rollout: RolloutRow) -> Fraction:
    """The larger of a colour's shares before and after the move under way, 0 to 1.

    While traffic moves both sides must be large enough for what they had and what they get.
    """
    if colour == rollout.new:
        return max(rollout.at, rollout.next)
    if rollout.live is None:
        return Fraction(0)
    return WHOLE - min(rollout.at, rollout.next)


def split(desired: int, rollout: RolloutRow, row: ColourRow) -> int:
    """How many instances a colour should run, of `desired` that carry traffic or take work."""
    return max(row.stand_by, ceil(desired * share_of(row.colour, rollout)))


def reserved(desired: int, rollout: RolloutRow, colours: tuple[ColourRow, ColourRow]) -> int:
    """How many instances a service must have reserved: it falls only at an acknowledgement.

    `at_most` is what may still run of a colour, `hold` the surge that its deployment keeps.
    """
    running = sum(max(split(desired, rollout, row), row.at_most) for row in colours)
    return max(desired + rollout.hold, running)
