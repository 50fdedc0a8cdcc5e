from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.document import LinkDoc, SecretRef
from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import Facts
from platform_admin.rules.checklist.variables import variables
from tests.platform_admin.rules.checklist.made import (
    GOOD,
    REDIS,
    WEB,
    drafted,
    with_value,
    with_web,
)

SETTINGS = Place("service_settings", "web")
OWN = Place("service_variables", "web")


def test_the_evidence_counts_what_is_set() -> None:
    assert variables(GOOD).evidence == (
        "1 variable, 1 secret and 3 links: each has a value, and nothing that is live lacks one."
    )


@pytest.mark.parametrize(
    ("facts", "said", "where"),
    [
        (with_value(" "), "GREETING of web is empty", OWN),
        (with_value("", owner=""), "GREETING of the environment is empty", Place("variables")),
        (
            with_value("", owner="", of_app=True),
            "GREETING of the app is empty",
            Place("app_variables"),
        ),
        (drafted(links=(LinkDoc("X", "db"),)), "X leads to db, which does not exist", SETTINGS),
        (drafted(links=(LinkDoc("X", "worker"),)), "worker, which has no port", SETTINGS),
        (
            drafted(variables={"GREETING": "hello ${NAME}"}),
            "web: GREETING refers to NAME, which is not set anywhere",
            OWN,
        ),
        (
            with_web(doc=replace(WEB.doc, variables={"VERSION": "1", "LEVEL": "info"})),
            "web runs without LEVEL until the draft is deployed",
            Place("plan"),
        ),
        (
            with_web(doc=replace(WEB.doc, secrets={"SIGNING_KEY": SecretRef("service", 1)})),
            "web runs without SIGNING_KEY",
            Place("plan"),
        ),
    ],
)
def test_what_is_not_set_is_named_with_where_to_set_it(
    facts: Facts, said: str, where: Place
) -> None:
    found = variables(facts)

    assert found.word == "no"
    assert said in found.evidence
    assert found.where == (where,)


@pytest.mark.parametrize(
    "value", ["${REDIS_URL}", "${VERSION}", "${PORT}", "${NOMAD_ALLOC_ID}", "$NAME", "{NAME}"]
)
def test_a_reference_to_what_the_service_has_is_no_fault(value: str) -> None:
    assert variables(drafted(variables={"VERSION": "1", "X": value})).word == "yes"


def test_a_link_to_a_service_needs_an_edge_that_leads_there() -> None:
    linked = drafted(links=(REDIS, LinkDoc("API_URL", "api")))

    assert variables(linked).word == "yes"
    assert "no edge is known" in variables(replace(linked, private="")).evidence


def test_what_was_never_live_lacks_nothing() -> None:
    assert (
        variables(with_web(live=None, doc=replace(WEB.doc, variables={"NEW": "1"}))).word == "yes"
    )
