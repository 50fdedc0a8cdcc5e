from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from platform_admin.rules.rollout import Colour, ColourRow, RolloutRow, other
from platform_admin.rules.split import split


@dataclass(frozen=True)
class Facts:
    """What was read from outside just now, beside the rows.

    `observed_at` is when the reading of Nomad's allocations began (seconds); `healthy` and
    `running` count instances of each colour's present release, `running` those that have not
    ended, draining ones too, `failed` those that Nomad has given up since the
    state began. `job_most` is the largest count that Nomad lets a colour's job have, without an
    entry where no job stands, `job_count` the count that it has. Without a port, all that
    concerns the edge and the slug holds.
    """

    observed_at: float = 0.0
    healthy: Mapping[Colour, int] = field(default_factory=dict)
    running: Mapping[Colour, int] = field(default_factory=dict)
    failed: Mapping[Colour, int] = field(default_factory=dict)
    job_most: Mapping[Colour, int] = field(default_factory=dict)
    job_count: Mapping[Colour, int] = field(default_factory=dict)
    tree_written: bool = True
    edges_show: bool = True
    job_has_slug: Mapping[Colour, bool] = field(default_factory=dict)
    slug_passing: Mapping[Colour, bool] = field(default_factory=dict)
    smoke: str = "ok"


@dataclass(frozen=True)
class View:
    """All that a decision about one service of a deployment reads.

    `room` is how many instances the service may have in all, the team's surge included; it is
    never less than `desired + rollout.hold`. `by_clock`: a cron, which is one job and no count.
    Of a service that is `alone` never two run.
    """

    now: float
    desired: int
    has_port: bool
    start_limit_s: float
    release: int
    room: int
    rollout: RolloutRow
    blue: ColourRow
    green: ColourRow
    facts: Facts = Facts()
    by_clock: bool = False
    alone: bool = False

    def row(self, colour: Colour) -> ColourRow:
        """The row of a colour."""
        return self.blue if colour == "blue" else self.green

    @property
    def new(self) -> ColourRow:
        """The row of the colour that is not live, or becomes live."""
        return self.row(self.rollout.new)

    @property
    def old(self) -> ColourRow:
        """The row of the other one."""
        return self.row(other(self.rollout.new))

    @property
    def late(self) -> bool:
        """Whether the state under way has lasted longer than the start-up limit."""
        return self.now > self.rollout.state_at + self.start_limit_s

    def entered(self, state: str, **changes: object) -> RolloutRow:
        """The rollout as it enters a state now, with these changes."""
        return replace(self.rollout, state=state, state_at=self.now, **changes)  # type: ignore[arg-type]

    def wanted(self, colour: Colour) -> int:
        """The count that a colour should have by the split."""
        return split(self.desired, self.rollout, self.row(colour))

    def settled(self, colour: Colour) -> bool:
        """Whether Nomad has acknowledged the count that the split asks for."""
        return self.row(colour).acknowledged == self.wanted(colour)

    def fresh(self, colour: Colour) -> bool:
        """Whether the observation was read after the acknowledgement of a settled count."""
        return self.settled(colour) and self.facts.observed_at >= self.row(colour).acknowledged_at

    def whole(self, colour: Colour) -> bool:
        """Whether a colour is seen healthy at its split."""
        return self.fresh(colour) and self.facts.healthy.get(colour, 0) >= self.wanted(colour)

    def dead(self, colour: Colour) -> bool:
        """Whether a colour is seen with no healthy instance at all."""
        return self.fresh(colour) and self.facts.healthy.get(colour, 0) == 0

    def gone(self, colour: Colour) -> bool:
        """Whether nothing of a colour runs any more."""
        row = self.row(colour)
        seen = self.facts.observed_at >= row.acknowledged_at
        return row.acknowledged == 0 and seen and self.facts.running.get(colour, 0) == 0
