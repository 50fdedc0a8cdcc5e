from __future__ import annotations

import pytest

from platform_admin.models import AuditEvent, Link
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World

API = LinkFields("API_URL", "api")
REDIS = LinkFields("REDIS_URL", "cache")


@pytest.fixture
def linked(world: World) -> World:
    """The world with a private api, a worker and a redis beside web."""
    world.service("api", kind="private")
    world.worker()
    world.redis()
    return world


def test_links_lead_to_services_and_resources(linked: World) -> None:
    web = linked.service()
    links = set_links(linked.dana, web, [REDIS, API, LinkFields("REDIS_PORT", "cache", "port")])

    assert [str(link) for link in links] == [
        "API_URL = api.url",
        "REDIS_PORT = cache.port",
        "REDIS_URL = cache.url",
    ]


def test_the_links_are_exactly_these_and_stand_in_the_audit(linked: World) -> None:
    web = linked.service()
    set_links(linked.dana, web, [API])
    set_links(linked.dana, web, [REDIS])
    set_links(linked.dana, web, [REDIS])

    assert Link.objects.get().variable == "REDIS_URL"
    event = AuditEvent.objects.filter(verb="set links").latest("pk")
    assert event.before == {"API_URL": "api.url"}
    assert event.after == {"REDIS_URL": "cache.url"}
    assert AuditEvent.objects.filter(verb="set links").count() == 2


@pytest.mark.parametrize(
    ("fields", "part", "said"),
    [
        (LinkFields("API_URL", "nothing"), "target", "no 'nothing' in this environment: it has"),
        (LinkFields("API_URL", ""), "target", "leads nowhere"),
        (LinkFields("API_URL", "web"), "target", "can not have a link to itself"),
        (LinkFields("API_URL", "worker"), "target", "has no address"),
        (LinkFields("API_URL", "api", "password"), "property", "choose one of url"),
        (LinkFields("X", "cache", "color"), "property", "url, host, port, user, password"),
        (LinkFields("1X", "api"), "variable", "not a variable's name"),
        (LinkFields("PORT", "api"), "variable", "choose another name"),
        (LinkFields("REDIS_URL", "api"), "variable", "stands twice"),
        (LinkFields("PLAIN", "api"), "variable", "rename one of them"),
        (LinkFields("SHARED", "api"), "variable", "rename one of them"),
        (LinkFields("TOKEN", "api"), "variable", "rename one of them"),
    ],
)
def test_a_bad_link_is_named_by_its_index_and_changes_nothing(
    linked: World, fields: LinkFields, part: str, said: str
) -> None:
    web = linked.service()
    set_variables(linked.dana, linked.environment, web, {"PLAIN": "x"})
    set_variables(linked.dana, linked.environment, None, {"SHARED": "x"})
    set_secret(linked.dana, linked.environment, web, "TOKEN", "x")
    with pytest.raises(Invalid) as caught:
        set_links(linked.dana, web, [REDIS, fields])

    assert list(caught.value.errors) == [f"links.1.{part}"]
    assert said in caught.value.errors[f"links.1.{part}"][0]
    assert not Link.objects.exists()
