from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from platform_admin.models import Colour, Quota, Reservation, ScalingEvent, Service
from platform_admin.rules.policy import PolicyFields
from platform_admin.rules.quota import surge_room
from platform_admin.verbs import reserving
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.desired import override
from platform_admin.verbs.policies import pause_scaling, save_policy
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.reservations import one_of_each, summed
from platform_admin.verbs.scaling import note, scale
from platform_admin.verbs.services import create_service
from platform_admin.verbs.teams import add_member
from tests.platform_admin.verbs.archives import tar_gz
from tests.platform_admin.verbs.decisions import decision, follow
from tests.platform_admin.verbs.world import World

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What was put into queues, instead of putting it there."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *call: calls.append(call))
    return calls


def following(world: World, name: str = "web", **changes: object) -> Service:
    service = world.service(name, **changes)
    follow(service)
    return service


def test_counts_are_written_with_events_and_reservations_and_sent_as_one_job(
    world: World,
    sent: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    web, api = following(world), following(world, "api", minimum=2)
    with django_capture_on_commit_callbacks(execute=True):
        written = scale({world.team.pk: [decision(web, 3), decision(api, 4)]}, NOW)

    assert written.applied == {web.pk, api.pk}
    assert not written.refused | written.moved
    found = Service.objects.order_by("name").values_list("name", "desired", "desired_version")
    assert list(found) == [("api", 4, 1), ("web", 3, 1)]
    assert set(Service.objects.values_list("desired_at", flat=True)) == {NOW}
    event = ScalingEvent.objects.get(service=web)
    assert (event.origin, event.outcome, event.before, event.after) == ("policy", "applied", 1, 3)
    assert (event.policy_version, event.step) == (1, "proposal")
    assert event.counts is not None
    assert event.counts[-1] == 3
    assert event.numbers == {"desired": 1.0, "wanted": 3.0}
    reserved = Reservation.objects.order_by("service__name").values_list("desired", "instances")
    assert list(reserved) == [(4, 4), (3, 3)]
    assert sent == [("deploy", "jobs.deploy.apply.several", ([web.pk, api.pk],))]


def test_the_teams_of_a_call_are_held_against_their_own_quotas(world: World) -> None:
    web = following(world, maximum=9)
    olga = add_member(SYSTEM, world.others, world.olga.user, "owner")  # type: ignore[arg-type]
    assert olga
    environment = create_app(
        world.olga, team=world.others, name="blog", environment="production", cell=world.cell
    )
    artifact = upload_artifact(world.olga, world.others, "a.tar.gz", BytesIO(tar_gz({"a": b""})))
    blog = create_service(world.olga, environment, world.fields(artifact_id=artifact.pk, maximum=9))
    follow(blog)
    Quota.objects.filter(team=world.others).update(instances=4)
    made = {world.others.pk: [decision(blog, 9)], world.team.pk: [decision(web, 8)]}

    assert scale(made, NOW).applied == {web.pk, blog.pk}
    assert dict(Service.objects.values_list("pk", "desired")) == {web.pk: 8, blog.pk: 4}


def test_the_sums_are_those_of_the_reservations(world: World) -> None:
    for name, cpu in (("web", 100), ("api", 150)):
        world.service(name, cpu_mhz=cpu, memory_mb=100)
    world.redis()
    Reservation.objects.filter(cpu_mhz=150).update(desired=2, instances=3)
    rows = list(Reservation.objects.select_related("service"))
    quota = Quota.objects.get(team=world.team)
    team = reserving._teams([quota])[world.team.pk]

    assert team.desired == summed(rows, lambda row: row.desired)
    assert team.reserved == summed(rows, lambda row: row.instances)
    assert team.surge == surge_room(limits_of(quota), one_of_each(rows))
    assert team.desired != team.reserved


def test_a_decision_about_an_older_row_changes_nothing(world: World) -> None:
    web = following(world)
    stale = decision(web, 3)
    scale({world.team.pk: [decision(web, 2)]}, NOW)

    assert scale({world.team.pk: [stale]}, NOW).moved == {web.pk}
    assert Service.objects.get().desired == 2
    assert ScalingEvent.objects.count() == 1


def test_the_same_decision_twice_is_written_once(world: World) -> None:
    web = following(world)
    made = decision(web, 3)

    assert scale({world.team.pk: [made]}, NOW).applied == {web.pk}
    assert scale({world.team.pk: [made]}, NOW).moved == {web.pk}
    assert Service.objects.get().desired_version == 1


def test_a_policy_that_was_paused_meanwhile_is_not_followed(world: World) -> None:
    web = following(world)
    made = decision(web, 3)
    pause_scaling(world.dana, web)

    assert scale({world.team.pk: [made]}, NOW).moved == {web.pk}
    assert Service.objects.get().desired == 1


def test_a_policy_that_changed_meanwhile_is_decided_again(world: World) -> None:
    web = following(world)
    made = decision(web, 3)
    save_policy(world.dana, web, PolicyFields(mode="on", latency_ms=100))

    assert scale({world.team.pk: [made]}, NOW).moved == {web.pk}


@pytest.mark.parametrize("bounds", [{"maximum": 4}, {"minimum": 6, "maximum": 9}])
def test_bounds_that_changed_meanwhile_hold(world: World, bounds: dict[str, int]) -> None:
    web = following(world, maximum=5)
    made = decision(web, 5)
    Service.objects.update(**bounds)

    assert scale({world.team.pk: [made]}, NOW).moved == {web.pk}


def test_a_hand_that_was_taken_in_meanwhile_stays(world: World) -> None:
    web = following(world)
    made = decision(web, 3)
    override(web, 2, datetime.now(UTC) + timedelta(minutes=15), "changed in Nomad")

    assert scale({world.team.pk: [made]}, NOW).moved == {web.pk}
    assert Service.objects.get().desired == 2


def test_without_room_the_first_ones_get_it_and_the_others_are_recorded(world: World) -> None:
    web, api = following(world, maximum=9), following(world, "api", maximum=9)
    written = scale({world.team.pk: [decision(web, 9), decision(api, 6)]}, NOW)

    assert written.applied == {web.pk}
    assert written.refused == {api.pk}
    assert Service.objects.get(pk=api.pk).desired == 1
    event = ScalingEvent.objects.get(service=api)
    assert (event.outcome, event.before, event.after) == ("refused", 1, 6)


def test_what_grows_gets_as_much_as_there_is_room_for(world: World) -> None:
    web, api = following(world, maximum=9), following(world, "api", maximum=9)
    written = scale({world.team.pk: [decision(web, 6), decision(api, 6)]}, NOW)

    assert written.applied == {web.pk, api.pk}
    event = ScalingEvent.objects.get(service=api)
    assert (event.outcome, event.before, event.after, event.step) == ("applied", 1, 4, "quota")
    assert ((event.numbers or {})["quota"], (event.counts or [])[-1]) == (4.0, 4)
    assert Reservation.objects.get(service=api).desired == 4


def test_what_gives_way_keeps_its_room_until_it_is_acknowledged(world: World) -> None:
    web, api = following(world), following(world, "api")
    Quota.objects.update(instances=20, cpu_mhz=10**6, memory_mb=10**6, surge_percent=25)
    Service.objects.update(maximum=30)
    scale({world.team.pk: [decision(api, 14)]}, NOW)
    Colour.objects.filter(service=api, colour="blue").update(at_most=14)
    written = scale({world.team.pk: [decision(web, 12), decision(api, 4)]}, NOW)

    assert written.applied == {web.pk, api.pk}
    held = {row.service_id: row for row in Reservation.objects.all()}
    assert (held[api.pk].desired, held[api.pk].instances >= 14) == (4, True)
    assert held[web.pk].desired > 20 - 14
    assert sum(row.instances for row in held.values()) == 20 + 5


def test_what_one_gives_back_is_there_for_the_next(world: World) -> None:
    web, api = following(world, maximum=9), following(world, "api", minimum=1, maximum=9)
    scale({world.team.pk: [decision(api, 8)]}, NOW)
    written = scale({world.team.pk: [decision(web, 7), decision(api, 3)]}, NOW)

    assert written.applied == {web.pk, api.pk}


def test_a_quota_that_shrank_forbids_no_way_down(world: World) -> None:
    web = following(world, maximum=9)
    scale({world.team.pk: [decision(web, 9)]}, NOW)
    Quota.objects.filter(team=world.team).update(instances=2)

    assert scale({world.team.pk: [decision(web, 5)]}, NOW).applied == {web.pk}
    assert scale({world.team.pk: [decision(web, 6)]}, NOW).refused == {web.pk}


def test_what_is_held_is_only_recorded(world: World) -> None:
    web = following(world)
    note([replace(decision(web, 1), step="quota")], ScalingEvent.Outcome.HELD, NOW)

    event = ScalingEvent.objects.get()
    assert (event.outcome, event.before, event.after, event.step) == ("held", 1, 1, "quota")
    assert Service.objects.get().desired_version == 0
