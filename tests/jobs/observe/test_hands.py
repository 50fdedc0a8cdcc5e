from __future__ import annotations

from datetime import UTC, datetime

import django_rq
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs.observe.hands import Hands, differing
from platform_admin.models import Cell, Colour, Instance, Service
from tests.jobs.deploy.driven.drive import look
from tests.jobs.inside import Inside

BLUE = "shop-production-web-blue"


@pytest.mark.parametrize(("count", "differs"), [(0, True), (1, True), (2, False), (3, True)])
def test_a_service_differs_where_more_or_fewer_run_than_were_acknowledged(
    cluster: Inside, web: Service, count: int, differs: bool
) -> None:
    cluster.by_hand(BLUE, count)
    look(cluster)
    assert differing(web.environment.cell) == ({web.pk} if differs else set())


@pytest.mark.parametrize("change", [{"ended": True}, {"desired_status": "stop"}])
def test_what_has_ended_or_is_to_stop_does_not_run(web: Service, change: dict[str, object]) -> None:
    Instance.objects.filter(number=1).update(**change)
    assert differing(web.environment.cell) == {web.pk}


def test_a_colour_whose_answer_is_out_is_not_compared(cluster: Inside, web: Service) -> None:
    cluster.by_hand(BLUE, 3)
    look(cluster)
    Colour.objects.filter(service=web, colour="blue").update(acknowledged=None)
    assert differing(web.environment.cell) == set()


def test_what_was_acknowledged_since_the_observation_is_not_compared(web: Service) -> None:
    cell = web.environment.cell
    Cell.objects.update(observed_at=datetime.now(UTC))
    blue = Colour.objects.filter(service=web, colour="blue")
    blue.update(acknowledged=3, acknowledged_at=datetime.now(UTC))
    assert differing(cell) == set()

    Cell.objects.update(observed_at=datetime.now(UTC))
    assert differing(cell) == {web.pk}


def test_apply_is_asked_once_in_a_while(
    cluster: Inside,
    web: Service,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    queue = django_rq.get_queue("deploy")
    queue.empty()  # type: ignore[no-untyped-call]
    cluster.by_hand(BLUE, 3)
    look(cluster)
    hands = Hands()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            hands.look(web.environment.cell)
    assert [(job.func_name, job.args) for job in queue.get_jobs()] == [
        ("jobs.deploy.apply.run", (web.pk,))
    ]


def test_another_cells_services_are_not_looked_at(cluster: Inside, web: Service) -> None:
    cluster.by_hand(BLUE, 3)
    look(cluster)
    other = Cell.objects.create(
        name="other", first_port=16000, last_port=16009, observed_at=datetime.now(UTC)
    )
    assert differing(other) == set()
