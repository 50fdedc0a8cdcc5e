from __future__ import annotations

from platform_admin.models import Service
from platform_admin.rules.contract import elsewhere, trouble
from platform_admin.rules.rollout import Colour


def why(service: Service, colour: Colour, log: str) -> str:
    """Why an instance of a colour runs and is not healthy, in words; "" where nothing says it.

    `log` is what it last wrote: it may give away where the program listens instead.
    """
    running = service.instances.filter(colour=colour, ended=False, healthy=False)
    for row in running.order_by("number"):
        if said := trouble(row.last_event):
            hint = elsewhere(log, row.port) if said.startswith("Nothing listens") else ""
            return f"{said} {hint}".strip()
    return ""
