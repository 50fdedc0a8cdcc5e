from __future__ import annotations

from jobs.document import LinkDoc, ResourceDoc, SecretRef, read, write
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World


def test_the_rows_become_a_document(world: World) -> None:
    world.redis()
    web = world.service(
        command="python3 'my web.py' -v", release_command="python3 m.py", health_path="/healthz"
    )
    set_links(world.dana, web, [LinkFields("REDIS_URL", "cache")])
    document = draft(world.environment)

    assert (document.app, document.environment) == ("shop", "production")
    assert document.resources == (ResourceDoc("cache", "redis"),)
    service = document.service("web")
    assert service is not None
    assert service.command == ("python3", "my web.py", "-v")
    assert service.release_command == ("python3", "m.py")
    assert (service.artifact, service.archive) == (world.artifact.sha256, "tar.gz")
    assert (service.port, service.health_path, service.image) == (8080, "/healthz", None)
    assert service.links == (LinkDoc("REDIS_URL", "cache", "url"),)


def test_the_services_own_variables_win_over_the_environments(world: World) -> None:
    web = world.service()
    set_variables(world.dana, world.environment, None, {"A": "shared", "B": "shared", "S": "x"})
    set_variables(world.dana, world.environment, web, {"A": "own"})
    set_secret(world.dana, world.environment, web, "S", "secret")
    service = draft(world.environment).service("web")

    assert service is not None
    assert service.variables == {"A": "own", "B": "shared"}
    assert service.secrets == {"S": SecretRef("service", 1)}


def test_a_plain_variable_of_the_service_wins_over_a_shared_secret(world: World) -> None:
    web = world.service()
    set_secret(world.dana, world.environment, None, "TOKEN", "s")
    set_variables(world.dana, world.environment, web, {"TOKEN": "plain"})
    service = draft(world.environment).service("web")

    assert service is not None
    assert (service.variables, service.secrets) == ({"TOKEN": "plain"}, {})


def test_a_secret_stands_by_its_newest_number_and_never_by_its_value(world: World) -> None:
    world.service()
    for value in ("hunter1", "hunter2"):
        set_secret(world.dana, world.environment, None, "TOKEN", value)
    document = draft(world.environment)
    service = document.service("web")

    assert service is not None
    assert service.secrets == {"TOKEN": SecretRef("environment", 2)}
    assert "hunter" not in str(write(document))


def test_what_is_drafted_can_be_read_again(world: World) -> None:
    world.worker()
    world.service("api", kind="private", artifact_id=None, image="api:1", command="")
    document = draft(world.environment)

    assert read(write(document)) == document


def test_a_static_service_gets_no_values_and_no_secret(world: World) -> None:
    set_variables(world.dana, world.environment, None, {"LEVEL": "info"})
    set_secret(world.dana, world.environment, None, "KEY", "hunter2")
    world.service("site", kind="static", command="")
    site = draft(world.environment).service("site")
    assert site is not None
    assert (site.variables, site.secrets) == ({}, {})
