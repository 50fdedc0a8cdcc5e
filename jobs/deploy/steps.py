from __future__ import annotations

from jobs.deploy import record
from jobs.deploy.actions import Action, Wait
from platform_admin.models import Deployment, Service
from platform_admin.rules.contract import trouble

NAMES = {
    "values": "Write variables",
    "register": "Register",
    "watch": "Watch health",
    "ready": "Wait for the others",
    "shift": "Shift",
    "start": "Start the new release",
    "slug_off": "Mark live",
    "stand_by": "Watch the live instances",
    "steady": "Watch the live instances",
    "clean": "Clean up",
    "undo": "Put back",
    "undone": "Put away",
}


def said(deployment: Deployment, service: Service, state: str, action: Action) -> None:
    """Write what is done about a service into the row of the step that its state belongs to."""
    name = NAMES.get(state)
    if name:
        output = _waiting(service, action) if isinstance(action, Wait) else None
        record.step(deployment, name, service=service, output=output)


def _waiting(service: Service, action: Wait) -> str:
    """What is waited for, and what Nomad last said of each instance under way."""
    waiting = service.instances.filter(ended=False, healthy=False).order_by("job", "number")
    said = [f"{row.job}[{row.number}] {row.client_status}{_of(row.last_event)}" for row in waiting]
    return "\n".join([action.reason.capitalize(), *said])


def _of(event: str) -> str:
    """What was last said of an instance; nothing listens, for one, until it has started."""
    why = trouble(event)
    return f", not healthy yet: {why}" if why else f": {event}"
