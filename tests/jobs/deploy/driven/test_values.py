from __future__ import annotations

from collections.abc import Mapping

import pytest
from pytest_django import Settings

from jobs.deploy.values import service_properties, values
from jobs.document import Document, LinkDoc, ResourceDoc, SecretRef, ServiceDoc
from jobs.errors import Refused, Unavailable
from platform_admin.models import Cell, Deployment, Environment
from platform_admin.rules.variables import LARGEST_BYTES
from platform_admin.verbs.credentials import password
from platform_admin.verbs.secrets import set_secret
from tests.jobs.deploy.driven.drive import drive, queued
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

WEB, API = ServiceDoc("web", "web"), ServiceDoc("api", "private")
DOCUMENT = Document("shop", "production", (WEB, API), (ResourceDoc("cache", "redis"),))


def of(environment: Environment, **doc: object) -> dict[str, str]:
    """The values of a service of the document that says this."""
    return values(environment, DOCUMENT, ServiceDoc("shop", "web", **doc))  # type: ignore[arg-type]


def link(target: str, name: str) -> dict[str, object]:
    return {"links": (LinkDoc("LINK", target, name),)}


@pytest.mark.parametrize(
    ("form", "target", "found"),
    [
        (
            "path",
            API,
            {
                "url": "http://10.0.0.1:81/~shop-production-api",
                "internal_url": "http://10.0.0.1:81/~shop-production-api",
                "host": "10.0.0.1",
                "port": "81",
            },
        ),
        (
            "dns",
            API,
            {
                "url": "http://api.shop-production.query.consul:81",
                "internal_url": "http://api.shop-production.query.consul:81",
                "host": "api.shop-production.query.consul",
                "port": "81",
            },
        ),
        (
            "dns",
            WEB,
            {
                "url": "http://web.shop-production.query.consul:81",
                "internal_url": "http://web.shop-production.query.consul:81",
                "host": "web.shop-production.query.consul",
                "port": "81",
                "public_url": "http://shop-production-web.apps.test:80",
            },
        ),
    ],
)
def test_a_link_to_a_service_leads_to_the_edge_in_the_cells_form(
    world: World, settings: Settings, form: str, target: ServiceDoc, found: Mapping[str, str]
) -> None:
    settings.MUSTER_APPS_DOMAIN = "apps.test"
    world.environment.cell = Cell(
        link_form=form, private_address="10.0.0.1:81", web_address="10.0.0.1:80"
    )
    assert service_properties(world.environment, target) == found
    for name, value in found.items():
        assert of(world.environment, **link(target.name, name)) == {"LINK": value}


def test_a_link_to_a_tcp_service_is_its_name_in_consul_and_waits_for_nothing(world: World) -> None:
    chat = ServiceDoc("chat", "private", port=5000, protocol="tcp")
    found = {
        "host": "shop-production-chat.service.consul",
        "srv": "_shop-production-chat._tcp.service.consul",
    }
    assert service_properties(world.environment, chat) == found
    document = Document("shop", "production", (chat,))
    doc = ServiceDoc("shop", "web", links=(LinkDoc("CHAT", "chat", "host"),))
    assert values(world.environment, document, doc) == {"CHAT": found["host"]}


def test_a_link_to_a_service_waits_for_an_edge(world: World) -> None:
    with pytest.raises(Unavailable, match="no edge passes"):
        of(world.environment, **link("api", "url"))


def test_a_link_to_what_its_target_has_not_is_refused(world: World) -> None:
    world.environment.cell.private_address = "10.0.0.1:81"
    with pytest.raises(Refused, match="LINK: api has no property 'public_url'"):
        of(world.environment, **link("api", "public_url"))


def test_a_link_to_a_resource_waits_until_it_passes_and_then_holds_its_password(
    world: World, cluster: Inside
) -> None:
    cache = world.redis("cache")
    with pytest.raises(Unavailable, match="shop-production-cache does not pass in Consul yet"):
        of(world.environment, **link("cache", "url"))
    world.worker()
    drive(cluster, queued(world), until=Deployment.State.COMMANDING)
    secret = password(cache.credentials.get())
    assert of(world.environment, **link("cache", "url")) == {
        "LINK": f"redis://default:{secret}@127.0.0.1:{cache.port}/0"
    }


def test_secrets_are_those_of_the_version_and_the_owner_that_the_release_names(
    world: World,
) -> None:
    service = world.service("shop")
    set_secret(world.dana, world.environment.app, None, "KEY", "the app's")
    for owner, value in ((None, "ours"), (service, "first"), (service, "second")):
        set_secret(world.dana, world.environment, owner, "KEY", value)
    for ref, value in (
        (SecretRef("app", 1), "the app's"),
        (SecretRef("environment", 1), "ours"),
        (SecretRef("service", 1), "first"),
        (SecretRef("service", 2), "second"),
    ):
        assert of(world.environment, secrets={"KEY": ref}) == {"KEY": value}


@pytest.mark.parametrize("text", ["a", "ä"])
def test_more_than_nomad_takes_is_refused_with_what_is_too_much(world: World, text: str) -> None:
    room = LARGEST_BYTES - len("KEY")
    fits = text * (room // len(text.encode()))
    assert of(world.environment, variables={"KEY": fits}) == {"KEY": fits}
    with pytest.raises(Refused, match=rf"shop: .* {LARGEST_BYTES + 1} bytes together, 1 more"):
        of(world.environment, variables={"KEY": "a" * (room + 1)})
