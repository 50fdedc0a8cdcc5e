from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from platform_admin import fallback
from platform_admin.fallback import answer
from platform_admin.models import Deployment, Service
from platform_admin.pages import sentences, standing
from platform_admin.verbs.suspending import suspend
from tests.platform_admin.pages.site import Site

ENVIRONMENT = "/shop/production/"
WEB = f"{ENVIRONMENT}web/"


def live(site: Site, name: str = "web") -> Service:
    service = site.service(name)
    site.live(service)
    return service


def page(site: Site, address: str) -> str:
    return site.alice.browser.get(address).content.decode()


def test_a_service_is_suspended_and_resumed_from_its_pages(site: Site) -> None:
    web = live(site)
    assert 'id="suspend-service"' in page(site, f"{WEB}settings/")

    said = site.alice.browser.post(f"{WEB}suspend/", follow=True).content.decode()

    assert "web is suspended: its instances drain." in said
    assert "by alice: no instance runs" in said
    assert "Resumed, it has 1 again." in said
    assert 'id="by-hand"' not in said
    assert 'id="restart"' not in said
    said = site.alice.browser.post(f"{WEB}resume/", follow=True).content.decode()
    assert "web is back, with 1 instance." in said
    assert Service.objects.get(pk=web.pk).desired == 1


def test_an_environment_is_suspended_and_resumed_from_its_settings(site: Site) -> None:
    live(site)
    live(site, "api")
    site.redis()
    said = page(site, f"{ENVIRONMENT}settings/")
    assert "Resources go on running: store." in said
    assert "Suspend api, web" in said

    site.alice.browser.post(f"{ENVIRONMENT}settings/suspend/")
    assert not Service.objects.filter(suspended_at__isnull=True).exists()
    assert "Resume api, web" in page(site, f"{ENVIRONMENT}settings/")
    site.alice.browser.post(f"{ENVIRONMENT}settings/resume/")
    assert not Service.objects.filter(suspended_at__isnull=False).exists()


def test_a_suspended_service_is_neither_failed_nor_asleep(site: Site) -> None:
    web, api = live(site), live(site, "api")
    suspend(site.alice.actor, web)
    web.instances.all().delete()

    stands = standing.of_services(site.environment.services.all(), timezone.now())

    assert [each.state.word for each in stands] == ["healthy", "suspended"]
    assert sentences.of_environment(stands) == "2 services, 1 of 1 instance; web suspended."
    assert sentences.of_service(stands[1]).startswith("Nothing of release 1 runs")
    suspend(site.alice.actor, api)
    api.instances.all().delete()
    stands = standing.of_services(site.environment.services.all(), timezone.now())
    assert sentences.of_environment(stands).startswith("Nothing of api, web runs")


def test_who_opens_it_is_told_that_it_is_suspended(
    site: Site, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fallback, "_known", {})
    suspend(site.alice.actor, live(site))
    request = rf.get("/", headers={"Accept": "text/html"})

    response = answer(request, "shop-production-web")

    assert response.status_code == 503
    assert "This app is suspended" in response.content.decode()


def test_a_restart_has_a_page_that_says_what_it_is(site: Site) -> None:
    live(site)
    assert 'id="restart"' in page(site, WEB)

    said = site.alice.browser.post(f"{WEB}restart/", follow=True).content.decode()

    made = Deployment.objects.get()
    assert made.restart
    assert "<h1>Restart 1</h1>" in said
    assert "No release command runs" in said
    assert "Restart 1</a> of release 1" in page(site, f"{ENVIRONMENT}releases/")
    assert "restarts what is live of release 1" in page(site, ENVIRONMENT)


def test_an_environment_restarts_from_its_settings(site: Site) -> None:
    live(site)
    assert "Restart web" in page(site, f"{ENVIRONMENT}settings/")
    response = site.alice.browser.post(f"{ENVIRONMENT}settings/restart/")
    assert response.headers["Location"] == f"{ENVIRONMENT}deployments/1/"


def test_what_can_not_be_restarted_says_why(site: Site) -> None:
    site.service()
    said = site.alice.browser.post(f"{WEB}restart/", follow=True).content.decode()
    assert "web was never live: deploy it, and it starts." in said
