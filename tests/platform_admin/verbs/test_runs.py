from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_admin.models import AuditEvent, Reservation, Run, Service
from platform_admin.verbs.errors import Denied, Invalid, NoRoom, Unknown, VerbError
from platform_admin.verbs.releases import release
from platform_admin.verbs.runs import cancel_run, run_now, run_once
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World


@pytest.fixture
def cron(world: World) -> Service:
    """A cron that is live."""
    service = world.service("report", kind="cron", port=None, schedule="@daily", maximum=1)
    make_live(service, release(world.dana, world.environment))
    service.refresh_from_db()
    return service


def test_a_command_runs_with_what_is_live_and_has_its_room(world: World, cron: Service) -> None:
    run = run_once(world.dev, cron, " python3 check.py ", 60)
    assert (run.kind, run.state, run.command) == ("once", "asked", "python3 check.py")
    assert run.release == cron.colours.get(colour="blue").release
    reserved = Reservation.objects.get(run=run)
    assert (reserved.instances, reserved.cpu_mhz, reserved.memory_mb) == (1, 100, 128)
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.actor_name) == ("run command", "dev")


def test_a_command_for_which_the_quota_has_no_room_is_refused(world: World, cron: Service) -> None:
    for _ in range(9):
        run_once(world.dev, cron, "x")
    with pytest.raises(NoRoom):
        run_once(world.dev, cron, "x")
    assert Run.objects.count() == 9


@pytest.mark.parametrize(
    ("command", "limit_s", "field"),
    [("", 60, "command"), ("a 'b", 60, "command"), ("x", 0, "limit_s"), ("x", 86401, "limit_s")],
)
def test_a_wrong_command_is_refused_at_its_field(
    world: World, cron: Service, command: str, limit_s: int, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        run_once(world.dev, cron, command, limit_s)
    assert list(caught.value.errors) == [field]


def test_nothing_runs_of_what_was_never_live(world: World) -> None:
    service = world.service("report", kind="cron", port=None, schedule="@daily", maximum=1)
    verbs: list[Callable[[], object]] = [
        lambda: run_now(world.dev, service),
        lambda: run_once(world.dev, service, "x"),
    ]
    for verb in verbs:
        with pytest.raises(Invalid, match="Nothing of report is live: release and deploy it"):
            verb()


def test_only_a_cron_runs_by_hand_and_only_while_it_is_not_suspended(
    world: World, cron: Service
) -> None:
    with pytest.raises(Invalid, match="web is no cron"):
        run_now(world.dev, world.service("web"))
    Service.objects.filter(pk=cron.pk).update(desired=0)
    with pytest.raises(Invalid, match="report is suspended: resume it first"):
        run_now(world.dev, cron)


def test_runs_by_hand_never_overlap_and_a_skipped_one_is_no_run(
    world: World, cron: Service
) -> None:
    first = run_now(world.dev, cron)
    with pytest.raises(Invalid, match="A run of report is under way"):
        run_now(world.dev, cron)
    Run.objects.filter(pk=first.pk).update(state="skipped")
    assert run_now(world.dev, cron).open


def test_a_run_is_cancelled_once_and_not_after_its_end(world: World, cron: Service) -> None:
    run = run_now(world.dev, cron)
    assert cancel_run(world.dev, run).cancelled_by == "dev"
    assert cancel_run(world.dana, run).cancelled_by == "dev"
    assert AuditEvent.objects.filter(verb="cancel run").count() == 1
    Run.objects.filter(pk=run.pk).update(state="succeeded")
    with pytest.raises(Invalid, match="The run has succeeded already"):
        cancel_run(world.dev, run)


def test_a_release_command_ends_with_its_deployment(world: World, cron: Service) -> None:
    run = run_now(world.dev, cron)
    Run.objects.filter(pk=run.pk).update(kind="release")
    run.refresh_from_db()
    with pytest.raises(Invalid, match="cancel that"):
        cancel_run(world.dev, run)


@pytest.mark.parametrize(("who", "error"), [("vera", Denied), ("ella", Unknown)])
def test_viewers_and_strangers_run_nothing(
    world: World, cron: Service, who: str, error: type[VerbError]
) -> None:
    run, actor = run_now(world.dev, cron), getattr(world, who)
    verbs: list[Callable[[], object]] = [
        lambda: run_now(actor, cron),
        lambda: run_once(actor, cron, "x"),
        lambda: cancel_run(actor, run),
    ]
    for verb in verbs:
        with pytest.raises(error):
            verb()
