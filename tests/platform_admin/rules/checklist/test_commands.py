from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.commands import commands
from platform_admin.rules.checklist.facts import CommandRan
from tests.platform_admin.rules.checklist.made import API, GOOD, WEB, ran

COMMAND = ("python3", "migrate.py")
HAVING = replace(
    GOOD,
    services=(replace(API, doc=replace(API.doc, release_command=COMMAND)), WEB),
    environments=("staging", "test"),
)


def test_it_is_not_asked_where_there_is_no_command() -> None:
    assert commands(replace(GOOD, elsewhere=(ran(),))) is None


def test_one_that_succeeded_elsewhere_is_named_with_its_deployment() -> None:
    found = commands(replace(HAVING, elsewhere=(ran(),)))

    assert found is not None
    assert (found.word, found.evidence) == (
        "yes",
        "The command of api succeeded in deployment 7 of staging.",
    )


def test_another_program_is_said_and_the_same_one_counts_first() -> None:
    other = ran(source="0" * 64, deployment=9)

    only, both = (commands(replace(HAVING, elsewhere=runs)) for runs in ((other,), (other, ran())))

    assert only is not None
    assert only.evidence.endswith("deployment 9 of staging, with another archive or image.")
    assert both is not None
    assert both.evidence.endswith("deployment 7 of staging.")


@pytest.mark.parametrize(
    "others", [(), (ran(command=("python3", "other.py")),), (ran(service="web"),)]
)
def test_another_command_or_service_is_no_test_of_it(others: tuple[CommandRan, ...]) -> None:
    found = commands(replace(HAVING, elsewhere=others))

    assert found is not None
    assert found.word == "no"
    assert "api: its command succeeded in none of 2 other environments (staging and test)" in (
        found.evidence
    )


def test_an_app_with_one_environment_is_led_to_another_one() -> None:
    found = commands(replace(HAVING, environments=()))

    assert found is not None
    assert "the app has no other environment" in found.evidence
    assert found.where == (Place("new_environment"),)
