from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import django_rq
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from platform_admin.models import App, AuditEvent, Environment
from platform_admin.rules.traffic import MOST_RATE, MOST_S
from platform_admin.verbs import traffic as verb
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.traffic import start_traffic, stop_traffic, traffic
from tests.platform_admin.verbs.world import World


@pytest.fixture(autouse=True)
def nothing_sent() -> None:
    """No traffic from another test."""
    server = django_rq.get_connection("traffic")
    for key in server.scan_iter("muster:traffic:*"):
        server.delete(key)
    django_rq.get_queue("traffic").empty()  # type: ignore[no-untyped-call]


def test_traffic_that_is_started_is_enqueued_shown_and_audited(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent = start_traffic(world.dev, world.environment, rate=50, seconds=20)

    [job] = django_rq.get_queue("traffic").get_jobs()
    assert (job.func_name, job.args) == (
        "platform_admin.demo.traffic.run",
        (world.environment.pk, sent.name, 50, 20),
    )
    assert traffic(world.environment) == sent
    assert (sent.running, sent.sent, sent.late, sent.failed) == (True, 0, 0, 0)
    event = AuditEvent.objects.get(verb="send traffic")
    assert (event.actor_name, event.after) == ("dev", {"rate": 50, "seconds": 20})


def test_one_is_sent_at_a_time(world: World) -> None:
    first = start_traffic(world.dana, world.environment)

    with pytest.raises(Invalid, match="already"):
        start_traffic(world.dev, world.environment)
    assert traffic(world.environment) == first


def test_the_next_may_start_when_one_has_ended_or_was_stopped(world: World) -> None:
    first = start_traffic(world.dana, world.environment)
    verb.end_turn(world.environment.pk, first.name)
    second = start_traffic(world.dana, world.environment)
    stop_traffic(world.dana, world.environment)

    assert not verb.has_turn(world.environment.pk, second.name)
    start_traffic(world.dana, world.environment)


def test_an_older_one_that_ends_late_does_not_end_the_next(world: World) -> None:
    first = start_traffic(world.dana, world.environment)
    stop_traffic(world.dana, world.environment)
    second = start_traffic(world.dana, world.environment)
    verb.end_turn(world.environment.pk, first.name)

    assert verb.has_turn(world.environment.pk, second.name)


def test_a_turn_ends_by_itself_should_its_worker_die(world: World) -> None:
    start_traffic(world.dana, world.environment, seconds=20)

    left = django_rq.get_connection("traffic").ttl(f"muster:traffic:{world.environment.pk}:turn")
    assert 20 < left <= 20 + verb.GRACE_S


def test_what_is_past_its_time_is_not_shown_as_running(world: World) -> None:
    sent = start_traffic(world.dana, world.environment)
    verb.note(world.environment.pk, replace(sent, until=sent.until - timedelta(hours=1), sent=7))

    found = traffic(world.environment)
    assert found is not None
    assert (found.running, found.sent) == (False, 7)


def test_nothing_sent_is_nothing_shown(world: World) -> None:
    assert traffic(world.environment) is None


@pytest.mark.parametrize(
    ("rate", "seconds", "field"),
    [
        (0, 10, "rate"),
        (MOST_RATE + 1, 10, "rate"),
        (10, 0, "seconds"),
        (10, MOST_S + 1, "seconds"),
    ],
)
def test_it_is_bounded(world: World, rate: int, seconds: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        start_traffic(world.olga, world.environment, rate=rate, seconds=seconds)

    assert list(refused.value.errors) == [field]
    assert traffic(world.environment) is None


def test_another_app_than_the_example_gets_none(world: World) -> None:
    other = App.objects.create(slug="blog", team=world.team)
    environment = Environment.objects.create(app=other, slug="production", cell=world.cell)

    with pytest.raises(Invalid, match="the example only: shop/production"):
        start_traffic(world.dana, environment)


def test_who_may_not_scale_may_neither_start_nor_stop_it(world: World) -> None:
    for call in (start_traffic, stop_traffic):
        with pytest.raises(Denied):
            call(world.vera, world.environment)
        with pytest.raises(Unknown):
            call(world.ella, world.environment)


def test_stopping_nothing_is_no_event(world: World) -> None:
    stop_traffic(world.dana, world.environment)

    assert not AuditEvent.objects.filter(verb="stop traffic").exists()
