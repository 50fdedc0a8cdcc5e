from __future__ import annotations

from typing import Any
from uuid import uuid4

import django_rq
import pytest

from platform_admin.models import AuditEvent, Fetch
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.fetches import (
    QUEUE,
    WAITING,
    ask_fetch,
    beat,
    begin_fetch,
    cancel_fetch,
    end_fetch,
    fail_fetch,
    fetch_of,
    origin,
)
from tests.platform_admin.verbs.world import World

ADDRESS = "https://git.example.org/shop/web.git"
COMMIT = "a" * 40


def asked(world: World, ref: str = "main") -> Fetch:
    return ask_fetch(world.dana, world.team, ADDRESS, ref, "")


def test_a_fetch_is_made_once_by_whoever_takes_it_first(world: World) -> None:
    fetch = asked(world)

    assert begin_fetch(fetch.pk) is not None
    assert begin_fetch(fetch.pk) is None
    assert beat(fetch.pk, 100, "receiving")
    assert end_fetch(fetch.pk, COMMIT, world.artifact)
    assert not fail_fetch(fetch.pk, "Too late.")
    assert not beat(fetch.pk, 200, "packing")
    fetch.refresh_from_db()
    assert (fetch.state, fetch.commit, fetch.received) == ("done", COMMIT, 100)
    assert origin(world.artifact) == fetch
    assert [each.actor_name for each in AuditEvent.objects.filter(verb="fetch from git")] == [
        "dana"
    ]


def test_of_a_team_one_runs_at_a_time_and_its_end_asks_for_the_next(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    first, waits = asked(world, "one"), asked(world, "two")
    assert begin_fetch(first.pk)
    assert begin_fetch(waits.pk) is None
    queue = django_rq.get_queue(QUEUE)
    queue.delete(delete_jobs=True)

    with django_capture_on_commit_callbacks(execute=True):
        cancel_fetch(world.dev, world.team, first.pk)

    assert [job.args for job in queue.jobs] == [(str(waits.pk),)]
    queue.delete(delete_jobs=True)
    assert begin_fetch(waits.pk)


def test_the_same_is_asked_for_once_and_not_too_many_wait(world: World) -> None:
    first = asked(world, "0")
    assert asked(world, "0") == first
    for number in range(1, WAITING):
        asked(world, str(number))
    with pytest.raises(Invalid, match="5 fetches of Demo are under way"):
        asked(world, "more")
    fail_fetch(first.pk, "It broke off.")
    assert asked(world, "0") != first


def test_who_may_not_upload_neither_fetches_nor_cancels(world: World) -> None:
    fetch = asked(world)
    for who, refused in ((world.vera, Denied), (world.ella, Unknown)):
        with pytest.raises(refused):
            ask_fetch(who, world.team, ADDRESS, "", "")
        with pytest.raises(refused):
            cancel_fetch(who, world.team, fetch.pk)
    fetch.refresh_from_db()
    assert fetch.state == "waiting"


def test_what_another_team_fetches_does_not_exist(world: World) -> None:
    fetch = asked(world)
    assert fetch_of(world.others, fetch.pk) is None
    with pytest.raises(Unknown):
        cancel_fetch(world.ella, world.others, fetch.pk)
    with pytest.raises(Unknown):
        cancel_fetch(world.dana, world.team, uuid4())


def test_what_has_ended_is_not_cancelled_any_more(world: World) -> None:
    fetch = asked(world)
    end_fetch(fetch.pk, COMMIT, world.artifact)

    assert cancel_fetch(world.dana, world.team, fetch.pk).state == "done"
    assert not AuditEvent.objects.filter(verb="cancel fetch").exists()
