from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platform_admin.models import Colour, Instance, Service, ServiceLimits
from tests.jobs.deploy.driven.drive import look
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

BLUE = "shop-production-web-blue"


def rows() -> list[tuple[int, str, bool, bool]]:
    found = Instance.objects.order_by("number", "pk")
    return list(found.values_list("number", "client_status", "healthy", "ended"))


def test_every_instance_is_a_row_with_what_nomad_and_consul_say_of_it(web: Service) -> None:
    first, second = Instance.objects.order_by("number")
    assert (first.number, second.number) == (0, 1)
    assert (first.job, first.colour, first.release) == (BLUE, "blue", 1)
    assert (first.service, first.environment) == (web, web.environment)
    assert (first.client_status, first.healthy, first.ended) == ("running", True, False)
    assert (first.address, first.port != second.port) == ("127.0.0.1", True)


def test_a_row_follows_its_instance_and_goes_with_it(cluster: Inside, web: Service) -> None:
    cluster.sick.add(BLUE)
    look(cluster)
    assert rows() == [(0, "running", False, False), (1, "running", False, False)]
    cluster.by_hand(BLUE, 1)
    look(cluster)
    assert rows() == [(0, "running", False, False), (1, "complete", False, True)]
    cluster.forget_ended()
    look(cluster)
    assert rows() == [(0, "running", False, False)]


def test_a_row_where_nothing_changed_is_not_written_again(cluster: Inside, web: Service) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    Instance.objects.update(seen_at=before)
    look(cluster)
    assert set(Instance.objects.values_list("seen_at", flat=True)) == {before}


def test_an_instance_keeps_the_release_that_it_was_first_seen_with(
    world: World, cluster: Inside, web: Service
) -> None:
    Colour.objects.filter(service=web).update(release=None)
    cluster.by_hand(BLUE, 3)
    look(cluster)
    assert list(Instance.objects.order_by("number").values_list("release", flat=True)) == [
        *(1, 1),
        None,
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_a_row_that_is_too_many_is_swept(cluster: Inside, web: Service, number: int) -> None:
    lost = Instance.objects.get(number=number)
    lost.pk, lost.allocation = None, "gone"
    lost.save()
    look(cluster)
    assert [number for number, *_ in rows()] == [0, 1]


def measured(service: Service) -> tuple[float | None, int]:
    """The start-up time of the first release, and how many start-ups taught it."""
    rows = ServiceLimits.objects.filter(service=service, release=1)
    return rows.values_list("start_up_s", "start_ups").first() or (None, 0)


def test_the_start_up_is_measured_once_for_each_instance_that_was_seen_to_start(
    cluster: Inside, web: Service
) -> None:
    first = list(Instance.objects.values_list("ready_after_s", flat=True))
    ServiceLimits.objects.all().delete()
    cluster.sick.add(BLUE)
    cluster.by_hand(BLUE, 3)
    look(cluster)
    assert measured(web) == (None, 0)
    cluster.sick.clear()
    look(cluster)

    times = list(Instance.objects.order_by("number").values_list("ready_after_s", flat=True))
    assert times[:2] == first
    assert times[2] is not None
    assert measured(web) == (times[2], 1)

    cluster.sick.add(BLUE)
    look(cluster)
    cluster.sick.clear()
    look(cluster)
    assert measured(web) == (times[2], 1)


def test_a_stop_that_was_watched_is_measured(cluster: Inside, web: Service) -> None:
    cluster.by_hand(BLUE, 1)
    look(cluster)
    row = ServiceLimits.objects.get(service=web, release=1)
    assert row.stops == 1
    assert row.stop_s is not None
