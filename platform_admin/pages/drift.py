"""Services whose live job was stopped or taken away in Nomad, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from platform_admin.models import Environment
from platform_admin.pages.standing import Standing
from platform_admin.verbs.bring_back import newest_live


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
    release = newest_live(environment) if drifted else None
    if release is None:
        return None
    said = "; ".join(f"{each.name}: {each.drift}" for each in drifted)
    them = "it" if len(drifted) == 1 else "them"
    number = release.number
    return Drift(f"{said}. Deploying release {number} again brings {them} back.", number)
