"""A service's past under another policy: asked for, worked on elsewhere, kept for some minutes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import django_rq
from redis import RedisError

from platform_admin.models import Service
from platform_admin.rules.permissions import Permission
from platform_admin.rules.policy import PolicyFields, policy_errors, row_of
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.scope import require

QUEUE = "replay"
RUN = "scaler.loop.replays.run"
KEPT_S = 900
WAITS_S = 120
"""What nobody has taken up by then is not begun any more."""
LARGEST = 255


@dataclass(frozen=True)
class Replay:
    """What is known of a replay: `share` of it is done; `result` once all is.

    `trouble`: why there will be none, in words. `typed` and the bounds are what was asked for,
    `before` is the result of the person's replay before.
    """

    typed: Mapping[str, Any]
    minimum: int
    maximum: int
    share: float = 0.0
    result: Mapping[str, Any] | None = None
    trouble: str = ""
    before: Mapping[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self.result is not None or bool(self.trouble)

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return int(100 * self.share)


def start_replay(
    actor: Actor, service: Service, fields: PolicyFields, minimum: int, maximum: int
) -> str:
    """The name of a replay on its way: the service's last week under this policy.

    One for each person: another one that still runs ends. Invalid: what can not be a
    policy, bounds that can not be, the server of the queues being away.
    """
    require(actor, service.environment.app.team, Permission.VIEW_APP)
    errors = policy_errors(fields, service.kind, maximum)
    if not 0 <= minimum <= maximum:
        said = f"At least {minimum} is above at most {maximum}: lower the one or raise the other."
        errors.setdefault("minimum", []).append(said)
    if maximum > LARGEST:
        errors.setdefault("maximum", []).append(f"At most {LARGEST} can be replayed.")
    if errors:
        raise Invalid(errors)
    name = secrets.token_urlsafe(12)
    try:
        before = _before(service.pk, person(actor))
        replay = Replay(row_of(fields), minimum, maximum, before=before)
        _redis().set(_key(service.pk, person(actor), name), _written(replay), ex=KEPT_S)
        for turn in (_newest(service.pk, person(actor)), _turn(person(actor))):
            _redis().set(turn, name, ex=KEPT_S)
    except RedisError as error:
        said = "The server of the queues does not answer: try again in a moment."
        raise Invalid({"replay": [said]}) from error
    enqueue(QUEUE, RUN, service.pk, person(actor), name, ttl_s=WAITS_S)
    return name


def person(actor: Actor) -> int:
    """Whose replays they are: a key, 0 for the platform itself."""
    return actor.user.pk if actor.user else 0


def replay_of(service: int, user: int, name: str) -> Replay | None:
    """The person's replay of this name, None where it is not kept any more."""
    try:
        found = _redis().get(_key(service, user, name))
    except RedisError:
        return None
    return Replay(**json.loads(found)) if found else None


def tell(service: int, user: int, name: str, replay: Replay) -> bool:
    """Keeps how far it is; whether it is wanted still, and the person asked for no newer one."""
    newest = _redis().get(_turn(user))
    if newest is None or newest.decode() != name:
        return False
    put(service, user, name, replay)
    return True


def put(service: int, user: int, name: str, replay: Replay) -> None:
    """Keeps it as it is, for some minutes."""
    _redis().set(_key(service, user, name), _written(replay), ex=KEPT_S)


def _before(service: int, user: int) -> Mapping[str, Any] | None:
    """The newest result that the person has seen of the service."""
    newest = _redis().get(_newest(service, user))
    last = replay_of(service, user, newest.decode()) if newest else None
    return (last.result or last.before) if last else None


def _written(replay: Replay) -> str:
    return json.dumps(asdict(replay))


def _newest(service: int, user: int) -> str:
    return f"muster:replay:{service}:{user}"


def _turn(user: int) -> str:
    return f"muster:replay-of:{user}"


def _key(service: int, user: int, name: str) -> str:
    return f"{_newest(service, user)}:{name}"


def _redis() -> Any:
    return django_rq.get_connection(QUEUE)
