from __future__ import annotations

from django.conf import settings
from django.db import transaction

from platform_admin.models import SHARDS, Cell, Shard
from platform_admin.rules.https import https_errors
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.scope import require_operator


@transaction.atomic
def make_cell(actor: Actor, name: str) -> Cell:
    """The cell of the Nomad, Consul and edges that the settings name; made or brought to them."""
    require_operator(actor, Permission.OPERATE)
    first, last = (int(port) for port in settings.MUSTER_RESOURCE_PORTS.split("-"))
    wanted = {"region": settings.NOMAD_REGION, "first_port": first, "last_port": last}
    before = Cell.objects.filter(name=name).values(*wanted).first()
    cell, _ = Cell.objects.update_or_create(name=name, defaults=wanted)
    shards = (Shard(cell=cell, number=number) for number in range(SHARDS))
    Shard.objects.bulk_create(shards, ignore_conflicts=True)
    if before != wanted:
        audit.record(actor, "make cell", cell, team=None, before=before, after=wanted)
    return cell


@transaction.atomic
def choose_https(
    actor: Actor,
    cell: Cell,
    *,
    tls_entry_point: str,
    tls_port: int,
    certificate_resolver: str,
    domains_lead_to: str,
) -> Cell:
    """The cell whose edge answers domains by HTTPS where these say; it does so at once.

    Invalid: tls_entry_point, tls_port, certificate_resolver, domains_lead_to.
    """
    require_operator(actor, Permission.OPERATE)
    wanted: dict[str, object] = {
        "tls_entry_point": tls_entry_point,
        "tls_port": tls_port,
        "certificate_resolver": certificate_resolver,
        "domains_lead_to": domains_lead_to.lower(),
    }
    errors = https_errors(tls_entry_point, tls_port, certificate_resolver, domains_lead_to.lower())
    if errors:
        raise Invalid(errors)
    cell = Cell.objects.select_for_update(no_key=True).get(pk=cell.pk)
    before = {name: getattr(cell, name) for name in wanted}
    if before == wanted:
        return cell
    for name, value in wanted.items():
        setattr(cell, name, value)
    cell.save(update_fields=list(wanted))
    audit.record(actor, "choose HTTPS", cell, team=None, before=before, after=wanted)
    return cell


@transaction.atomic
def choose_link_form(actor: Actor, cell: Cell, link_form: str) -> Cell:
    """The cell whose links use this form from their next deployment on. Invalid: link_form."""
    require_operator(actor, Permission.OPERATE)
    if link_form not in Cell.LinkForm.values:
        known = " or ".join(Cell.LinkForm.values)
        raise Invalid({"link_form": [f"{link_form!r} is no form of links: choose {known}."]})
    cell = Cell.objects.select_for_update(no_key=True).get(pk=cell.pk)
    before = cell.link_form
    if before == link_form:
        return cell
    cell.link_form = link_form
    cell.save(update_fields=["link_form"])
    audit.record(
        actor,
        "choose link form",
        cell,
        team=None,
        before={"link_form": before},
        after={"link_form": link_form},
    )
    return cell
