"""What several processes do at once to one team: scaling, forms, deployments, persons, hands."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from platform_admin.models import Colour, Reservation, Rollout, Service, Team
from platform_admin.rules.quota import surge_room
from platform_admin.verbs import queue
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.desired import override, set_desired
from platform_admin.verbs.errors import VerbError
from platform_admin.verbs.quota import limits_of, locked, reserve, used
from platform_admin.verbs.reservations import one_of_each
from platform_admin.verbs.scaling import scale
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.suspending import resume, suspend
from tests.platform_admin.verbs.decisions import decision

NAMES = ("web", "api", "jobs", "mail")


def check(team: Team) -> None:
    """Both sums keep to their limits at this moment, and every row has what it must have."""
    with transaction.atomic():
        limits = limits_of(locked(team))
        desired, reserved = used(team)
        rows = list(Reservation.objects.filter(team=team).select_related("service"))
        counts = dict(Service.objects.values_list("pk", "desired"))
    surge = surge_room(limits, one_of_each(rows))
    for unit in ("instances", "cpu_mhz", "memory_mb"):
        assert getattr(desired, unit) <= getattr(limits, unit)
        assert getattr(reserved, unit) <= getattr(limits, unit) + getattr(surge, unit)
    assert {row.service_id: row.desired for row in rows} == counts
    assert all(row.instances >= row.desired for row in rows)


def work(team: Team, seed: int, times: int) -> None:
    """Prints what became of so many operations, a word each; the sums are looked at after each."""
    picks = random.Random(seed)
    doing = (scaled, scaled, counted, rolled, formed, taken, suspended)
    for number in range(times):
        try:
            print(picks.choice(doing)(team, picks))
        except VerbError:
            print("refused")
        if number % 10 == 0:
            check(team)


def scaled(team: Team, picks: random.Random) -> str:
    """What the scaler does: several services of the team in one decision."""
    some = picks.sample(list(Service.objects.all()), picks.randint(1, 4))
    made = [decision(service, picks.randint(0, 10)) for service in some]
    written = scale({team.pk: made}, datetime.now(UTC))
    return "scaled" if written.applied else "moved" if written.moved else "refused"


def counted(team: Team, picks: random.Random) -> str:
    """What a person does on the service's page."""
    done = set_desired(SYSTEM, _one(picks), picks.randint(0, 10))
    return "set" if done else "moved"


def taken(team: Team, picks: random.Random) -> str:
    """What another hand's count becomes."""
    override(_one(picks), picks.randint(0, 10), datetime.now(UTC) + timedelta(minutes=9), "a hand")
    return "taken"


def suspended(team: Team, picks: random.Random) -> str:
    """What a person does to a whole service: off, or on again."""
    service = _one(picks)
    if service.suspended_at is None:
        suspend(SYSTEM, service)
        return "suspended"
    resume(SYSTEM, service)
    return "resumed"


def formed(team: Team, picks: random.Random) -> str:
    """What a form does: other bounds, which move the count."""
    service = _one(picks)
    fields = fields_of(service)
    minimum = picks.randint(0, 3)
    changes = {"minimum": minimum, "maximum": max(minimum, picks.randint(4, 10))}
    change_service(SYSTEM, service, type(fields)(**{**vars(fields), **changes}))
    return "formed"


def rolled(team: Team, picks: random.Random) -> str:
    """What a deployment does to the sums: a hold of one for a service, or its end."""
    with transaction.atomic():
        quota = locked(team)
        service = Service.objects.select_for_update().get(pk=_one(picks).pk)
        hold = 0 if Rollout.objects.get(service=service).hold else 1
        Rollout.objects.filter(service=service).update(hold=hold)
        Colour.objects.filter(service=service, colour="green").update(stand_by=hold)
        reserve(quota, service)
    return "rolled"


def _one(picks: random.Random) -> Service:
    return Service.objects.get(name=picks.choice(NAMES))


def main(arguments: Sequence[str]) -> None:
    """One process on the test's database."""
    database, team, seed, times = arguments
    connection.settings_dict["NAME"] = database
    queue._send = lambda *_: None
    work(Team.objects.get(pk=int(team)), int(seed), int(times))
