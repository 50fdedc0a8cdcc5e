from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from platform_admin.models import (
    App,
    AuditEvent,
    Deletion,
    Environment,
    Reservation,
    Resource,
    Service,
    Slug,
)
from platform_admin.verbs import deletions, forgetting
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.deletions import delete
from platform_admin.verbs.deployments import cancel, deploy, roll_back
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Denied, Going, Invalid, Unknown
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.obstacles import Target, obstacles
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import change_resource
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.rows import make_live, succeed
from tests.platform_admin.verbs.world import World

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def linked(world: World) -> tuple[Service, Service, Resource]:
    """A web service with links to an api and a redis."""
    web, api, cache = world.service("web"), world.service("api"), world.redis()
    links = [LinkFields("API_URL", "api"), LinkFields("REDIS_URL", "cache")]
    set_links(world.dana, web, links)
    return web, api, cache


def test_the_name_says_that_it_is_meant(world: World) -> None:
    web = world.service("web")
    for typed, said in (("", "Type web"), ("api", "'api' is not its name: type web")):
        with pytest.raises(Invalid, match=said) as caught:
            delete(world.dana, web, typed)
        assert list(caught.value.errors) == ["name"]
    assert not Deletion.objects.exists()


def test_a_deletion_is_recorded_and_enqueued_and_nothing_is_gone_yet(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[object] = []
    monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *call: sent.append(call))
    web = world.service("web")
    with django_capture_on_commit_callbacks(execute=True):
        found = delete(world.dev, web, " web ")

    assert (found.kind, found.name) == ("service", "shop/production/web")
    assert Service.objects.get().deletion == found
    assert Reservation.objects.get().desired == 1
    audit = AuditEvent.objects.get(verb="delete service")
    assert (audit.actor, audit.object_name) == (world.dev.user, "shop-production-web")
    assert sent == [("deploy", "jobs.deploy.deleting.step", (found.pk,))]


def test_who_has_a_link_to_it_is_named(world: World) -> None:
    _, api, cache = linked(world)
    for target in (api, cache):
        with pytest.raises(Invalid, match="web has a link to it") as caught:
            delete(world.dana, target, target.name)
        assert list(caught.value.errors) == ["target"]


def test_a_link_that_only_what_is_live_has_counts_too(world: World) -> None:
    web, api, _ = linked(world)
    make_live(web, release(world.dana, world.environment))
    set_links(world.dana, web, [])

    assert obstacles(api).callers == ("web",)


def test_a_deployment_in_its_environment_is_named_until_it_ends(world: World) -> None:
    web, cache = world.service("web"), world.redis()
    deployment = deploy(world.dana, release(world.dana, world.environment))
    targets: list[Target] = [web, cache, world.environment, world.environment.app]
    for target in targets:
        with pytest.raises(Invalid, match="deployment 1 is under way"):
            delete(world.dana, target, deletions.name_of(target))

    cancel(world.dana, deployment)
    succeed(deployment)
    assert delete(world.dana, web, "web")


def test_an_environment_goes_with_its_own_links(world: World) -> None:
    web, api, cache = linked(world)

    found = delete(world.dana, world.environment, "production")

    assert set(found.services.all()) == {web, api}
    assert list(found.resources.all()) == [cache]
    assert list(found.environments.all()) == [world.environment]


def test_an_app_goes_with_its_environments_and_gets_no_new_one(world: World) -> None:
    found = delete(world.dana, world.environment.app, "shop")

    assert list(found.environments.all()) == [world.environment]
    with pytest.raises(Going):
        create_environment(world.dana, world.environment.app, "staging", world.cell)


def test_what_goes_already_is_not_deleted_twice(world: World) -> None:
    web = world.service("web")
    first = delete(world.dana, web, "web")
    with pytest.raises(Going):
        delete(world.dana, web, "web")

    second = delete(world.dana, world.environment, "production")
    assert Service.objects.get().deletion == first
    assert not second.services.exists()


def test_what_goes_is_no_part_of_the_draft_and_takes_no_more_orders(world: World) -> None:
    web, cache = world.service("web"), world.redis()
    world.service("api")
    delete(world.dana, web, "web")
    delete(world.dana, cache, "cache")

    document = draft(world.environment)
    assert [each.name for each in document.services] == ["api"]
    assert not document.resources
    with pytest.raises(Going, match="is being deleted"):
        set_desired(world.dana, web, 1)
    with pytest.raises(Going):
        change_resource(world.dana, cache, cpu_mhz=100, memory_mb=99)
    with pytest.raises(Invalid, match="no 'web'"):
        set_links(world.dana, Service.objects.get(name="api"), [LinkFields("WEB_URL", "web")])
    with pytest.raises(Invalid, match="name"):
        world.service("web")


def test_an_environment_that_goes_takes_no_service_and_no_release(world: World) -> None:
    world.service("web")
    delete(world.dana, world.environment, "production")
    with pytest.raises(Going):
        world.service("api")
    with pytest.raises(Going):
        release(world.dana, world.environment)


def test_an_old_release_is_deployed_without_what_was_deleted_since(world: World) -> None:
    web, api = world.service("web"), world.service("api")
    old = release(world.dana, world.environment)
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    newest = release(world.dana, world.environment)
    for service in (web, api):
        make_live(service, newest)
    gone(delete(world.dana, api, "api"))

    made = roll_back(world.dana, world.environment, old.number)

    assert list(made.services.values_list("name", flat=True)) == ["web"]


def test_an_old_release_that_needs_what_was_deleted_is_refused(world: World) -> None:
    web, api, cache = linked(world)
    old = release(world.dana, world.environment)
    set_links(world.dana, web, [])
    make_live(web, release(world.dana, world.environment))
    for target in (api, cache):
        gone(delete(world.dana, target, target.name))

    with pytest.raises(Invalid, match="web has a link to api, cache, which was deleted"):
        deploy(world.dana, old)


def test_an_old_release_does_not_make_another_kind_of_a_service_of_the_same_name(
    world: World,
) -> None:
    first = world.worker("jobs")
    old = release(world.dana, world.environment)
    gone(delete(world.dana, first, "jobs"))
    world.service("jobs")

    with pytest.raises(Invalid, match="jobs was a worker service in it"):
        deploy(world.dana, old)


def gone(deletion: Deletion) -> None:
    """The rows of what goes, removed as once nothing is left outside."""
    for service in deletion.services.select_related("environment__app__team"):
        forgetting.forget_service(deletion, service)
    for resource in deletion.resources.select_related("environment__app__team"):
        forgetting.forget_resource(deletion, resource)
    for environment in deletion.environments.select_related("app__team"):
        forgetting.forget_environment(deletion, environment)
    for app in deletion.apps.select_related("team"):
        forgetting.forget_app(deletion, app)
    forgetting.finish(deletion)


def test_the_rows_of_an_app_go_and_its_audit_stays(world: World) -> None:
    web, _, _ = linked(world)
    set_secret(world.dana, world.environment, web, "KEY", "s3cret")
    old = release(world.dana, world.environment)
    succeed(deploy(world.dana, old))
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    succeed(deploy(world.dana, release(world.dana, world.environment)))
    succeed(roll_back(world.dana, world.environment, old.number))
    before = AuditEvent.objects.count()

    found = delete(world.dana, world.environment.app, "shop")
    gone(found)

    assert not App.objects.exists()
    assert not Environment.objects.exists()
    assert not Service.objects.exists()
    assert not Slug.objects.exists()
    assert not Reservation.objects.exists()
    assert AuditEvent.objects.count() == before + 1 + 5
    found.refresh_from_db()
    assert len(found.done) == 5
    assert found.finished_at is not None


def test_its_name_is_free_again_and_what_comes_after_knows_nothing_of_it(world: World) -> None:
    first = world.service("web")
    set_secret(world.dana, world.environment, first, "KEY", "s3cret")
    assert set_desired(world.dana, first, 2)
    found = delete(world.dana, first, "web")
    gone(found)
    gone(found)

    again = world.service("web")

    assert again.desired == 1
    assert not again.variables.exists()
    assert not again.scaling_events.exists()
    assert len(Deletion.objects.get().done) == 1


def test_one_worker_at_a_time_has_it(world: World) -> None:
    made = delete(world.dana, world.service("web"), "web")
    assert deletions.due(NOW) == [made.pk]

    mine = deletions.claim(made.pk, NOW)

    assert mine is not None
    assert deletions.claim(made.pk, NOW) is None
    assert deletions.due(NOW) == []
    assert deletions.keep(mine, NOW + timedelta(seconds=50))
    later = deletions.claim(made.pk, NOW + timedelta(seconds=111))
    assert later is not None
    assert not deletions.keep(mine, NOW + timedelta(seconds=112))
    deletions.give_back(mine, NOW)
    assert deletions.due(NOW + timedelta(seconds=113)) == []


def test_deleting_is_for_makers_of_the_team(world: World) -> None:
    web = world.service("web")
    with pytest.raises(Denied):
        delete(world.vera, web, "web")
    with pytest.raises(Unknown):
        delete(world.ella, world.environment, "production")
