"""How a domain stands, in a word and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from platform_admin.rules.certificates import WARNED


@dataclass(frozen=True)
class DomainState:
    """`look` is one of the platform's states, `word` says which it is, `sentence` what to do."""

    look: str
    word: str
    sentence: str


def domain_state(
    *,
    accepted: bool,
    leads: bool,
    leads_here: bool | None,
    error: str,
    certificate_ends_at: datetime | None,
    edge: str,
    now: datetime,
) -> DomainState:
    """How a domain stands; what keeps its visitors out comes before what will do so later.

    `leads`: whether a service or redirect stands behind it. `edge` is what its DNS has to name.
    """
    left = None if certificate_ends_at is None else certificate_ends_at - now
    if not accepted:
        return DomainState("waiting", "unproven", "It is routed once its TXT record is found.")
    if not leads:
        said = "Its service is gone: choose where it leads, or remove it."
        return DomainState("off", "leads nowhere", said)
    if left is not None and left <= timedelta(0):
        said = "Browsers refuse it: upload the certificate that follows."
        return DomainState("failed", "certificate ended", said)
    if leads_here is False:
        said = f"{error} Let it name {edge}.".strip()
        return DomainState("waiting", "waits for DNS", said)
    if left is not None and left <= WARNED:
        said = f"Its certificate ends {_in_days(left)}: upload the one that follows."
        return DomainState("degraded", "certificate ends", said)
    if leads_here is None:
        return DomainState("waiting", "asking the DNS", error or "It is routed already.")
    return DomainState("healthy", "live", "It is routed, and its DNS leads here.")


def _in_days(left: timedelta) -> str:
    days = left.days
    return "today" if days < 1 else f"in {days} day{'' if days == 1 else 's'}"
