"""Taking away what a service, a resource, an environment or an app has outside, and its rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import F
from django.utils import timezone

from jobs import servers
from jobs.deploy import apply, deleting, repair, routes, rows, taking
from jobs.deploy.edge_tree import wanted_tree
from jobs.edge import version, withdraw, write
from jobs.errors import Unavailable
from jobs.nomad import Job
from jobs.specs import names
from platform_admin.models import (
    App,
    AuditEvent,
    Deletion,
    Deployment,
    Reservation,
    Resource,
    Run,
    Service,
    Slug,
)
from platform_admin.verbs import forgetting
from platform_admin.verbs.deletions import delete
from platform_admin.verbs.obstacles import Target
from platform_admin.verbs.runs import START_TAKES
from tests.jobs.deploy.driven.drive import drive, look, queued
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.world import World

SLUG = "shop-production-web"
BLUE, GREEN = f"{SLUG}-blue", f"{SLUG}-green"
ROOT = "traefik/http/"


def routed(service: Service) -> Service:
    """The service, with its routes in Consul and a Variable of its live colour."""
    loaded = rows.read(service.pk)
    write(servers.consul(), service.slug, wanted_tree(loaded), loaded.rollout.version)
    path = names.variable_path(f"{service.slug}-blue")
    servers.nomad().put_variable(NAMESPACE, path, {"KEY": "s3cret"}, cas=0)
    return service


@pytest.fixture
def routed_web(web: Service) -> Service:
    return routed(web)


def keys(cluster: Inside) -> list[str]:
    """The keys in Consul that are a service's: its routes, and their version."""
    theirs = [*cluster.consul.tree(ROOT), *cluster.consul.tree("muster/")]
    return [key for key in theirs if SLUG in key or "shop-" in key]


def again(deletion: Deletion) -> Deletion:
    """The deletion after one more step, as if its turn had come."""
    Deletion.objects.filter(pk=deletion.pk).update(due_at=None)
    deleting.step(deletion.pk)
    deletion.refresh_from_db()
    return deletion


def finished(cluster: Inside, deletion: Deletion) -> Deletion:
    """The deletion at its end."""
    for _ in range(6):
        look(cluster)
        if again(deletion).finished_at is not None:
            return deletion
    raise AssertionError(f"it does not end: {deletion.waits_for}")


def nothing_left(cluster: Inside) -> None:
    assert cluster.jobs() == {}
    assert cluster.variables() == {}
    assert keys(cluster) == []
    assert "shop" not in str(dict(cluster.consul.services()))


def test_nothing_of_a_service_is_left_anywhere(
    world: World, cluster: Inside, routed_web: Service
) -> None:
    deletion = delete(world.dana, routed_web, "web")

    again(deletion)
    assert deletion.waits_for == "web: waiting until its last instances end (2)."
    assert Reservation.objects.get().instances >= 2, "what still runs is still reserved"
    assert cluster.variables(), "an instance that ends may still read it"
    finished(cluster, deletion)

    nothing_left(cluster)
    assert not Service.objects.exists()
    assert not Slug.objects.exists()
    assert not Reservation.objects.exists()
    assert AuditEvent.objects.filter(verb="deleted", object_name=SLUG).exists()
    assert deletion.done == ["web: its jobs, variables, routes and rows are gone."]


def test_what_sweeps_and_repairs_puts_nothing_back(
    world: World, cluster: Inside, routed_web: Service
) -> None:
    loaded = rows.read(routed_web.pk)
    deletion = delete(world.dana, routed_web, "web")
    again(deletion)
    look(cluster)
    taking.take_service(Service.objects.get(), lambda: None)

    apply.run(routed_web.pk)
    apply.sweep()
    repair.Repair().run(0.0)
    routes.write_all([(loaded, wanted_tree(loaded))])

    nothing_left(cluster)
    finished(cluster, deletion)
    apply.run(routed_web.pk)


WRITES: dict[str, Callable[[pytest.MonkeyPatch, Callable[..., None]], None]] = {
    "stop": lambda patch, crash: patch.setattr(servers.nomad(), "stop", crash),
    "variable": lambda patch, crash: patch.setattr(servers.nomad(), "delete_variable", crash),
    "routes": lambda patch, crash: patch.setattr(taking, "withdraw", crash),
    "rows": lambda patch, crash: patch.setattr(forgetting, "forget_service", crash),
    "end": lambda patch, crash: patch.setattr(forgetting, "finish", crash),
}


class Killed(BaseException):
    """The worker is gone in the middle of a step."""


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(WRITES))
@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_at_a_write_is_followed_by_another(
    world: World,
    cluster: Inside,
    routed_web: Service,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    after: bool,
) -> None:
    deletion = delete(world.dana, routed_web, "web")
    kept = {
        "stop": servers.nomad().stop,
        "variable": servers.nomad().delete_variable,
        "routes": withdraw,
        "rows": forgetting.forget_service,
        "end": forgetting.finish,
    }[name]
    died = []

    def crash(*arguments: object, **options: object) -> None:
        if after:
            kept(*arguments, **options)  # type: ignore[operator]
        died.append(name)
        raise Killed

    with monkeypatch.context() as patch:
        WRITES[name](patch, crash)
        for _ in range(4):
            look(cluster)
            try:
                again(deletion)
            except Killed:
                break
    assert died

    finished(cluster, deletion)
    nothing_left(cluster)
    assert not Service.objects.exists()


def test_while_nomad_is_away_it_waits_and_says_so(
    world: World, cluster: Inside, routed_web: Service
) -> None:
    deletion = delete(world.dana, routed_web, "web")
    cluster.nomad_door.away()
    assert again(deletion).waits_for.startswith("Waiting: ")
    assert Service.objects.exists()

    cluster.nomad_door.mood = lambda _: None
    finished(cluster, deletion)
    nothing_left(cluster)


def test_while_consul_is_away_the_rows_stay(
    world: World, cluster: Inside, routed_web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("Consul does not answer", server="consul")

    deletion = delete(world.dana, routed_web, "web")
    with monkeypatch.context() as patch:
        patch.setattr(taking, "withdraw", away)
        for _ in range(3):
            look(cluster)
            again(deletion)
    assert deletion.waits_for == "Waiting: Consul does not answer."
    assert Service.objects.exists()
    assert Slug.objects.exists()

    finished(cluster, deletion)
    nothing_left(cluster)


def test_a_worker_whose_turn_another_one_took_writes_nothing_more(
    world: World, cluster: Inside, routed_web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = delete(world.dana, routed_web, "web")
    taken, read = Deletion.objects.filter(pk=deletion.pk), servers.nomad().job

    def meanwhile(namespace: str, job_id: str) -> Job | None:
        taken.update(claims=F("claims") + 1)
        return read(namespace, job_id)

    monkeypatch.setattr(servers.nomad(), "job", meanwhile)
    before = list(cluster.written)

    deleting.step(deletion.pk)

    assert cluster.written == before
    assert cluster.jobs()[BLUE] == 2


def test_what_was_started_of_it_goes_whether_or_not_a_row_says_so(
    world: World, cluster: Inside
) -> None:
    cron = world.service("report", kind="cron", port=None, schedule="0 0 1 1 *", maximum=1)
    drive(cluster, queued(world))
    cluster.exit_code = None
    launched = cluster.launch(cron.slug, 1_790_000_000)
    others = [f"{cron.slug}--run-7", f"{cron.slug}--cmd-8", f"{cron.slug}-2--run-7"]
    for job in others:
        cluster.nomad.register(cluster.job(launched) | {"ID": job, "Name": job})
        cluster.nomad.put_variable(NAMESPACE, names.variable_path(job), {"KEY": "s3cret"}, cas=0)
    look(cluster)

    deletion = delete(world.dana, cron, "report")
    again(deletion)
    assert deletion.waits_for == "report: waiting until its last instances end (3)."
    assert cluster.job(launched)["Stop"]
    finished(cluster, deletion)

    assert list(cluster.jobs()) == others[2:], "of another service of a longer name"
    assert list(cluster.variables()) == [names.variable_path(others[2])]


def test_a_run_that_is_asked_for_ends_and_one_that_starts_is_waited_for(
    world: World, cluster: Inside, routed_web: Service
) -> None:
    run = Run(service=routed_web, kind="once", command="x", limit_s=1, launch_at=timezone.now())
    run.save()
    tried = Run.objects.create(
        service=routed_web, kind="once", command="x", limit_s=1, launch_at=timezone.now(),
        tried_at=timezone.now(), job=f"{SLUG}--run-9",
    )  # fmt: skip
    deletion = delete(world.dana, routed_web, "web")
    run.refresh_from_db()
    assert (run.state, run.reason) == ("cancelled", "Its service is being deleted.")
    assert again(deletion).waits_for == "web: waiting until the start of a run is over."

    Run.objects.filter(pk=tried.pk).update(tried_at=F("tried_at") - START_TAKES)
    finished(cluster, deletion)
    nothing_left(cluster)


@pytest.mark.full
def test_one_of_the_same_name_begins_anew(
    world: World, cluster: Inside, routed_web: Service
) -> None:
    finished(cluster, delete(world.dana, routed_web, "web"))

    web = world.service("web")
    deployment = drive(cluster, queued(world))

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    assert cluster.jobs() == {BLUE: 1}
    assert "KEY" not in str(cluster.variables())
    found = version(cluster.consul, SLUG)
    assert found is not None
    assert found <= rows.read(web.pk).rollout.version


def test_an_app_goes_with_all_it_has(world: World, cluster: Inside) -> None:
    web = world.service("web")
    cache = world.redis()
    routed(stand(world, cluster, web))
    cluster.nomad.register(cluster.job(BLUE) | {"ID": cache.slug, "Name": cache.slug})
    path = names.variable_path(cache.slug)
    cluster.nomad.put_variable(NAMESPACE, path, {"PASSWORD": "s3cret"}, cas=0)
    look(cluster)

    deletion = finished(cluster, delete(world.dana, world.environment.app, "shop"))

    nothing_left(cluster)
    assert not App.objects.exists()
    assert not Resource.objects.exists()
    assert [each.split(":")[0] for each in deletion.done] == ["web", "cache", "production", "shop"]


def test_what_was_never_deployed_goes_at_once(world: World, cluster: Inside) -> None:
    targets: list[Target] = [world.service("later"), world.redis()]
    for target in targets:
        deletion = delete(world.dana, target, str(target).rsplit("-", maxsplit=1)[-1])
        assert again(deletion).finished_at is not None
    assert not Slug.objects.exists()


def test_an_environment_waits_for_a_service_that_goes_by_itself(
    world: World, cluster: Inside, routed_web: Service
) -> None:
    first = delete(world.dana, routed_web, "web")
    second = delete(world.dana, world.environment, "production")
    assert "is being deleted in it already" in again(second).waits_for

    finished(cluster, first)
    finished(cluster, second)
    nothing_left(cluster)
