from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from platform_admin.models import (
    AuditEvent,
    Colour,
    Release,
    Reservation,
    Rollout,
    ScalingEvent,
    Service,
    Slug,
)
from platform_admin.rules.quota import Limits
from platform_admin.verbs.apps import create_app, create_environment
from platform_admin.verbs.errors import Invalid, NoRoom, Unknown
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.releases import release
from platform_admin.verbs.services import (
    change_service,
    create_service,
    fields_of,
    validate_service,
)
from platform_admin.verbs.teams import change_quota
from tests.platform_admin.verbs.options import OPTIONS
from tests.platform_admin.verbs.world import World


def test_a_service_comes_with_slug_colours_rollout_and_reservation(world: World) -> None:
    service = world.service(minimum=2)

    assert service.slug == "shop-production-web"
    assert service.desired == 2
    assert set(Colour.objects.filter(service=service).values_list("colour", "acknowledged")) == {
        ("blue", 0),
        ("green", 0),
    }
    assert Rollout.objects.get(service=service).live is None
    reservation = Reservation.objects.get(service=service)
    assert (reservation.desired, reservation.instances) == (2, 2)
    assert (reservation.cpu_mhz, reservation.memory_mb) == (100, 128)


def test_validating_says_what_saving_would_say_and_changes_nothing(world: World) -> None:
    assert validate_service(world.dana, world.environment, world.fields()) == {}
    bad = world.fields(name="Web", port=0)

    assert set(validate_service(world.dana, world.environment, bad)) == {"name", "port"}
    assert not Service.objects.exists()


def test_bad_fields_are_refused_by_field(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        create_service(world.dana, world.environment, world.fields(minimum=3, maximum=2))

    assert list(caught.value.errors) == ["minimum"]
    assert not Slug.objects.exists()


@pytest.mark.parametrize("make", ["service", "redis"])
def test_a_name_that_the_environment_has_is_refused(world: World, make: str) -> None:
    getattr(world, make)("store")
    with pytest.raises(Invalid) as caught:
        world.service("store")

    assert "already has something called store" in caught.value.errors["name"][0]


def test_a_slug_that_reads_like_another_teams_is_refused(world: World) -> None:
    other = create_app(world.ella, team=world.others, name="a-b", environment="c", cell=world.cell)
    create_service(world.ella, other, replace(world.fields("web"), artifact_id=None, image="x:1"))
    mine = create_app(world.dana, team=world.team, name="a", environment="b", cell=world.cell)
    Slug.objects.create(slug="a-b-c")

    with pytest.raises(Invalid) as caught:
        create_service(world.dana, mine, world.fields("c"))

    assert "names must differ in Consul: choose another name" in caught.value.errors["name"][0]
    assert not mine.services.exists()


def test_another_teams_archive_is_none(world: World) -> None:
    environment = create_app(
        world.ella, team=world.others, name="mine", environment="production", cell=world.cell
    )
    with pytest.raises(Invalid) as caught:
        create_service(world.ella, environment, world.fields())

    assert caught.value.errors == {"artifact": ["This team has no such archive: upload it again."]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minimum": 4, "maximum": 10, "memory_mb": 600}, "memory_mb"),
        ({"minimum": 4, "maximum": 10, "cpu_mhz": 600}, "cpu_mhz"),
    ],
)
def test_what_the_quota_has_not_got_is_refused_at_its_field(
    world: World, changes: dict[str, Any], field: str
) -> None:
    fields = world.fields(**changes)
    with pytest.raises(NoRoom) as caught:
        create_service(world.dana, world.environment, fields)

    assert list(caught.value.errors) == [field]
    assert list(validate_service(world.dana, world.environment, fields)) == [field]
    assert not Service.objects.exists()
    assert not Slug.objects.exists()


def test_a_minimum_that_the_others_leave_no_room_for_is_refused(world: World) -> None:
    world.service("api", minimum=8, maximum=8)
    with pytest.raises(NoRoom) as caught:
        world.service("web", minimum=3, maximum=3)

    assert "11 instances in all, and the team's quota is 10" in caught.value.errors["minimum"][0]


def test_a_change_stands_in_the_draft_and_in_the_audit(world: World) -> None:
    service = change_service(world.dev, world.service(), world.fields(memory_mb=256))

    assert Service.objects.get().memory_mb == service.memory_mb == 256
    event = AuditEvent.objects.get(verb="change service")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["memory_mb"], event.after["memory_mb"]) == (128, 256)
    assert event.actor_name == "dev"


def test_a_service_that_was_never_live_reserves_what_the_draft_says(world: World) -> None:
    change_service(world.dana, world.service(), world.fields(memory_mb=256))

    assert Reservation.objects.get().memory_mb == 256


@pytest.mark.parametrize(
    ("minimum", "maximum", "desired"), [(3, 5, 3), (1, 1, 1), (2, 2, 2), (0, 5, 2)]
)
def test_changed_bounds_hold_at_once(
    world: World, minimum: int, maximum: int, desired: int
) -> None:
    service = world.service(minimum=2)
    changed = change_service(world.dana, service, world.fields(minimum=minimum, maximum=maximum))

    assert Service.objects.get().desired == changed.desired == desired
    assert Reservation.objects.get().desired == desired
    events = ScalingEvent.objects.values_list("before", "after")
    assert list(events) == ([(2, desired)] if desired != 2 else [])


def test_a_service_keeps_its_name(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        change_service(world.dana, world.service(), world.fields("site"))

    assert "keeps its name" in caught.value.errors["name"][0]


def test_a_service_that_was_deployed_keeps_its_kind(world: World) -> None:
    service = world.service()
    private = world.fields(kind="private")
    change_service(world.dana, service, private)
    made = release(world.dana, world.environment)
    Colour.objects.filter(service=service, colour="blue").update(release=made)

    with pytest.raises(Invalid) as caught:
        change_service(world.dana, service, world.fields(kind="web"))

    assert "was deployed as private" in caught.value.errors["kind"][0]


def test_what_others_link_to_does_not_become_a_worker(world: World) -> None:
    api = world.service("api", kind="private")
    set_links(world.dana, world.service(), [LinkFields("API_URL", "api")])
    with pytest.raises(Invalid) as caught:
        change_service(world.dana, api, world.fields("api", kind="worker", port=None))

    assert caught.value.errors["kind"][0].startswith("web has a link to this service")


def test_a_smaller_quota_still_lets_a_service_be_edited(world: World) -> None:
    service = world.service(minimum=5, memory_mb=300)
    change_quota(world.olga, world.team, Limits(instances=10, cpu_mhz=2000, memory_mb=1000))
    changed = replace(fields_of(service), command="python3 other.py")

    assert change_service(world.dana, service, changed).command == "python3 other.py"
    with pytest.raises(Invalid) as caught:
        change_service(world.dana, service, replace(changed, memory_mb=301))
    assert list(caught.value.errors) == ["memory_mb"]


def test_a_service_of_another_environment_is_none(world: World) -> None:
    service = world.service()
    staging = create_environment(world.dana, world.environment.app, "staging", world.cell)
    with pytest.raises(Unknown):
        validate_service(world.dana, staging, world.fields(), service)


def test_a_change_and_its_audit_row_come_and_go_together(world: World) -> None:
    before = AuditEvent.objects.count()

    def door() -> None:
        with transaction.atomic():
            world.service()
            raise RuntimeError("the door failed after the verb")

    with pytest.raises(RuntimeError):
        door()

    assert not Service.objects.exists()
    assert not Reservation.objects.exists()
    assert AuditEvent.objects.count() == before


def test_an_audit_that_can_not_be_written_takes_the_change_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("platform_admin.verbs.audit.record", broken)
    with pytest.raises(RuntimeError, match="no audit"):
        world.service()

    assert not Service.objects.exists()
    assert not Slug.objects.exists()


def test_a_live_services_size_counts_as_released_until_it_is_deployed(world: World) -> None:
    service = world.service()
    made = release(world.dana, world.environment)
    assert Release.objects.count() == 1
    Rollout.objects.filter(service=service).update(live="blue")
    Colour.objects.filter(service=service, colour="blue").update(release=made, at_most=1)

    change_service(world.dana, service, world.fields(memory_mb=512))

    assert Reservation.objects.get().memory_mb == 128


def test_a_tcp_service_is_refused_where_programs_can_not_look_up_its_name(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.service("chat", kind="private", protocol="tcp")
    assert list(caught.value.errors) == ["protocol"]

    world.environment.cell.link_form = "dns"
    world.environment.cell.save()

    assert not world.service("chat", kind="private", protocol="tcp").behind_edge


def test_what_was_deployed_keeps_its_protocol(world: World) -> None:
    world.environment.cell.link_form = "dns"
    world.environment.cell.save()
    service = world.service("api", kind="private")
    tcp = replace(fields_of(service), protocol="tcp")
    made = release(world.dana, world.environment)
    Colour.objects.filter(service=service, colour="blue").update(release=made)

    with pytest.raises(Invalid) as caught:
        change_service(world.dana, service, tcp)

    assert "make a new service" in caught.value.errors["protocol"][0]


def test_a_protocol_that_takes_what_a_caller_links_to_is_refused(world: World) -> None:
    world.environment.cell.link_form = "dns"
    world.environment.cell.save()
    api, web = world.service("api", kind="private"), world.service("web")
    set_links(world.dana, web, [LinkFields("API_URL", "api")])
    tcp = replace(fields_of(api), protocol="tcp")

    with pytest.raises(Invalid) as caught:
        change_service(world.dana, api, tcp)

    assert "web has a link to its url" in caught.value.errors["protocol"][0]
    set_links(world.dana, web, [])
    change_service(world.dana, api, tcp)
    set_links(world.dana, web, [LinkFields("API", "api", "srv")])
    with pytest.raises(Invalid, match="no 'url'"):
        set_links(world.dana, web, [LinkFields("API", "api", "url")])


def test_every_option_stands_in_the_document_of_the_release(world: World) -> None:
    service = world.service(**OPTIONS)
    body = release(world.dana, world.environment).document["services"][service.name]

    assert {name: body[name] for name in OPTIONS} == OPTIONS
