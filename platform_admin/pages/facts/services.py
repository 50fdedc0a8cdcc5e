"""What each service is: as drafted and as live, its jobs, its instances, its scaling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.document import ServiceDoc, read_service
from platform_admin.models import Colour, Environment, Instance, ScalingPolicy, Service
from platform_admin.pages.limits import limits_of
from platform_admin.pages.quota import NOTHING
from platform_admin.pages.standing import live_colour
from platform_admin.rules.checklist import facts as of
from platform_admin.verbs.reservations import at_rest


def services(environment: Environment) -> list[Service]:
    """The draft's services in the order of names, with the rows that facts are read from."""
    rows = environment.services.select_related("rollout", "policy", "reservation")
    return list(rows.prefetch_related("colours__release", "limits").order_by("name"))


def service(
    row: Service, doc: ServiceDoc, instances: Sequence[Instance], measured: Mapping[int, bool]
) -> of.ServiceFacts:
    """The facts of one service, of its document in the draft and the environment's instances."""
    own = [each for each in instances if each.service_id == row.pk]
    colour = live_colour(row)
    return of.ServiceFacts(
        doc=doc,
        slug=row.slug,
        live=_live(row, colour),
        jobs=tuple(_job(row, each) for each in row.colours.all()),
        addresses=tuple(f"{each.address}:{each.port}" for each in own if each.port),
        instances=len(own),
        logs_mb=_logs_mb(colour.job) if colour else 0,
        measured=measured.get(row.pk, False),
        start_up_s=_start_up_s(row, colour),
        policy=_policy(row, row.policy),
        at_rest=at_rest(row.reservation) if hasattr(row, "reservation") else NOTHING[0],
    )


def _live(row: Service, colour: Colour | None) -> ServiceDoc | None:
    release = colour.release if colour else None
    return read_service(release.document, row.name) if release else None


def _start_up_s(row: Service, colour: Colour | None) -> float | None:
    release = colour.release.number if colour and colour.release else None
    found = limits_of(row, release)
    return found.start_up_s if found else None


def _job(row: Service, colour: Colour) -> str:
    """The job as it was registered, else the one that a deployment will register."""
    registered = colour.job or {}
    return str(registered.get("ID") or f"{row.slug}-{colour.colour}")


def _logs_mb(job: Mapping[str, Any] | None) -> int:
    """How much of an instance's two outputs Nomad keeps by the registered job."""
    groups = (job or {}).get("TaskGroups") or [{}]
    logs = (groups[0].get("Tasks") or [{}])[0].get("LogConfig") or {}
    if logs.get("Disabled"):
        return 0
    return int(logs.get("MaxFiles", 0)) * int(logs.get("MaxFileSizeMB", 0))


def _policy(row: Service, policy: ScalingPolicy) -> of.Policy:
    if row.kind == Service.Kind.WORKER:
        follows = bool(policy.queue and (policy.drain_s or policy.jobs_per_worker))
    else:
        follows = bool(policy.latency_ms or policy.metric)
    return of.Policy(
        mode=policy.mode,
        paused=policy.paused,
        follows=follows,
        queue=policy.queue,
        minimum=row.minimum,
        maximum=row.maximum,
    )
