from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_django import Settings

from platform_admin.models import AuditEvent, Reservation, Resource
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.external import External, change_external, how, register_external
from platform_admin.verbs.links import LinkFields, set_links
from tests.platform_admin.verbs.world import World

GIVEN = External("203.0.113.5", 5432, "shop", "a secret", "orders")


def registered(world: World, given: External = GIVEN, kind: str = "postgres") -> Resource:
    return register_external(world.dana, world.environment, name="books", kind=kind, given=given)


def test_it_takes_no_port_and_no_quota_of_ours(world: World) -> None:
    resource = registered(world, replace(GIVEN, port=15000))

    assert (resource.external, resource.host, resource.address) == (
        True,
        "203.0.113.5",
        "203.0.113.5",
    )
    assert world.redis().port == 15000
    assert not Reservation.objects.filter(resource=resource).exists()
    assert how(resource) == replace(GIVEN, port=15000)


def test_its_document_says_that_it_is_there_and_no_more(world: World) -> None:
    registered(world)
    [doc] = draft(world.environment).resources

    assert (doc.name, doc.kind, doc.external) == ("books", "postgres", True)


def test_its_password_stands_in_no_audit_row_and_no_field(world: World) -> None:
    resource = registered(world)
    change_external(world.dana, resource, replace(GIVEN, password="another one"))

    said = str(list(AuditEvent.objects.values())) + str(list(Resource.objects.values()))
    assert "a secret" not in said
    assert "another one" not in said
    assert "a secret" not in repr(how(resource))


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"host": ""}, "host", "A host is needed"),
        ({"host": "postgres://x"}, "host", "without a scheme"),
        ({"host": "a,b"}, "host", "is no host"),
        ({"host": "/var/run"}, "host", "is no host"),
        ({"host": "127.0.0.1"}, "host", "loopback"),
        ({"host": "localhost"}, "host", "loopback"),
        ({"host": "169.254.169.254"}, "host", "link-local"),
        ({"host": "nothing.invalid"}, "host", "has no address"),
        ({"port": 0}, "port", "is no port"),
        ({"port": 70000}, "port", "is no port"),
        ({"user": ""}, "user", "A user is needed"),
        ({"password": ""}, "password", "A password is needed"),
        ({"database": ""}, "database", "A database is needed"),
        ({"database": "x" * 64}, "database", "shorten it to 63"),
        ({"user": "a\nb"}, "user", "can not be typed"),
    ],
)
def test_bad_fields_are_refused_by_field(
    world: World, changes: dict[str, object], field: str, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        registered(world, replace(GIVEN, **changes))  # type: ignore[arg-type]

    assert list(caught.value.errors) == [field]
    assert said in caught.value.errors[field][0]
    assert not Resource.objects.exists()


def test_musters_own_servers_stay_closed_in_an_allowed_network(
    world: World, settings: Settings
) -> None:
    settings.MUSTER_EXTERNAL_NETWORKS = ["127.0.0.0/8", "::1/128"]
    own = int(settings.DATABASES["default"]["PORT"])
    with pytest.raises(Invalid, match="one of Muster's own servers"):
        registered(world, replace(GIVEN, host="localhost", port=own))

    assert registered(world, replace(GIVEN, host="localhost", port=9)).host == "localhost"


def test_a_change_keeps_the_password_unless_another_is_typed(world: World) -> None:
    resource = registered(world)
    changed = replace(GIVEN, host="203.0.113.6", user="other", password="")
    resource = change_external(world.dev, resource, changed)

    assert how(resource) == replace(changed, password="a secret")
    assert resource.changed_at is not None
    assert resource.credentials.count() == 1


def test_a_redis_needs_no_login(world: World) -> None:
    resource = registered(world, External("203.0.113.5", 6379), "redis")

    assert how(resource) == External("203.0.113.5", 6379, "default")


def test_a_link_to_it_leads_into_its_one_database(world: World) -> None:
    registered(world)
    web = world.service()
    with pytest.raises(Invalid) as caught:
        set_links(world.dana, web, [LinkFields("URL", "books", "url", "another")])

    assert list(caught.value.errors) == ["links.0.database"]
    assert set_links(world.dana, web, [LinkFields("URL", "books", "database")])


def test_a_viewer_and_a_stranger_register_nothing(world: World) -> None:
    for who, refused in ((world.vera, Denied), (world.ella, Unknown)):
        with pytest.raises(refused):
            register_external(who, world.environment, name="books", kind="postgres", given=GIVEN)
    resource = registered(world)
    for who, refused in ((world.vera, Denied), (world.ella, Unknown)):
        with pytest.raises(refused):
            change_external(who, resource, GIVEN)
