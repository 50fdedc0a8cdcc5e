from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from jobs.deploy.domains import NONE, base_url, of_all, of_service
from jobs.deploy.preview import live_preview, service_preview
from jobs.deploy.values import values
from jobs.document import LinkDoc
from jobs.edge import DomainRoute, Https, RedirectRoute
from platform_admin.models import Cell, Domain, Service
from platform_admin.pages import addresses
from platform_admin.verbs.domains import add_path, create_domain, remove_domain
from platform_admin.verbs.drafts import draft
from tests.platform_admin.verbs.world import World

EDGE = "192.0.2.1"


@pytest.fixture
def web(world: World) -> Service:
    Cell.objects.update(web_address=f"{EDGE}:80", private_address=f"{EDGE}:81")
    world.environment.refresh_from_db()
    return world.service()


def domain(world: World, web: Service, host: str = "a.test") -> Domain:
    return create_domain(world.dana, world.environment, host, service=web)


def test_a_service_has_the_rules_of_its_domains_and_paths(world: World, web: Service) -> None:
    api, made = world.service("api"), domain(world, web)
    create_domain(world.dana, world.environment, "www.a.test", redirect_to=made)
    add_path(world.dana, made, "/api", api, strips=True)
    assert of_service(web).routes == (DomainRoute("a.test"),)
    assert of_service(web).redirects == (RedirectRoute("www.a.test", "http://a.test"),)
    assert of_service(api).routes == (DomainRoute("a.test", "/api", strips=True),)
    assert of_service(api).redirects == ()


def test_what_is_not_proved_has_no_rule_and_neither_have_its_paths(
    world: World, web: Service, settings: Settings
) -> None:
    settings.MUSTER_PROVE_DOMAINS = True
    made = domain(world, web)
    add_path(world.dana, made, "/api", web)
    create_domain(world.dana, world.environment, "www.a.test", redirect_to=made)
    assert of_all() == {}


def test_a_redirect_waits_for_what_it_leads_to(world: World, web: Service) -> None:
    made = domain(world, web)
    create_domain(world.dana, world.environment, "www.a.test", redirect_to=made)
    Domain.objects.filter(pk=made.pk).update(accepted_at=None)
    assert of_service(web) == NONE


def test_what_is_public_no_more_has_no_rule(world: World, web: Service) -> None:
    domain(world, web)
    Service.objects.filter(pk=web.pk).update(kind="private")
    assert of_service(web) == NONE


def test_all_domains_are_read_in_two_queries(world: World, web: Service) -> None:
    for number in range(5):
        add_path(world.dana, domain(world, web, f"a{number}.test"), "/api", web)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(of_all()[web.pk].routes) == 10
    assert len(queries) == 2


def test_https_needs_an_entry_point_and_a_certificate(world: World, web: Service) -> None:
    made = domain(world, web)

    def found() -> tuple[Https | None, str]:
        now = Domain.objects.get(pk=made.pk)
        [route] = of_service(web).routes
        return route.https, base_url(now)

    assert found() == (None, "http://a.test")
    Cell.objects.update(tls_entry_point="websecure", tls_port=8443)
    assert found() == (None, "http://a.test")
    Cell.objects.update(certificate_resolver="le")
    assert found() == (Https("websecure", 8443, "le"), "https://a.test:8443")
    Cell.objects.update(tls_port=443)
    Domain.objects.update(certificate="PEM")
    assert found() == (Https("websecure", 443, ""), "https://a.test")


def test_people_are_led_to_the_first_domain(world: World, web: Service) -> None:
    own = addresses.of_service(web).public
    assert own.startswith("http://shop-production-web.")
    made = domain(world, web)
    domain(world, web, "b.test")
    assert addresses.of_service(web).public == "http://a.test"
    assert service_preview(world.environment, world.fields(), None).address == "http://a.test"
    remove_domain(world.dana, made)
    assert addresses.of_service(Service.objects.get(pk=web.pk)).public == "http://b.test"


def test_a_link_to_the_public_url_gets_the_first_domain(world: World, web: Service) -> None:
    front = world.service("front")
    domain(world, front)
    document = draft(world.environment)
    doc = document.service("web")
    assert doc is not None
    linked = replace(doc, links=(LinkDoc("SITE", "front", "public_url"),))
    assert values(world.environment, document, linked)["SITE"] == "http://a.test"


def test_a_domain_changes_no_job_and_no_draft(world: World, web: Service) -> None:
    before, drafted = live_preview(web), draft(world.environment)
    add_path(world.dana, domain(world, web), "/api", web)
    now = live_preview(web)
    assert before is not None
    assert now is not None
    assert (now.job, now.consul) == (before.job, before.consul)
    assert draft(world.environment) == drafted
