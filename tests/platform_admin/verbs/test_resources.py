from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from platform_admin.models import AuditEvent, Credential, Deployment, Reservation, Resource, Slug
from platform_admin.rules.sealed import SealError
from platform_admin.verbs import credentials
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.credentials import password
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Denied, Invalid, NoRoom, Unknown
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import (
    add_database,
    change_resource,
    create_resource,
    forget_node,
)
from tests.platform_admin.verbs.world import World


def test_a_redis_gets_a_port_a_slug_a_credential_and_a_reservation(world: World) -> None:
    resource = world.redis()

    assert (resource.slug, resource.port, resource.cell) == (
        "shop-production-cache",
        15000,
        world.cell,
    )
    assert Credential.objects.get().user == "default"
    assert Reservation.objects.get(resource=resource).memory_mb == 64


def test_its_password_is_generated_and_sealed(world: World) -> None:
    first, second = (password(world.redis(name).credentials.get()) for name in ("one", "two"))

    assert first != second
    assert len(first) >= 32
    assert all(first.encode() not in bytes(row.sealed) for row in Credential.objects.all())


def test_of_two_that_make_a_login_at_once_both_get_the_password_of_the_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = world.redis()
    first: list[str] = []
    seal = credentials.sealed_password

    def between(*given: Any) -> Any:
        if not first:
            first.append("")
            first[0] = password(credentials.credential(resource, "late"))
        return seal(*given)

    monkeypatch.setattr(credentials, "sealed_password", between)
    assert password(credentials.credential(resource, "late")) == first[0]


def test_a_password_moved_to_another_row_does_not_open(world: World) -> None:
    one, two = (world.redis(name).credentials.get() for name in ("one", "two"))
    two.sealed = one.sealed

    with pytest.raises(SealError):
        password(two)


def test_the_password_stands_in_no_audit_row(world: World) -> None:
    plain = password(world.redis().credentials.get())

    assert plain not in str(list(AuditEvent.objects.values()))


def test_ports_are_unique_in_the_cell_and_run_out_in_words(world: World) -> None:
    other = create_app(world.ella, team=world.others, name="o", environment="e", cell=world.cell)
    create_resource(world.ella, other, name="a", kind="redis")
    assert [world.redis(name).port for name in ("b", "c")] == [15001, 15002]

    with pytest.raises(Invalid, match="15000 to 15002"):
        world.redis("d")
    assert Resource.objects.count() == 3


def test_a_port_that_is_free_again_is_taken_again(world: World) -> None:
    world.redis("a")
    second = world.redis("b")
    Resource.objects.filter(name="a").delete()

    assert (second.port, world.redis("c").port) == (15001, 15000)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": "Cache"}, "name", "is not a name"),
        ({"name": "logs"}, "name", "choose another name"),
        ({"name": "web"}, "name", "already has something called web"),
        ({"kind": "mysql"}, "kind", "choose redis"),
        ({"memory_mb": 4096}, "memory_mb", "quota of 2048"),
        ({"cpu_mhz": 0}, "cpu_mhz", "too small"),
    ],
)
def test_bad_fields_are_refused_by_field(
    world: World, changes: dict[str, str], field: str, said: str
) -> None:
    world.service()
    values = {"name": "cache", "kind": "redis"} | changes
    with pytest.raises(Invalid) as caught:
        create_resource(world.dana, world.environment, **values)  # type: ignore[arg-type]

    assert list(caught.value.errors) == [field]
    assert said in caught.value.errors[field][0]


def test_a_resource_counts_against_the_quota(world: World) -> None:
    world.service(minimum=5, memory_mb=400)
    with pytest.raises(NoRoom) as caught:
        world.redis()

    assert list(caught.value.errors) == ["memory_mb"]
    assert not Resource.objects.exists()
    assert Slug.objects.count() == 1


def test_another_size_is_reserved_and_recorded(world: World) -> None:
    resource = change_resource(world.dev, world.redis(), cpu_mhz=200, memory_mb=256)

    assert (resource.cpu_mhz, resource.memory_mb) == (200, 256)
    assert Reservation.objects.get().memory_mb == 256
    assert AuditEvent.objects.get(verb="change resource").actor_name == "dev"


def test_a_size_beyond_the_quota_changes_nothing(world: World) -> None:
    resource = world.redis()
    world.service(minimum=4, memory_mb=450)
    with pytest.raises(NoRoom) as caught:
        change_resource(world.dana, resource, cpu_mhz=100, memory_mb=300)

    assert list(caught.value.errors) == ["memory_mb"]
    assert Resource.objects.get().memory_mb == 64


def test_a_smaller_draft_frees_nothing_while_the_larger_one_runs(world: World) -> None:
    resource = world.redis()
    Resource.objects.update(placed_cpu_mhz=100, placed_memory_mb=256)
    change_resource(world.dana, resource, cpu_mhz=100, memory_mb=64)

    assert Reservation.objects.get().memory_mb == 256


@pytest.mark.parametrize(("state", "reserved"), [("queued", 64), ("provisioning", 256)])
def test_a_release_that_is_brought_live_keeps_its_size_reserved(
    world: World, state: str, reserved: int
) -> None:
    world.service(artifact_id=None, image="shop:1", command="")
    resource = change_resource(world.dana, world.redis(), cpu_mhz=100, memory_mb=256)
    deployment = deploy(world.dana, release(world.dana, world.environment))
    Deployment.objects.filter(pk=deployment.pk).update(state=state)
    change_resource(world.dana, resource, cpu_mhz=100, memory_mb=64)

    assert Reservation.objects.get(resource=resource).memory_mb == reserved


@pytest.fixture
def books(world: World, settings: Settings) -> Resource:
    """A postgres whose data are on a node."""
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/postgres"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"
    made = create_resource(world.dana, world.environment, name="books", kind="postgres")
    made.data_node = "db1"
    made.save()
    return made


def test_only_an_operator_lets_a_postgres_begin_anew_elsewhere(
    world: World, books: Resource
) -> None:
    for who in (world.dana, world.vera, world.ella):
        with pytest.raises(Denied):
            forget_node(who, books)
    assert forget_node(world.olga, books).data_node == ""
    assert AuditEvent.objects.get(verb="forget node").before == {"data_node": "db1"}
    with pytest.raises(Invalid, match="bound to no node"):
        forget_node(world.olga, books)


def test_who_may_change_the_draft_adds_a_database(world: World, books: Resource) -> None:
    for who, refused in ((world.vera, Denied), (world.ella, Unknown)):
        with pytest.raises(refused):
            add_database(who, books, "orders")
    assert add_database(world.dev, books, "orders").name == "orders"
    with pytest.raises(Invalid, match="gets no databases"):
        add_database(world.dev, world.redis(), "orders")
