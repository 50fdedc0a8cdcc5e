from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from pytest_django import Settings

from platform_admin.models import Cell, Domain, Service
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.domains import create_domain
from tests.platform_admin.pages.site import Site
from tests.platform_admin.rules.made_certificates import made_pair

DOMAINS = "/shop/production/domains/"
DOMAIN = f"{DOMAINS}a.test/"


@pytest.fixture
def web(site: Site) -> Service:
    Cell.objects.update(web_address="192.0.2.1:80")
    return site.service()


def made(web: Service, host: str = "a.test") -> Domain:
    web.environment.refresh_from_db()
    return create_domain(SYSTEM, web.environment, host, service=web)


def read(site: Site, address: str, who: str = "alice") -> str:
    return unescape(getattr(site, who).browser.get(address).content.decode())


def test_without_a_domain_the_page_says_what_one_is_for(site: Site, web: Service) -> None:
    page = read(site, DOMAINS)
    assert "None yet." in page
    assert "Its DNS has to name <code>192.0.2.1</code>" in page


def test_alice_adds_a_domain_and_sees_what_its_dns_must_say(site: Site, web: Service) -> None:
    typed = {"host": "A.test", "leads_to": "service:web", "only_https": "on", "permanent": "on"}
    answer = site.alice.browser.post(f"{DOMAINS}add/", typed)
    assert answer.headers["Location"] == DOMAIN
    page = read(site, DOMAIN)
    assert "<code>a.test</code> A <code>192.0.2.1</code>" in page
    assert "_muster.a.test" not in page
    assert 'href="http://a.test"' in page
    assert "leads to web" in read(site, DOMAINS)


def test_what_can_not_be_stays_typed_and_says_why(site: Site, web: Service) -> None:
    typed = {"host": "*.a.test", "leads_to": "service:web"}
    answer = site.alice.browser.post(f"{DOMAINS}add/", typed)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "stands for many hosts" in page
    assert 'value="*.a.test"' in page


def test_an_unproven_domain_shows_its_record_and_no_way_to_open_it(
    site: Site, web: Service, settings: Settings
) -> None:
    settings.MUSTER_PROVE_DOMAINS = True
    token = made(web).token
    page = read(site, DOMAIN)
    assert "unproven" in page
    assert f"<code>_muster.a.test</code> TXT <code>{token}</code>" in page
    assert "Open a.test" not in page


def test_a_redirect_and_a_path_are_made_and_taken_back(site: Site, web: Service) -> None:
    site.service("api")
    made(web)
    post = site.alice.browser.post
    post(f"{DOMAINS}add/", {"host": "www.a.test", "leads_to": "domain:a.test"})
    assert "redirects to a.test" in read(site, DOMAINS)
    post(f"{DOMAIN}paths/", {"path": "/api", "service": "api", "strips": "on"})
    assert "leads to api, taken off" in read(site, DOMAIN)
    post(f"{DOMAIN}paths/", {"remove": "/api"})
    assert "leads to api" not in read(site, DOMAIN)
    refused = post(f"{DOMAIN}remove/")
    assert refused.status_code == 422
    assert "www.a.test redirects to a.test" in unescape(refused.content.decode())
    post(f"{DOMAINS}www.a.test/remove/")
    assert post(f"{DOMAIN}remove/").headers["Location"] == DOMAINS
    assert not Domain.objects.exists()


def test_a_wrong_path_is_said_at_its_field(site: Site, web: Service) -> None:
    made(web)
    answer = site.alice.browser.post(f"{DOMAIN}paths/", {"path": "api/", "service": "web"})
    assert answer.status_code == 422
    assert 'id="id_path_error"' in answer.content.decode()


def test_a_certificate_is_uploaded_warned_of_and_its_key_never_shown(
    site: Site, web: Service
) -> None:
    Cell.objects.update(tls_entry_point="websecure")
    made(web)
    now = timezone.now()
    pair = made_pair("a.test", begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    typed = {"certificate": pair.certificate, "key": "no key"}
    refused = site.alice.browser.post(f"{DOMAIN}certificate/", typed)
    assert refused.status_code == 422
    assert "no private key in PEM" in refused.content.decode()
    site.alice.browser.post(f"{DOMAIN}certificate/", {**typed, "key": pair.key})
    Domain.objects.update(leads_here=True)
    page = read(site, DOMAIN)
    assert "Its certificate ends in 8 days" in page
    assert 'href="https://a.test"' in page
    assert "PRIVATE" not in page
    site.alice.browser.post(f"{DOMAIN}certificate/", {"remove": "yes"})
    assert "no: upload a certificate" in read(site, DOMAIN)


def test_a_certificate_is_asked_for_only_where_the_edge_could_serve_it(
    site: Site, web: Service
) -> None:
    made(web)
    page = read(site, DOMAIN)
    assert "an operator has to name the edge's entry point for it" in page
    assert "without that entry point the edge would serve it to nobody" in page
    assert f"{DOMAIN}certificate/" not in page
    Cell.objects.update(tls_entry_point="websecure")
    assert f"{DOMAIN}certificate/" in read(site, DOMAIN)


def test_a_key_among_the_certificates_is_refused_and_not_shown_again(
    site: Site, web: Service
) -> None:
    made(web)
    pair = made_pair("a.test")
    both = {"certificate": pair.certificate + pair.key, "key": pair.key}
    refused = site.alice.browser.post(f"{DOMAIN}certificate/", both)
    assert refused.status_code == 422
    assert "There is a private key in it" in refused.content.decode()
    assert "PRIVATE KEY" not in refused.content.decode()
    assert not Domain.objects.exclude(certificate="").exists()


def test_bob_reads_and_has_no_forms(site: Site, web: Service) -> None:
    made(web)
    for address in (DOMAINS, DOMAIN):
        page = read(site, address, "bob")
        assert "a.test" in page
        assert f'action="{address}' not in page


def test_the_service_opens_at_its_domain(site: Site, web: Service) -> None:
    site.live(web)
    made(web)
    assert 'href="http://a.test" rel="noopener">Open web' in read(site, "/shop/production/web/")


def test_checking_now_makes_it_due(site: Site, web: Service) -> None:
    made(web)
    later = timezone.now() + timedelta(hours=1)
    Domain.objects.update(check_at=later, waited_s=3600)
    site.alice.browser.post(f"{DOMAIN}check/")
    found = Domain.objects.get()
    assert found.check_at is not None
    assert found.check_at < later
    assert found.waited_s == 0
