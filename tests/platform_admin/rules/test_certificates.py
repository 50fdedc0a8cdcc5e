from __future__ import annotations

from datetime import timedelta

import pytest

from platform_admin.rules.certificates import Pair, certificate_errors, read_certificate
from tests.platform_admin.rules.made_certificates import NOW, made_pair

GOOD = made_pair("a.test", "*.b.test")
OTHER = made_pair("a.test")


@pytest.mark.parametrize(
    ("pair", "host", "field", "said"),
    [
        (GOOD, "a.test", "", ""),
        (GOOD, "x.b.test", "", ""),
        (GOOD, "b.test", "certificate", "is for a.test, *.b.test, not for b.test"),
        (GOOD, "x.y.b.test", "certificate", "not for x.y.b.test"),
        (Pair("", GOOD.key), "a.test", "certificate", "no certificate in PEM"),
        (Pair(GOOD.key, GOOD.key), "a.test", "certificate", "There is a private key in it"),
        (Pair("x" * 70_000, ""), "a.test", "certificate", "more than 64 KiB"),
        (Pair(GOOD.certificate, ""), "a.test", "key", "no private key in PEM"),
        (Pair(GOOD.certificate, OTHER.key), "a.test", "key", "belongs to another certificate"),
        (made_pair("a.test", ends_at=NOW), "a.test", "certificate", "ended on 1 June 2026"),
        (
            made_pair("a.test", begins_at=NOW + timedelta(days=1)),
            "a.test",
            "certificate",
            "valid from 2 June 2026",
        ),
    ],
)
def test_a_certificate_that_does_not_serve_says_why(
    pair: Pair, host: str, field: str, said: str
) -> None:
    errors = certificate_errors(pair, host, NOW)
    assert list(errors) == ([field] if field else [])
    assert said in " ".join(sentence for each in errors.values() for sentence in each)


def test_issuers_may_stand_behind_it() -> None:
    chain = Pair(GOOD.certificate + OTHER.certificate, GOOD.key)
    assert certificate_errors(chain, "x.b.test", NOW) == {}
    assert read_certificate(chain.certificate).names == ("a.test", "*.b.test")
