from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import Facts
from platform_admin.rules.checklist.targets import targets
from tests.platform_admin.rules.checklist.made import API, CACHE, GOOD, WEB, with_web


def test_the_evidence_counts_jobs_and_ports() -> None:
    found = targets(GOOD)

    assert found.word == "yes"
    assert found.evidence == (
        "3 services with 6 Nomad jobs of their own, a blue and a green one each. Their instances"
        " listen on 2 ports of their own. Nothing is shared."
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (with_web(jobs=()), "web has 0 Nomad jobs instead of two"),
        (with_web(jobs=(WEB.jobs[0],) * 2), "web has 1 Nomad job instead of two"),
        (with_web(jobs=API.jobs), "api and web share the Nomad job shop-prod-api-blue"),
        (with_web(addresses=API.addresses), f"api and web share the port {API.addresses[0]}"),
        (with_web(addresses=(CACHE.address,)), f"web and cache share the port {CACHE.address}"),
        (with_web(slug=API.slug), "api and web share the address shop-prod-api.localhost"),
    ],
)
def test_what_is_shared_or_missing_is_named(facts: Facts, said: str) -> None:
    found = targets(facts)

    assert found.word == "no"
    assert said in found.evidence
    assert found.where[0] in (Place("service", "web"), Place("service", "api"))


def test_what_was_never_live_has_its_names_too() -> None:
    assert targets(replace(GOOD, services=(replace(WEB, live=None, addresses=()),))).word == "yes"
