from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from jobs.document import read, write
from platform_admin.models import AuditEvent, Domain, Environment, Service
from platform_admin.verbs import lookups
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.domain_docs import domain_docs
from platform_admin.verbs.domains import (
    add_path,
    change_domain,
    create_domain,
    private_key,
    remove_domain,
    remove_path,
    set_certificate,
)
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Invalid, Unknown
from tests.platform_admin.rules.made_certificates import made_pair
from tests.platform_admin.verbs.world import World


@pytest.fixture
def web(world: World) -> Service:
    return world.service()


def refused(error: pytest.ExceptionInfo[Invalid], field: str) -> str:
    assert list(error.value.errors) == [field]
    return str(error.value)


def domain(world: World, web: Service, host: str = "a.test") -> Domain:
    return create_domain(world.dana, world.environment, host, service=web)


def elsewhere(world: World) -> Environment:
    return create_app(
        world.ella, team=world.others, name="blog", environment="prod", cell=world.cell
    )


def test_a_domain_is_routed_at_once_where_nobody_asks_for_a_proof(
    world: World, web: Service
) -> None:
    made = domain(world, web, " Shop.Example.org.")
    assert (made.host, made.service, made.accepted_at is not None) == (
        "shop.example.org",
        web,
        True,
    )
    assert AuditEvent.objects.filter(verb="add domain", object_name="shop.example.org").exists()


def test_where_a_proof_is_asked_for_it_waits_and_each_has_a_token_of_its_own(
    world: World, web: Service, settings: Settings
) -> None:
    settings.MUSTER_PROVE_DOMAINS = True
    first, second = domain(world, web), domain(world, web, "b.test")
    assert first.accepted_at is None
    assert len(first.token) == 43
    assert first.token != second.token


@pytest.mark.parametrize("host", ["shop.localhost", "muster.example.org", "*.a.test", "a"])
def test_a_name_that_can_not_be_had_is_refused_at_its_field(
    world: World, web: Service, settings: Settings, host: str
) -> None:
    settings.MUSTER_URL = "https://muster.example.org"
    with pytest.raises(Invalid) as error:
        domain(world, web, host)
    refused(error, "host")


def test_whose_a_taken_domain_is_stays_unsaid_to_other_teams(world: World, web: Service) -> None:
    domain(world, web)
    with pytest.raises(Invalid) as error:
        domain(world, web, "A.test")
    assert "of your team already" in refused(error, "host")
    other = elsewhere(world)
    with pytest.raises(Invalid) as error:
        create_domain(world.ella, other, "a.test", service=web)
    said = refused(error, "host")
    assert said == "a.test is taken on this platform: if it is yours, ask an operator."


def test_who_comes_second_by_a_moment_is_told_as_if_by_an_hour(
    world: World, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, save = elsewhere(world), Domain.save

    def overtaken(self: Domain, **options: Any) -> None:
        Domain.objects.bulk_create([Domain(environment=other, host=self.host, token="t")])
        save(self, **options)

    monkeypatch.setattr(Domain, "save", overtaken)
    with pytest.raises(Invalid) as error:
        domain(world, web)
    assert "taken on this platform" in refused(error, "host")
    assert not AuditEvent.objects.filter(verb="add domain").exists()


def test_the_database_holds_no_domain_that_both_leads_and_redirects(
    world: World, web: Service
) -> None:
    first, second = domain(world, web), domain(world, web, "b.test")
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.filter(pk=first.pk).update(redirect_to=second)


def test_a_domain_leads_to_a_service_or_to_a_domain_and_to_one_of_them(
    world: World, web: Service
) -> None:
    apex = domain(world, web)
    for target in ({}, {"service": web, "redirect_to": apex}):
        with pytest.raises(Invalid) as error:
            create_domain(world.dana, world.environment, "b.test", **target)  # type: ignore[arg-type]
        refused(error, "service")


def test_what_is_not_public_or_not_here_has_no_domain(world: World, web: Service) -> None:
    api = world.service("api", kind="private")
    with pytest.raises(Invalid) as error:
        domain(world, api)
    assert "api is private" in refused(error, "service")
    with pytest.raises(Unknown):
        create_domain(world.ella, elsewhere(world), "b.test", service=web)


def test_redirects_make_no_chain_and_no_circle(world: World, web: Service) -> None:
    apex = domain(world, web)
    www = create_domain(world.dana, world.environment, "www.a.test", redirect_to=apex)
    with pytest.raises(Invalid) as error:
        create_domain(world.dana, world.environment, "b.test", redirect_to=www)
    assert "choose the domain that it redirects to" in refused(error, "redirect_to")
    for target in (apex, www):
        with pytest.raises(Invalid) as error:
            change_domain(world.dana, apex, redirect_to=target)
        refused(error, "redirect_to")


def test_what_others_redirect_to_stays(world: World, web: Service) -> None:
    apex = domain(world, web)
    www = create_domain(world.dana, world.environment, "www.a.test", redirect_to=apex)
    with pytest.raises(Invalid) as error:
        remove_domain(world.dana, apex)
    assert "www.a.test redirects to a.test" in refused(error, "host")
    remove_domain(world.dana, www)
    remove_domain(world.dana, apex)
    assert not Domain.objects.exists()


def test_paths_come_once_and_go(world: World, web: Service) -> None:
    api, made = world.service("api"), domain(world, web)
    path = add_path(world.dana, made, "/api", api, strips=True)
    for prefix in ("/api", "/api/", "/"):
        with pytest.raises(Invalid) as error:
            add_path(world.dana, made, prefix, api)
        refused(error, "prefix")
    remove_path(world.dana, path)
    assert not made.paths.exists()


def test_a_domain_that_redirects_has_no_paths(world: World, web: Service) -> None:
    apex = domain(world, web)
    www = create_domain(world.dana, world.environment, "www.a.test", redirect_to=apex)
    with pytest.raises(Invalid) as error:
        add_path(world.dana, www, "/api", web)
    assert "redirects as a whole" in refused(error, "prefix")


def test_a_certificates_key_is_sealed_and_never_audited(world: World, web: Service) -> None:
    made, now = domain(world, web), timezone.now()
    pair = made_pair("a.test", begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    made = set_certificate(world.dana, made, pair.certificate, pair.key)
    made.refresh_from_db()
    assert private_key(made) == pair.key
    assert b"PRIVATE" not in bytes(made.sealed_key or b"")
    audited = AuditEvent.objects.values_list("before", "after")
    assert "PRIVATE" not in str(list(audited))
    assert made.certificate_ends_at is not None


def test_another_domains_certificate_is_refused(world: World, web: Service) -> None:
    now = timezone.now()
    pair = made_pair("b.test", begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    with pytest.raises(Invalid) as error:
        set_certificate(world.dana, domain(world, web), pair.certificate, pair.key)
    refused(error, "certificate")


def test_when_its_service_goes_a_domain_stays_and_leads_nowhere(world: World, web: Service) -> None:
    made = domain(world, web)
    Domain.objects.filter(pk=made.pk).update(service=None)
    made.refresh_from_db()
    assert change_domain(world.dana, made, service=web).service == web


def test_a_look_is_taken_by_one_and_only_when_it_is_due(world: World, web: Service) -> None:
    made, now = domain(world, web), timezone.now()
    assert lookups.claim(made.pk, now) == made
    assert lookups.claim(made.pk, now) is None
    assert lookups.claim(made.pk, now + lookups.CLAIMED) == made


def test_what_is_proved_once_stays_so(world: World, web: Service, settings: Settings) -> None:
    settings.MUSTER_PROVE_DOMAINS = True
    made, now = domain(world, web), timezone.now()
    for proved in (False, True, False):
        lookups.note(made, proved=proved, leads_here=True, error="", now=now)
        made.refresh_from_db()
    assert made.accepted_at == now
    assert AuditEvent.objects.filter(verb="prove domain").count() == 1


def test_silence_of_the_dns_forgets_nothing(world: World, web: Service) -> None:
    made, now = domain(world, web), timezone.now()
    lookups.note(made, proved=True, leads_here=True, error="", now=now)
    made.refresh_from_db()
    lookups.note_unanswered(made, "no answer", now)
    made.refresh_from_db()
    assert (made.leads_here, made.checked_error) == (True, "no answer")
    assert made.check_at == now + timedelta(seconds=30)


def test_an_environments_file_loses_no_domain(world: World, web: Service) -> None:
    made = domain(world, web)
    create_domain(world.dana, world.environment, "www.a.test", redirect_to=made, permanent=False)
    add_path(world.dana, made, "/api", web, strips=True)
    whole = replace(draft(world.environment), domains=domain_docs(world.environment))
    assert read(write(whole)) == whole
    assert [one.name for one in whole.domains] == ["a.test", "www.a.test"]
    assert draft(world.environment).domains == ()
