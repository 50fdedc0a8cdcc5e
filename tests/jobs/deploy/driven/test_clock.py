"""The clock jumps by an hour in the midst of a deployment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy import lease, loop
from jobs.observe import loop as observer
from platform_admin.models import Cell, Deployment, Service
from tests.jobs.deploy.driven.drive import drive, queued
from tests.jobs.deploy.driven.jump import jump
from tests.jobs.deploy.driven.settled import check_settled
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

pytestmark = pytest.mark.full

HOUR = timedelta(hours=1)
IN_THE_MIDST = ("watch", "shift", "slug_off")


def look_again() -> None:
    """Nothing; the observer had its round."""
    for cell in Cell.objects.all():
        observer._round(cell, observer.Kept())


def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The deployments that are due, once the observer has had its round."""
    found: list[object] = []
    monkeypatch.setattr(loop, "enqueue", lambda *args, **_: found.append(args[2]))
    look_again()
    loop.due()
    return found


@pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "forward"])
@pytest.mark.parametrize("state", IN_THE_MIDST)
def test_a_deployment_goes_on_and_succeeds(
    world: World,
    cluster: Inside,
    web: Service,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    by: timedelta,
) -> None:
    deployment = drive(cluster, queued(world), until=state)
    jump(by)

    assert deployment.pk in enqueued(monkeypatch)
    assert drive(cluster, deployment).state == Deployment.State.SUCCEEDED
    check_settled(cluster, {"web": "green"})


def test_a_lease_of_who_died_is_taken_over_though_the_clock_went_back(
    world: World, cluster: Inside, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = queued(world)
    lease.take(deployment.pk, "who died")
    jump(-HOUR)

    assert deployment.pk in enqueued(monkeypatch)
    assert lease.take(deployment.pk, "another")


def test_who_works_on_stops_when_the_clock_went_forward(
    world: World, cluster: Inside, web: Service
) -> None:
    deployment = queued(world)
    lease.take(deployment.pk, "one")
    jump(HOUR)

    with pytest.raises(lease.LeaseLost):
        lease.keep(deployment.pk, "one")
    assert lease.take(deployment.pk, "another")


def test_what_runs_is_observed_on_though_the_clock_went_back(
    world: World, cluster: Inside, web: Service
) -> None:
    jump(-HOUR)
    look_again()

    observed_at = Cell.objects.get().observed_at
    assert observed_at is not None
    assert abs(datetime.now(UTC) - observed_at) < timedelta(minutes=1)
