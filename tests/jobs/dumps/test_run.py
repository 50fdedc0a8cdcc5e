from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import django_rq
import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs.dumps.run import run
from jobs.dumps.sweep import sweep
from jobs.postgres import bring, connect
from local.launch import binaries
from platform_admin.models import Dump, Resource
from platform_admin.verbs.dumps import QUEUE, ask_dump, begin_dump, folder, path_of
from platform_admin.verbs.external import External, register_external
from tests.jobs.postgres_server import PASSWORD, Server, running
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as found:
        bring(found.admin(), {"app"}, [])
        with connect(found.admin("app")) as connection:
            connection.execute("CREATE TABLE orders (id int)")
        yield found


@pytest.fixture
def books(world: World, settings: Settings, server: Server) -> Resource:
    """The server, as one that somebody else runs."""
    settings.MUSTER_EXTERNAL_NETWORKS = ["127.0.0.0/8"]
    settings.MUSTER_PG_DUMP = str(binaries.postgres(None) / "pg_dump")
    given = External("127.0.0.1", server.port, "muster_admin", PASSWORD, "app")
    return register_external(
        world.dana, world.environment, name="books", kind="postgres", given=given
    )


def made(world: World, books: Resource) -> Dump:
    dump = ask_dump(world.dana, books, "app")
    run(str(dump.pk))
    dump.refresh_from_db()
    return dump


def test_a_dump_that_was_asked_for_is_made_and_nobody_else_reads_its_file(
    world: World, books: Resource
) -> None:
    dump = made(world, books)

    assert (dump.state, dump.error) == ("done", "")
    assert dump.size == path_of(dump.pk).stat().st_size > 0
    assert path_of(dump.pk).stat().st_mode & 0o777 == 0o600
    assert path_of(dump.pk).read_bytes().startswith(b"PGDMP")


def test_a_failure_stands_in_its_row_and_leaves_no_file(
    world: World, books: Resource, settings: Settings
) -> None:
    settings.MUSTER_PG_DUMP = "/no/pg_dump"
    dump = made(world, books)

    assert dump.state == "failed"
    assert "MUSTER_PG_DUMP" in dump.error
    assert list(folder().iterdir()) == []


def test_an_address_that_is_closed_by_now_is_not_connected_to(
    world: World, books: Resource, settings: Settings
) -> None:
    settings.MUSTER_EXTERNAL_NETWORKS = []
    dump = made(world, books)

    assert dump.state == "failed"
    assert "loopback" in dump.error


def test_a_dump_whose_worker_is_gone_ends_and_one_that_nobody_took_is_asked_for_again(
    world: World, books: Resource, django_capture_on_commit_callbacks: object
) -> None:
    runs = ask_dump(world.dana, books, "app")
    begin_dump(runs.pk)
    sweep()
    runs.refresh_from_db()
    assert runs.state == "running"
    long_ago = timezone.now() - timedelta(minutes=2)
    Dump.objects.update(beat_at=long_ago)
    sweep()
    runs.refresh_from_db()
    assert (runs.state, runs.error[:10]) == ("failed", "Its worker")

    waits = ask_dump(world.dana, books, "app")
    Dump.objects.filter(pk=waits.pk).update(asked_at=long_ago)
    queue = django_rq.get_queue(QUEUE)
    queue.delete(delete_jobs=True)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        sweep()
    assert [job.args for job in queue.jobs] == [(str(waits.pk),)]
    queue.delete(delete_jobs=True)


def test_files_of_no_dump_go_after_a_while(world: World, books: Resource) -> None:
    dump = made(world, books)
    stray, fresh = (folder() / name for name in ("stray.part", "fresh.part"))
    for path in (stray, fresh):
        path.touch()
    for path in (stray, path_of(dump.pk)):
        _age(path)
    sweep()

    assert sorted(path.name for path in folder().iterdir()) == sorted(
        ["fresh.part", path_of(dump.pk).name]
    )


def _age(path: Path) -> None:
    ago = time.time() - 7200
    os.utime(path, (ago, ago))
