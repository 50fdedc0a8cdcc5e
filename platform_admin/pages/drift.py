"""Services whose live job was stopped or taken away in Nomad, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Max

from platform_admin.models import Colour, Environment
from platform_admin.pages.standing import Standing


@dataclass(frozen=True)
class Drift:
    """What is not in Nomad as it should be, and the release that brings it back."""

    sentence: str
    release: int


def drift_of(environment: Environment, standings: Sequence[Standing]) -> Drift | None:
    """The drift of these services of an environment, None where nothing drifted.

    What a deployment works on is being brought back already.
    """
    drifted = [each for each in standings if each.drift and not each.rolling]
    release = _newest_live(environment) if drifted else None
    if release is None:
        return None
    said = "; ".join(f"{each.name}: {each.drift}" for each in drifted)
    them = "it" if len(drifted) == 1 else "them"
    return Drift(f"{said}. Deploying release {release} again brings {them} back.", release)


def _newest_live(environment: Environment) -> int | None:
    """The number of the newest release that is live: an older one would take others back."""
    live = Colour.objects.filter(
        service__environment=environment, colour=F("service__rollout__live")
    )
    newest: int | None = live.aggregate(newest=Max("release__number"))["newest"]
    return newest
