"""A team's limits as forms give them and lists show them."""

from __future__ import annotations

from collections.abc import Mapping

from platform_admin.models import Quota
from platform_admin.rules.quota import Limits, Use


def limits_of(given: Mapping[str, int]) -> Limits:
    """What was typed, for the verbs."""
    return Limits(
        instances=given["instances"],
        cpu_mhz=given["cpu_mhz"],
        memory_mb=given["memory_mb"],
        surge_percent=given["surge_percent"],
    )


def limits_text(quota: Quota) -> str:
    """The quota in a line."""
    surge = f"surge {quota.surge_percent} %"
    return f"{use_text(Use(quota.instances, quota.cpu_mhz, quota.memory_mb))}, {surge}"


def use_text(use: Use) -> str:
    """What something takes, in a line."""
    return f"{use.instances} instances, {use.cpu_mhz} MHz, {use.memory_mb} MB"
