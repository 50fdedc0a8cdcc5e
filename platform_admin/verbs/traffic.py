from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import django_rq
from django.db import transaction
from django.utils import timezone

from platform_admin.models import Environment
from platform_admin.rules.permissions import Permission
from platform_admin.rules.traffic import EXAMPLE, RATE, SECONDS, traffic_errors
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.scope import require

QUEUE = "traffic"
SEND = "platform_admin.demo.traffic.run"
# Answers may come so much later than the last request; after that nothing is being sent.
GRACE_S = 45
SHOWN_S = 3600
# How exactly it is kept when requests failed.
FAILURE_SLOT_S = 0.25


@dataclass(frozen=True)
class Traffic:
    """Traffic that is or was sent to an environment. It is kept in the queue's server alone.

    `running`: until `until` at the latest, requests go out or answers are waited for; then that
    is when it ended.
    `failures`: starts of slots of FAILURE_SLOT_S (seconds since 1970), and how many failed then.
    """

    name: str
    rate: int
    until: datetime
    running: bool = True
    sent: int = 0
    late: int = 0
    failed: int = 0
    since: datetime | None = None
    failures: tuple[tuple[float, int], ...] = ()


@transaction.atomic
def start_traffic(
    actor: Actor, environment: Environment, *, rate: int = RATE, seconds: int = SECONDS
) -> Traffic:
    """Traffic on its way to the example: up to `rate` requests a second for so many seconds.

    Invalid: rate, seconds, traffic (another app than the example, or some is being sent).
    """
    team = environment.app.team
    require(actor, team, Permission.SCALE)
    errors = traffic_errors(rate, seconds)
    if (environment.app.slug, environment.slug) != EXAMPLE:
        errors["traffic"] = [f"Traffic goes to the example only: {'/'.join(EXAMPLE)}."]
    if errors:
        raise Invalid(errors)
    name, now = secrets.token_hex(4), timezone.now()
    until = now + timedelta(seconds=seconds + GRACE_S)
    _take(environment, name, seconds + GRACE_S)
    sent = Traffic(name, rate, until, since=now)
    note(environment.pk, sent)
    after = {"rate": rate, "seconds": seconds}
    audit.record(actor, "send traffic", environment, team=team, after=after)
    enqueue(QUEUE, SEND, environment.pk, name, rate, seconds)
    return sent


@transaction.atomic
def stop_traffic(actor: Actor, environment: Environment) -> None:
    """Nothing; what is being sent ends within a second or two. Harmless where nothing is."""
    team = environment.app.team
    require(actor, team, Permission.SCALE)
    if _redis().delete(_key(environment.pk, "turn")):
        audit.record(actor, "stop traffic", environment, team=team)


def traffic(environment: Environment) -> Traffic | None:
    """What is being sent, or was sent last; None where nothing was in the last hour."""
    kept = _redis().get(_key(environment.pk, "state"))
    if kept is None:
        return None
    found = _read(json.loads(kept))
    return replace(found, running=found.running and found.until > timezone.now())


def has_turn(environment_id: int, name: str) -> bool:
    """Whether this traffic may go on: nobody has stopped it, and its time is not over."""
    return bool(_redis().get(_key(environment_id, "turn")) == name.encode())


def end_turn(environment_id: int, name: str) -> None:
    """Nothing; further traffic may be started."""
    if has_turn(environment_id, name):
        _redis().delete(_key(environment_id, "turn"))


def note(environment_id: int, sent: Traffic) -> None:
    """Nothing; pages show this from now on."""
    row = {
        **asdict(sent),
        "until": sent.until.isoformat(),
        "since": sent.since.isoformat() if sent.since else None,
    }
    _redis().set(_key(environment_id, "state"), json.dumps(row), ex=SHOWN_S)


def _read(row: dict[str, Any]) -> Traffic:
    since = row.get("since")
    return Traffic(
        **{
            **row,
            "until": datetime.fromisoformat(row["until"]),
            "since": datetime.fromisoformat(since) if since else None,
            "failures": tuple((at, count) for at, count in row.get("failures", ())),
        }
    )


def _take(environment: Environment, name: str, seconds: int) -> None:
    """One at a time: the turn is taken, and ends by itself should its worker die."""
    if not _redis().set(_key(environment.pk, "turn"), name, nx=True, ex=seconds):
        said = "Traffic is being sent already: wait for its end, or stop it."
        raise Invalid({"traffic": [said]})


def _key(environment_id: int, what: str) -> str:
    return f"muster:traffic:{environment_id}:{what}"


def _redis() -> Any:
    return django_rq.get_connection(QUEUE)
