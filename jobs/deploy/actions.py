from __future__ import annotations

from dataclasses import dataclass

from platform_admin.rules.rollout import Colour, ColourRow, RolloutRow


@dataclass(frozen=True)
class Rows:
    """Write these rows in one transaction, if the rollout's version is still the one read."""

    rollout: RolloutRow
    colours: tuple[ColourRow, ...] = ()


@dataclass(frozen=True)
class WriteTree:
    """Bring the edge's keys to what the rows say, under the rollout's version."""


@dataclass(frozen=True)
class WriteVariable:
    """Write the new colour's Nomad Variable: complete values, links resolved."""


@dataclass(frozen=True)
class Register:
    """Register the new colour's job with a count of 0 and without the slug."""


@dataclass(frozen=True)
class CheckJob:
    """Ask Nomad whether it would take the new colour's job; nothing is registered."""


@dataclass(frozen=True)
class StartClock:
    """Register a cron's one job as this colour has it; what runs of it goes on.

    `again`: as it was registered when it was live, not anew.
    """

    colour: Colour
    again: bool = False


@dataclass(frozen=True)
class StopClock:
    """Stop a cron's one job; what runs of it goes on."""


@dataclass(frozen=True)
class AddSlug:
    """Add the slug's entry to a colour's job, in place."""

    colour: Colour


@dataclass(frozen=True)
class TakeSlug:
    """Take the slug's entry from a colour's job, in place."""

    colour: Colour


@dataclass(frozen=True)
class Limit:
    """Let a colour's job have at most so many instances, whoever asks Nomad for more; in place."""

    colour: Colour
    most: int


@dataclass(frozen=True)
class Wait:
    """Nothing to do now; the reason is shown on the deployment's page."""

    reason: str


@dataclass(frozen=True)
class Fail:
    """The service can not go on: the deployment is undone for this reason."""

    reason: str


@dataclass(frozen=True)
class Done:
    """The service is released from its deployment."""


Action = (
    Rows
    | WriteTree
    | WriteVariable
    | Register
    | CheckJob
    | StartClock
    | StopClock
    | AddSlug
    | TakeSlug
    | Limit
    | Wait
    | Fail
    | Done
)
