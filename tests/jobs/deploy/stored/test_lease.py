from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy import lease
from platform_admin.models import Deployment, Service
from tests.platform_admin.verbs.world import World

PAST = datetime.now(UTC) - timedelta(seconds=1)


@pytest.fixture
def deployment(world: World, web: Service) -> Deployment:
    release = world.environment.releases.get()
    return world.environment.deployments.create(number=1, release=release)


def test_only_one_holder_has_it(deployment: Deployment) -> None:
    assert lease.take(deployment.pk, "one")
    assert not lease.take(deployment.pk, "two")


def test_a_holder_that_died_loses_it_when_its_time_is_over(deployment: Deployment) -> None:
    lease.take(deployment.pk, "one")
    Deployment.objects.update(lease_until=PAST)
    assert lease.take(deployment.pk, "two")
    with pytest.raises(lease.LeaseLost):
        lease.keep(deployment.pk, "one")


def test_a_holder_whose_time_is_over_may_not_go_on(deployment: Deployment) -> None:
    lease.take(deployment.pk, "one")
    Deployment.objects.update(lease_until=PAST)
    with pytest.raises(lease.LeaseLost):
        lease.keep(deployment.pk, "one")


def test_giving_back_what_another_took_changes_nothing(deployment: Deployment) -> None:
    lease.take(deployment.pk, "one")
    lease.give_back(deployment.pk, "two", datetime.now(UTC))
    assert not lease.take(deployment.pk, "three")


def test_nobody_takes_a_deployment_that_has_ended(deployment: Deployment) -> None:
    Deployment.objects.update(state=Deployment.State.SUCCEEDED)
    assert not lease.take(deployment.pk, "one")
