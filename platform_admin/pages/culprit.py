"""Which service a deployment failed at."""

from __future__ import annotations

import re
from collections.abc import Collection

from platform_admin.models import Deployment

_ABOUT = re.compile(r"(?:The release command of )?([a-z0-9-]+)")


def culprit(deployment: Deployment, names: Collection[str]) -> str:
    """The service whose form may have to change; "" where nothing failed, or none is named."""
    failed = deployment.state == Deployment.State.FAILED
    return named_first(deployment.reason, names) if failed else ""


def named_first(reason: str, names: Collection[str]) -> str:
    """The service that the reason is about, "" where it names none."""
    word = _ABOUT.match(reason)
    return word.group(1) if word and word.group(1) in names else ""
