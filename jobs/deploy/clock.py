"""The one job of a cron: registered, its clock on or off as the count says, and stopped.

A colour's acknowledged count is 1 where its job stands in Nomad with the clock on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from django.db import transaction

from jobs import servers
from jobs.deploy import rows
from jobs.deploy.counts import MISSING, STOPPED
from platform_admin.models import Colour, Launches, Service
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.verbs import quota
from platform_admin.verbs.reserving import reserve_posted

COLOURS: tuple[ColourName, ...] = ("blue", "green")
_log = logging.getLogger(__name__)


def register(service: Service, colour: ColourName, job: Mapping[str, Any], index: int) -> None:
    """Make this the cron's job in Nomad, its clock as the service's count says.

    `index` is the job's as it was read, 0 for none; Conflict where it is another one by now.
    """
    desired = Service.objects.values_list("desired", flat=True).get(pk=service.pk)
    wanted = {**job, "Periodic": {**job["Periodic"], "Enabled": desired > 0}}
    told = servers.nomad().register(wanted, enforce_index=index)
    Colour.objects.filter(service=service).update(drift="")
    Colour.objects.filter(service=service, colour=colour).update(job=wanted)
    _acknowledge(service, colour, int(desired > 0), told.job_modify_index)
    _watch_from_now(service)


def stop(service: Service) -> None:
    """Take the cron's job out of Nomad; a run under way goes on."""
    servers.nomad().stop(service.environment.app.team.namespace, service.slug, purge=True)
    _acknowledge(service, None, 0, 0)


def bring(service: Service) -> None:
    """Bring the clock of the live job to what the count says; what is missing is shown as drift."""
    live = rows.read(service.pk).rollout.live
    if live is None:
        _acknowledge(service, None, 0, 0)
        return
    present = servers.nomad().job(service.environment.app.team.namespace, service.slug)
    mine = Colour.objects.filter(service=service, colour=live)
    if present is None or present.stopped:
        mine.update(drift=STOPPED if present else MISSING)
        return
    on = bool((present.spec.get("Periodic") or {}).get("Enabled"))
    stored = mine.values_list("job", flat=True).get()
    if stored is not None and on != (service.desired > 0):
        _log.info("the clock of %s goes %s", service, "on" if service.desired else "off")
        register(service, live, cast("dict[str, Any]", stored), present.job_modify_index)
        return
    _acknowledge(service, live, int(on), present.job_modify_index)


@transaction.atomic
def _acknowledge(service: Service, live: ColourName | None, count: int, index: int) -> None:
    """Write what Nomad has of both colours; the reservation follows."""
    quota.locked(service.environment.app.team)
    loaded = rows.read(service.pk)
    counts = []
    for colour in COLOURS:
        mine = colour == live
        row = replace(
            loaded.row(colour),
            acknowledged=count if mine else 0,
            acknowledged_at=rows.now_s(),
            at_most=count if mine else 0,
            index=index if mine else 0,
        )
        counts.append((service.pk, row))
    rows.write_counts(counts)
    reserve_posted([service.pk])


def _watch_from_now(service: Service) -> None:
    """From here on each launch is looked for."""
    Launches.objects.update_or_create(
        service=service, defaults={"checked_until": datetime.now(UTC)}
    )
