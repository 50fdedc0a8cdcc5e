"""What was found out about domains in the DNS."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from platform_admin.models import Cell, Domain
from platform_admin.rules.domains import next_wait_s
from platform_admin.verbs import audit
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.domains import ROUTES
from platform_admin.verbs.queue import enqueue

CLAIMED = timedelta(minutes=2)


def claim(domain_id: int, now: datetime) -> Domain | None:
    """The domain, if its time has come and nobody else has it: it is theirs for two minutes."""
    claimed = Domain.objects.filter(pk=domain_id, check_at__lte=now).update(check_at=now + CLAIMED)
    if not claimed:
        return None
    return Domain.objects.select_related("environment__cell", "environment__app__team").get(
        pk=domain_id
    )


@transaction.atomic
def note(domain: Domain, *, proved: bool, leads_here: bool, error: str, now: datetime) -> None:
    """Keeps what the DNS said; a domain that is proved for the first time is routed from now on."""
    _wait(domain, now, settled=proved and leads_here, leads_here=leads_here, error=error)
    accepted = proved and Domain.objects.filter(pk=domain.pk, accepted_at=None).update(
        accepted_at=now
    )
    if accepted:
        team = domain.environment.app.team
        audit.record(SYSTEM, "prove domain", domain, team=team, after={"host": domain.host})
        enqueue("observe", ROUTES, domain.environment_id)


def note_unanswered(domain: Domain, error: str, now: datetime) -> None:
    """Keeps that nobody answered; what was known stays."""
    _wait(domain, now, settled=False, leads_here=domain.leads_here, error=error)


def leads_to(cell: Cell) -> str:
    """What a domain's DNS has to name: a host or an address."""
    return cell.domains_lead_to or cell.web_address.rpartition(":")[0]


def _wait(
    domain: Domain, now: datetime, *, settled: bool, leads_here: bool | None, error: str
) -> None:
    waited_s = next_wait_s(domain.waited_s, settled=settled)
    Domain.objects.filter(pk=domain.pk).update(
        leads_here=leads_here,
        checked_at=now,
        checked_error=error[:400],
        check_at=now + timedelta(seconds=waited_s),
        waited_s=0 if settled else waited_s,
    )
