from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.secrets import looks_secret, secrets
from tests.platform_admin.rules.checklist.made import GOOD, WEB, drafted, with_value, with_web

SETTINGS = Place("service_settings", "web")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("password", "x"),
        ("API_TOKEN", "abc"),
        ("SECRET", "x"),
        ("AWS_SECRET_ACCESS_KEY", "AKIA"),
        ("SIGNING_KEY", "x"),
        ("SIGNING_KEY_2", "x"),
        ("SMTP_PASS", "x"),
        ("DATABASE_URL", "postgres://shop:hunter2@db.example.com:5432/shop"),
        ("SENTRY_DSN", "https://public:private@sentry.example.com/1"),
        ("REDIS", "redis://:hunter2@cache:6379"),
    ],
)
def test_what_looks_like_a_secret(name: str, value: str) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEYBOARD", "us"),
        ("MONKEY", "x"),
        ("KEY_PREFIX", "shop:"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKEN_TTL_S", "60"),
        ("STRIPE_PUBLIC_KEY", "pk_live"),
        ("USE_TOKEN", "true"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "${OTHER}"),
        ("DATABASE_URL", "postgres://shop@db.example.com/shop"),
        ("DATABASE_URL", "postgres://shop:${DB_PASSWORD}@db.example.com/shop"),
        ("HOME_URL", "https://example.com:8080/a@b"),
        ("__", "x"),
        ("", "x"),
    ],
)
def test_what_does_not(name: str, value: str) -> None:
    assert looks_secret(name, value) == ""


def test_a_plain_secret_is_named_and_its_value_is_not_said() -> None:
    found = secrets(with_value("hunter2", "DB_PASSWORD"))

    assert found.word == "no"
    assert found.evidence == (
        "DB_PASSWORD of web is named like a secret, but is stored in plain text."
    )
    assert found.where == (Place("service_variables", "web"),)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("serve", "--db-password=hunter2"), "has db-password, named like a secret"),
        (("serve", "postgres://shop:hunter2@db/shop"), "has a login with its password"),
        (("env", "API_TOKEN=hunter2", "serve"), "has API_TOKEN, named like a secret"),
    ],
)
def test_a_command_says_no_secret(command: tuple[str, ...], said: str) -> None:
    for found in (secrets(drafted(command=command)), secrets(drafted(release_command=command))):
        assert found.word == "no"
        assert f"web: its command {said}" in found.evidence
        assert "hunter2" not in found.evidence
        assert found.where == (SETTINGS,)


def test_what_is_still_live_in_plain_is_said_until_it_is_released() -> None:
    live = replace(WEB.doc, variables={"DB_PASSWORD": "hunter2"})

    found = secrets(with_web(live=live))

    assert found.evidence == "web runs with DB_PASSWORD in plain text until the draft is deployed."
    assert found.where == (Place("plan"),)


def test_the_evidence_counts_what_was_looked_at() -> None:
    assert secrets(GOOD).evidence == (
        "1 secret is sealed. Nothing in 1 variable or in the commands of 3 services looks like a"
        " secret."
    )
