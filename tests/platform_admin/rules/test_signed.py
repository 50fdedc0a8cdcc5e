from __future__ import annotations

import pytest
from django.core.signing import Signer

from platform_admin.rules.signed import SALT, signed, slug_of

KEY = "a key that nobody else has"


def test_what_was_signed_is_read_again() -> None:
    assert slug_of(signed("shop-production-web", KEY), KEY) == "shop-production-web"


def test_a_signature_is_the_one_that_django_makes() -> None:
    by_django = Signer(key=KEY, salt=SALT).sign("shop-production-web")

    assert signed("shop-production-web", KEY) == by_django


@pytest.mark.parametrize(
    "value",
    [
        "",
        ":",
        "shop-production-web",
        "shop-production-web:",
        "shop-production-web:forged",
        "shop-production-web:förged",
        signed("shop-production-web", "another key"),
        "other" + signed("shop-production-web", KEY),
    ],
)
def test_what_was_not_signed_with_the_key_names_nothing(value: str) -> None:
    assert slug_of(value, KEY) is None
