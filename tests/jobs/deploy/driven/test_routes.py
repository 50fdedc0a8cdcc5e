from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import resolver
from jobs.deploy import lookups, repair, routes
from platform_admin.models import Domain, Service
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.domains import (
    add_path,
    create_domain,
    remove_domain,
    remove_path,
    set_certificate,
)
from tests.jobs.inside import Inside
from tests.platform_admin.rules.made_certificates import made_pair


def rules(cluster: Inside) -> set[str]:
    return {v for k, v in cluster.consul_keys().items() if k.endswith("/rule") and "a.test" in v}


def domain(web: Service) -> Domain:
    return create_domain(SYSTEM, web.environment, "a.test", service=web)


def test_what_a_verb_changed_is_at_the_edge_after_one_job_and_is_left_by_repair(
    cluster: Inside, web: Service
) -> None:
    routes.bring(web.environment_id)
    before = cluster.consul_keys()
    made = domain(web)
    routes.bring(web.environment_id)
    assert rules(cluster) == {"Host(`a.test`)"}
    path = add_path(SYSTEM, made, "/api", web)
    routes.bring(web.environment_id)
    assert rules(cluster) == {
        "Host(`a.test`)",
        "Host(`a.test`) && (Path(`/api`) || PathPrefix(`/api/`))",
    }
    there = cluster.consul_keys()
    repair.run()
    assert cluster.consul_keys() == there
    remove_path(SYSTEM, path)
    remove_domain(SYSTEM, made)
    routes.bring(web.environment_id)
    assert cluster.consul_keys() == before


def test_what_the_job_missed_is_noticed_by_repair(cluster: Inside, web: Service) -> None:
    repair.run()
    repair.run()
    made = domain(web)
    repair.run()
    assert rules(cluster) == {"Host(`a.test`)"}
    remove_domain(SYSTEM, made)
    repair.run()
    assert rules(cluster) == set()


def test_a_certificate_goes_to_the_edge_and_away_with_its_domain(
    cluster: Inside, web: Service
) -> None:
    now = timezone.now()
    pair = made_pair("a.test", begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    made = set_certificate(SYSTEM, domain(web), pair.certificate, pair.key)
    base = f"traefik/tls/certificates/muster-{made.pk}"
    repair.run()
    found = cluster.consul_keys()
    assert (found[f"{base}/certFile"], found[f"{base}/keyFile"]) == (pair.certificate, pair.key)
    remove_domain(SYSTEM, made)
    repair.run()
    assert not [key for key in cluster.consul_keys() if key.startswith(base)]


def test_a_proof_that_is_found_opens_the_domain(
    cluster: Inside, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = domain(web)
    Domain.objects.update(accepted_at=None, check_at=timezone.now())
    said: dict[str, frozenset[str]] = {}
    monkeypatch.setattr(resolver, "texts", lambda name: said.get(name, frozenset()))
    monkeypatch.setattr(resolver, "addresses", lambda name: said.get(name, frozenset()))
    lookups.look(made.pk)
    routes.bring(web.environment_id)
    assert rules(cluster) == set()
    made.refresh_from_db()
    assert (made.leads_here, made.checked_error) == (False, "a.test has no address yet.")
    said |= {"_muster.a.test": frozenset({made.token}), "a.test": frozenset({"192.0.2.1"})}
    Domain.objects.update(check_at=timezone.now())
    lookups.look(made.pk)
    routes.bring(web.environment_id)
    assert rules(cluster) == {"Host(`a.test`)"}
    made.refresh_from_db()
    assert made.checked_error == "a.test leads to 192.0.2.1."
