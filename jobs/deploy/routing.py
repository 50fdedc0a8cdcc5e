from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from platform_admin.rules.rollout import WHOLE, Colour, ColourRow, RolloutRow, other

SMOKED = frozenset({"watch", "ready", "shift"})


@dataclass(frozen=True)
class Routing:
    """What the rows say about the edge: which colour stands in which layer.

    `share` is the weight of `rollout.new` while traffic is shared, else None.
    """

    live: Colour | None
    other: Colour | None
    new: Colour
    share: Fraction | None
    smoke: Colour | None


def routing(rollout: RolloutRow, blue: ColourRow, green: ColourRow) -> Routing:
    """The layers of a service's rules, from the rows alone (releases.md, "The edge").

    A colour at share 1 is drawn as live, and then nothing is shared: a weighted service with
    a missing child does not exist at the edge, so a first release would never show.
    """
    rows = {"blue": blue, "green": green}
    share = rollout.next if rollout.moving else rollout.at
    live = rollout.new if share == WHOLE else rollout.live
    beside: Colour = rollout.new if live is None else other(live)
    return Routing(
        live=live,
        other=beside if rows[beside].verified else None,
        new=rollout.new,
        share=share if 0 < share < WHOLE else None,
        smoke=rollout.new if rollout.state in SMOKED else None,
    )
