"""Asking the DNS about domains: whether their owner has proved it, and whether they lead here."""

from __future__ import annotations

import logging

from django.utils import timezone

from jobs import resolver
from jobs.errors import Unavailable
from platform_admin.models import Domain
from platform_admin.rules.domains import proof_name
from platform_admin.verbs import lookups
from platform_admin.verbs.queue import enqueue

_MOST = 50
_TTL_S = 60
_log = logging.getLogger(__name__)


def due() -> None:
    """Enqueue a look for the domains whose time has come, the longest waiting first."""
    waiting = Domain.objects.filter(check_at__lte=timezone.now()).order_by("check_at")
    for domain_id in waiting.values_list("pk", flat=True)[:_MOST]:
        enqueue("default", "jobs.deploy.lookups.look", domain_id, ttl_s=_TTL_S)


def look(domain_id: int) -> None:
    """Ask the DNS about a domain and keep what it said; harmless when run twice."""
    domain = lookups.claim(domain_id, timezone.now())
    if domain is None:
        return
    try:
        proved = domain.accepted_at is not None or _proved(domain)
        here, said = _leads_here(domain)
    except Unavailable as error:
        _log.warning("domain %s: %s", domain, error)
        lookups.note_unanswered(domain, error.message, timezone.now())
        return
    lookups.note(domain, proved=proved, leads_here=here, error=said, now=timezone.now())


def _proved(domain: Domain) -> bool:
    return domain.token in resolver.texts(proof_name(domain.host))


def _leads_here(domain: Domain) -> tuple[bool, str]:
    """Whether the DNS names the edge's address, and if not, what it names instead."""
    edge = lookups.leads_to(domain.environment.cell)
    found = resolver.addresses(domain.host)
    if found & resolver.addresses(edge):
        return True, ""
    if not found:
        return False, f"{domain.host} has no address yet."
    return False, f"{domain.host} leads to {', '.join(sorted(found))}."
