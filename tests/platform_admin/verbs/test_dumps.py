from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import django_rq
import pytest
from pytest_django import Settings

from platform_admin.models import AuditEvent, Dump, Resource
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.dumps import (
    KEPT,
    QUEUE,
    ask_dump,
    beat,
    begin_dump,
    delete_dump,
    end_dump,
    folder,
    open_dump,
    path_of,
)
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.resources import add_database, create_resource
from tests.platform_admin.verbs.world import World


@pytest.fixture
def books(world: World, settings: Settings) -> Resource:
    """A postgres with the database `orders`."""
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/postgres"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"
    made = create_resource(world.dana, world.environment, name="books", kind="postgres")
    add_database(world.dana, made, "orders")
    return made


def done(world: World, books: Resource, content: bytes = b"copied") -> Dump:
    """A dump with its file."""
    dump = ask_dump(world.dana, books, "orders")
    assert begin_dump(dump.pk)
    folder().mkdir(exist_ok=True)
    path_of(dump.pk).write_bytes(content)
    assert end_dump(dump.pk, len(content))
    dump.refresh_from_db()
    return dump


def test_a_dump_is_made_once_by_whoever_takes_it_first(world: World, books: Resource) -> None:
    dump = ask_dump(world.dana, books, "orders")

    assert begin_dump(dump.pk) is not None
    assert begin_dump(dump.pk) is None
    assert beat(dump.pk, 100)
    assert end_dump(dump.pk, 200)
    assert not end_dump(dump.pk, 300)
    dump.refresh_from_db()
    assert (dump.state, dump.size, dump.author_name) == ("done", 200, "dana")


def test_of_a_team_one_runs_at_a_time_and_its_end_asks_for_the_next(
    world: World, books: Resource, django_capture_on_commit_callbacks: Any
) -> None:
    other = create_resource(world.dana, world.environment, name="other", kind="postgres")
    add_database(world.dana, other, "orders")
    first, waits = (ask_dump(world.dana, each, "orders") for each in (books, other))
    assert begin_dump(first.pk)
    assert begin_dump(waits.pk) is None
    waits.refresh_from_db()
    assert waits.state == "waiting"

    queue = django_rq.get_queue(QUEUE)
    queue.delete(delete_jobs=True)
    with django_capture_on_commit_callbacks(execute=True):
        end_dump(first.pk, 1)
    assert [job.args for job in queue.jobs] == [(str(waits.pk),)]
    queue.delete(delete_jobs=True)
    assert begin_dump(waits.pk)


def test_there_is_one_at_a_time_and_ten_in_all(world: World, books: Resource) -> None:
    waits = ask_dump(world.dana, books, "orders")
    with pytest.raises(Invalid, match="is being made"):
        ask_dump(world.dev, books, "orders")
    end_dump(waits.pk, 0, "It failed.")
    for _ in range(KEPT - 1):
        done(world, books)
    with pytest.raises(Invalid, match=r"10 dumps of .* are kept"):
        ask_dump(world.dana, books, "orders")


def test_only_a_database_that_is_there_is_copied(world: World, books: Resource) -> None:
    with pytest.raises(Invalid, match="it has orders"):
        ask_dump(world.dana, books, "postgres")
    with pytest.raises(Invalid, match="A redis has no databases"):
        ask_dump(world.dana, world.redis(), "0")


def test_who_reads_it_is_written_down(world: World, books: Resource) -> None:
    dump = done(world, books)
    found, stream = open_dump(world.dev, books, dump.pk)

    with stream:
        assert stream.read() == b"copied"
    assert found == dump
    event = AuditEvent.objects.get(verb="download dump")
    assert (event.actor_name, event.team) == ("dev", world.team)


def test_a_dump_that_has_no_file_is_not_there_to_read(world: World, books: Resource) -> None:
    waits = ask_dump(world.dana, books, "orders")
    with pytest.raises(Unknown):
        open_dump(world.dana, books, waits.pk)
    end_dump(waits.pk, 0, "It failed.")
    dump = done(world, books)
    path_of(dump.pk).unlink()
    with pytest.raises(Unknown, match="is gone"):
        open_dump(world.dana, books, dump.pk)


def test_deleting_takes_the_file_along_and_ends_the_one_that_is_made(
    world: World, books: Resource
) -> None:
    dump = done(world, books)
    delete_dump(world.dana, books, dump.pk)
    assert not path_of(dump.pk).exists()
    runs = ask_dump(world.dana, books, "orders")
    begin_dump(runs.pk)
    delete_dump(world.dana, books, runs.pk)
    assert not beat(runs.pk, 1)
    assert not Dump.objects.exists()


def test_a_dump_of_another_resource_does_not_exist(world: World, books: Resource) -> None:
    dump = done(world, books)
    with pytest.raises(Unknown):
        open_dump(world.dana, world.redis(), dump.pk)
    with pytest.raises(Unknown):
        delete_dump(world.dana, books, uuid4())


Act = Callable[[Actor, Resource, UUID], object]


@pytest.mark.parametrize(
    "act",
    [lambda a, r, d: ask_dump(a, r, "orders"), open_dump, delete_dump],
    ids=["ask", "open", "delete"],
)
def test_data_are_for_owners_and_developers(world: World, books: Resource, act: Act) -> None:
    dump = done(world, books)
    for who, refused in ((world.vera, Denied), (world.ella, Unknown)):
        with pytest.raises(refused):
            act(who, books, dump.pk)
    assert Dump.objects.get() == dump
