from __future__ import annotations

import pytest

from platform_admin.models import AuditEvent, Deployment, Service
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.releases import release
from platform_admin.verbs.restarts import restart, restart_all
from platform_admin.verbs.suspending import suspend
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.rows import make_live, succeed
from tests.platform_admin.verbs.world import World


def live(world: World, *names: str) -> list[Service]:
    """Services that the first release has brought live."""
    services = [world.service(name) for name in names]
    made = release(world.dana, world.environment)
    for service in services:
        make_live(service, made)
    return services


def names(deployment: Deployment) -> list[str]:
    return sorted(deployment.services.values_list("name", flat=True))


def test_a_restart_deploys_what_is_live_although_nothing_changed(world: World) -> None:
    web, _ = live(world, "web", "api")

    made = restart(world.dev, web)

    assert (made.restart, made.release.number, names(made)) == (True, 1, ["web"])
    audit = AuditEvent.objects.get(verb="restart")
    assert audit.actor == world.dev.user
    assert audit.after is not None
    assert audit.after["services"] == ["web"]


def test_what_the_draft_would_change_stays_in_the_draft(world: World) -> None:
    [web] = live(world, "web")
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    release(world.dana, world.environment)

    assert restart(world.dana, web).release.number == 1


def test_a_second_click_makes_no_second_restart(world: World) -> None:
    [web] = live(world, "web")
    assert restart(world.dana, web) == restart(world.dana, web)
    assert restart_all(world.dana, world.environment) == [restart(world.dana, web)]


def test_another_deployment_of_it_is_named(world: World) -> None:
    [web] = live(world, "web")
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    deploy(world.dana, release(world.dana, world.environment))

    with pytest.raises(Invalid, match="Deployment 1 has web already"):
        restart(world.dana, web)


def test_what_was_never_live_or_is_suspended_is_not_restarted(world: World) -> None:
    [web] = live(world, "web")
    with pytest.raises(Invalid, match="never live"):
        restart(world.dana, world.service("later"))
    suspend(world.dana, web)
    with pytest.raises(Invalid, match="resume it first"):
        restart(world.dana, web)
    with pytest.raises(Invalid, match="nothing to restart"):
        restart_all(world.dana, world.environment)


def test_an_environment_restarts_in_one_deployment_what_one_release_says(world: World) -> None:
    web, api = live(world, "web", "api")
    set_variables(world.dana, world.environment, web, {"VERSION": "2"})
    succeed(deploy(world.dana, release(world.dana, world.environment)))

    [made] = restart_all(world.dana, world.environment)

    assert (made.release.number, names(made)) == (2, ["api", "web"])
    assert api.rollout.live == "blue"


def test_what_is_live_of_an_older_release_is_restarted_from_that(world: World) -> None:
    web, _ = live(world, "web", "api")
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    succeed(deploy(world.dana, release(world.dana, world.environment), [web]))

    made = restart_all(world.dana, world.environment)

    assert sorted((each.release.number, names(each)) for each in made) == [
        (1, ["api"]),
        (2, ["web"]),
    ]


def test_a_deployment_of_the_release_that_is_restarted_still_finds_nothing_to_do(
    world: World,
) -> None:
    [web] = live(world, "web")
    succeed(restart(world.dana, web))

    with pytest.raises(Invalid, match="Nothing differs"):
        deploy(world.dana, release(world.dana, world.environment))


def test_it_is_for_makers_of_the_team(world: World) -> None:
    [web] = live(world, "web")
    with pytest.raises(Denied):
        restart(world.vera, web)
    with pytest.raises(Unknown):
        restart_all(world.ella, world.environment)
