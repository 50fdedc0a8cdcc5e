"""The short windows, bounds and quota of the run: set for its time, and put back at its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from platform_admin.demo.run.example import Pause, bring_live, set_web, variables
from platform_admin.demo.run.plan import ROOM, SHORT, Bounds
from platform_admin.models import Environment, Quota, ScalingPolicy, Service
from platform_admin.rules.policy import PolicyFields, row_of
from platform_admin.rules.policy import fields_of as policy_of
from platform_admin.rules.quota import Limits
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.policies import policy_fields, save_policy
from platform_admin.verbs.quota import limits_of, used
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.teams import change_quota

NOTE = "demo-before.json"
Before = dict[str, Any]


@contextmanager
def short(environment: Environment) -> Iterator[list[str]]:
    """Around the run: what is different in it, a line a difference.

    What it was before is noted in the state folder first, so that the next run can make good what
    one that was killed has left.
    """
    _note().write_text(json.dumps(_now(environment)))
    try:
        yield _shorten(environment)
    finally:
        put_back(environment, pause=None)


def put_back(environment: Environment, pause: Pause | None) -> None:
    """Nothing; whatever a run has changed is as it was before. Harmless where none did.

    Where that takes a deployment it is asked for; with a pause its end is waited for.
    """
    if not _note().exists():
        return
    before = json.loads(_note().read_text())
    change_quota(SYSTEM, environment.app.team, Limits(**before["quota"]))
    for name, was in before["services"].items():
        policy = policy_of(was["policy"])
        _set(_service(environment, name), was["minimum"], was["maximum"], policy)
    set_web(environment, before["variables"])
    bring_live(environment, pause)
    _note().unlink()


def _note() -> Path:
    return Path(settings.MUSTER_STATE) / NOTE


def _now(environment: Environment) -> Before:
    return {
        "quota": asdict(_limits(environment)),
        "variables": variables(environment),
        "services": {name: _of(_service(environment, name)) for name in SHORT},
    }


def _of(service: Service) -> Before:
    policy = ScalingPolicy.objects.get(service=service)
    return {
        "minimum": service.minimum,
        "maximum": service.maximum,
        "policy": row_of(policy_fields(policy)),
    }


@transaction.atomic
def _shorten(environment: Environment) -> list[str]:
    limits = _limits(environment)
    own = sum(_service(environment, name).desired for name in SHORT)
    room = min(limits.instances, used(environment.app.team)[0].instances - own + ROOM)
    change_quota(SYSTEM, environment.app.team, replace(limits, instances=room))
    said = [f"quota {room} instances (else {limits.instances})"]
    for name, bounds in SHORT.items():
        said += _shorten_one(_service(environment, name), bounds)
    return said


def _shorten_one(service: Service, bounds: Bounds) -> list[str]:
    before = policy_fields(ScalingPolicy.objects.get(service=service))
    said = [f"{service.name} {bounds.minimum} to {bounds.maximum} instances"]
    if (service.minimum, service.maximum) != (bounds.minimum, bounds.maximum):
        said[0] += f" (else {service.minimum} to {service.maximum})"
    said += [
        f"{service.name} {name} {value} (else {getattr(before, name)})"
        for name, value in bounds.policy.items()
        if getattr(before, name) != value
    ]
    _set(service, bounds.minimum, bounds.maximum, replace(before, **bounds.policy))  # type: ignore[arg-type]
    return said


def _set(service: Service, minimum: int, maximum: int, policy: PolicyFields) -> None:
    fields = replace(fields_of(service), minimum=minimum, maximum=maximum)
    if fields != fields_of(service):
        change_service(SYSTEM, service, fields)
    save_policy(SYSTEM, service, policy)


def _limits(environment: Environment) -> Limits:
    return limits_of(Quota.objects.get(team=environment.app.team))


def _service(environment: Environment, name: str) -> Service:
    return environment.services.select_related("environment__app__team").get(name=name)
