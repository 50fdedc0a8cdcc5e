from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platform_admin.rules.domain_state import DomainState, domain_state

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def stands(days: float | None = None, **changes: object) -> DomainState:
    facts: dict[str, object] = {"accepted": True, "leads": True, "leads_here": True, "error": ""}
    ends_at = None if days is None else NOW + timedelta(days=days)
    return domain_state(**(facts | changes), certificate_ends_at=ends_at, edge="e", now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "look", "word"),
    [
        (stands(), "healthy", "live"),
        (stands(15), "healthy", "live"),
        (stands(14), "degraded", "certificate ends"),
        (stands(0), "failed", "certificate ended"),
        (stands(0, leads_here=False), "failed", "certificate ended"),
        (stands(leads_here=None), "waiting", "asking the DNS"),
        (stands(leads_here=False), "waiting", "waits for DNS"),
        (stands(leads=False), "off", "leads nowhere"),
        (stands(accepted=False, leads=False), "waiting", "unproven"),
    ],
)
def test_what_keeps_visitors_out_comes_first(found: DomainState, look: str, word: str) -> None:
    assert (found.look, found.word) == (look, word)


def test_it_says_how_long_and_what_to_do() -> None:
    assert stands(1.5).sentence.startswith("Its certificate ends in 1 day:")
    assert stands(0.5).sentence.startswith("Its certificate ends today:")
    said = stands(leads_here=False, error="a.test has no address yet.").sentence
    assert said == "a.test has no address yet. Let it name e."
