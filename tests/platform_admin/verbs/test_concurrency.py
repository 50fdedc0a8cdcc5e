"""Verbs at the same time, on a real Postgres: threads with connections of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections, transaction

from jobs.document import read
from platform_admin.models import (
    Artifact,
    Deployment,
    Environment,
    Membership,
    Release,
    Reservation,
    Resource,
    ScalingEvent,
    Service,
    Slug,
)
from platform_admin.rules.quota import Use
from platform_admin.verbs.apps import create_app, create_environment
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.environ import Within
from platform_admin.verbs.errors import Invalid, NoRoom, VerbError
from platform_admin.verbs.quota import limits_of, locked, used
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import create_resource
from platform_admin.verbs.services import create_service
from platform_admin.verbs.slugs import take_slug
from platform_admin.verbs.teams import add_member, remove_member
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.archives import tar_gz
from tests.platform_admin.verbs.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], object]


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, committed; what verbs enqueue is dropped, nobody works on it here."""
    monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *_: None)
    return make_world()


@contextmanager
def own_connections() -> Iterator[None]:
    """Around a thread's work: its connections end with it, or no test database could go."""
    try:
        yield
    finally:
        connections.close_all()


def at_once(works: Sequence[Work]) -> list[object]:
    """What each returned or refused, all of them started at the same moment."""
    start = Barrier(len(works))

    def run(work: Work) -> object:
        with own_connections():
            start.wait(timeout=30)
            try:
                return work()
            except VerbError as error:
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def check_quota(world: World) -> None:
    """The sums of the team's reservations keep to its quota, at any moment that is committed."""
    with transaction.atomic():
        limits = limits_of(locked(world.team))
        desired, reserved = used(world.team)
    assert desired.instances <= limits.instances
    assert desired.memory_mb <= limits.memory_mb
    assert desired.cpu_mhz <= limits.cpu_mhz
    assert reserved == desired


@pytest.mark.full
def test_counts_that_are_set_at_once_never_pass_the_quota(world: World) -> None:
    ids = [world.service(name, maximum=10, minimum=0).pk for name in ("a", "b", "c", "d")]
    refused: list[NoRoom] = []
    lost: list[bool] = []

    def worker(seed: int) -> None:
        picks = random.Random(seed)
        with own_connections():
            for _ in range(50):
                service = Service.objects.get(pk=picks.choice(ids))
                try:
                    lost.append(not set_desired(world.dana, service, picks.randint(0, 10)))
                except NoRoom as error:
                    refused.append(error)
                check_quota(world)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(worker, seed) for seed in range(4)]:
            done.result(timeout=100)

    assert refused
    assert len(lost) + len(refused) == 200
    for service in Service.objects.all():
        row = Reservation.objects.get(service=service)
        assert row.desired == row.instances == service.desired
        assert service.scaling_events.count() == service.desired_version
    assert ScalingEvent.objects.count() > 0


def test_of_those_who_read_the_same_row_one_writes(world: World) -> None:
    service_id = world.service().pk
    seen = [Service.objects.get(pk=service_id) for _ in range(6)]
    counts = (2, 3, 4, 5, 2, 3)
    works = [
        partial(set_desired, world.dana, row, count)
        for row, count in zip(seen, counts, strict=True)
    ]

    assert sorted(map(bool, at_once(works))) == [False] * 5 + [True]
    assert ScalingEvent.objects.count() == 1


def test_the_last_room_goes_to_one(world: World) -> None:
    world.service("big", minimum=7, maximum=7)
    names = ("a", "b", "c", "d", "e")
    outcomes = at_once([partial(world.service, name, minimum=2) for name in names])

    assert sum(isinstance(found, Service) for found in outcomes) == 1
    assert sum(isinstance(found, NoRoom) for found in outcomes) == 4
    assert used(world.team)[0] == Use(9, 900, 9 * 128)
    assert Slug.objects.count() == 2


def test_a_name_that_a_service_and_a_resource_want_at_once_goes_to_one(world: World) -> None:
    for name in ("x", "y", "z"):
        works: list[Work] = [
            partial(create_service, world.dana, world.environment, world.fields(name, minimum=0)),
            partial(create_resource, world.dev, world.environment, name=name, kind="redis"),
            partial(create_service, world.dev, world.environment, world.fields(name, minimum=0)),
        ]
        outcomes = at_once(works)
        refusals = [found for found in outcomes if isinstance(found, Invalid)]

        assert [list(found.errors) for found in refusals] == [["name"]] * 2
    assert Slug.objects.count() == Service.objects.count() + Resource.objects.count() == 3


def test_a_slug_goes_to_one_also_without_the_environments_lock(world: World) -> None:
    def take() -> Slug:
        with transaction.atomic():
            return take_slug(world.environment, "web")

    outcomes = at_once([take] * 6)

    assert sum(isinstance(found, Slug) for found in outcomes) == 1
    assert sum(isinstance(found, Invalid) for found in outcomes) == 5


def test_an_app_that_two_teams_want_at_once_goes_to_one(world: World) -> None:
    whose = [(world.dana, world.team), (world.ella, world.others)] * 3
    works = [
        partial(create_app, who, team=team, name="blog", environment="production", cell=world.cell)
        for who, team in whose
    ]

    assert sum(isinstance(found, Environment) for found in at_once(works)) == 1


def test_resources_of_several_teams_get_ports_of_their_own(world: World) -> None:
    theirs = create_app(world.ella, team=world.others, name="o", environment="e", cell=world.cell)
    works = [
        partial(create_resource, who, where, name=name, kind="redis")
        for who, where, name in (
            (world.dana, world.environment, "a"),
            (world.ella, theirs, "b"),
            (world.dev, world.environment, "c"),
        )
    ]
    outcomes = at_once(works)

    assert all(isinstance(found, Resource) for found in outcomes)
    assert set(Resource.objects.values_list("port", flat=True)) == {15000, 15001, 15002}


def test_releases_and_deployments_at_once_have_numbers_without_gaps(world: World) -> None:
    for name in ("a", "b", "c", "d"):
        world.service(name)

    def ship(version: int) -> Deployment:
        set_variables(world.dana, world.environment, None, {"VERSION": str(version)})
        return deploy(world.dana, release(world.dana, world.environment))

    outcomes = at_once([partial(ship, version) for version in range(5)])

    assert all(isinstance(found, Deployment) for found in outcomes)
    for model in (Release, Deployment):
        numbers = sorted(model.objects.values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("of_app", [False, True])
def test_a_release_never_freezes_half_of_a_change(world: World, of_app: bool) -> None:
    world.service()
    within: Within = world.environment.app if of_app else world.environment
    create_environment(world.dana, world.environment.app, "staging", world.cell)
    set_variables(world.dana, within, None, {"A": "0", "B": "0"})
    values = [{"A": str(number), "B": str(number)} for number in range(1, 6)]
    works: list[Work] = [partial(set_variables, world.dana, within, None, each) for each in values]
    works += [partial(release, world.dana, world.environment)] * 5
    at_once(works)

    for made in Release.objects.all():
        frozen = read(made.document).service("web")
        assert frozen is not None
        assert frozen.variables["A"] == frozen.variables["B"]


def test_the_same_archive_uploaded_at_once_is_one(world: World, state: Path) -> None:
    content = tar_gz({"x": b"same"})
    works = [
        partial(upload_artifact, world.dana, world.team, "x.tar.gz", BytesIO(content))
        for _ in range(5)
    ]
    outcomes = at_once(works)

    assert len({found.pk for found in outcomes if isinstance(found, Artifact)}) == 1
    assert all(isinstance(found, Artifact) for found in outcomes)
    assert len(list((state / "artifacts").iterdir())) == 2


def test_two_owners_who_remove_each_other_leave_one(world: World) -> None:
    assert world.dana.user is not None
    assert world.dev.user is not None
    add_member(world.dana, world.team, world.dev.user, "owner")
    at_once(
        [
            partial(remove_member, world.dana, world.team, world.dev.user),
            partial(remove_member, world.dev, world.team, world.dana.user),
        ]
    )

    assert Membership.objects.filter(team=world.team, role="owner").count() == 1
