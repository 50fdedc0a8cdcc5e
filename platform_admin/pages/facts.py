"""An environment's rows as the facts that its checklist is answered from: one read of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Case, F, Func, JSONField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTransform

from jobs.deploy import commands
from jobs.document import Document, ServiceDoc, read, read_service
from platform_admin.models import (
    Artifact,
    Colour,
    Deployment,
    DeploymentStep,
    Environment,
    Instance,
    Quota,
    Release,
    Reservation,
    Resource,
    ScalingPolicy,
    Service,
)
from platform_admin.pages import cells
from platform_admin.pages.condition import Condition
from platform_admin.pages.quota import NOTHING
from platform_admin.pages.standing import live_colour
from platform_admin.rules.checklist import facts as of
from platform_admin.rules.checklist.facts import Facts, Known, OldRelease, ResourceFacts
from platform_admin.rules.quota import Use
from platform_admin.verbs import environ
from platform_admin.verbs.artifacts import artifact_path
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.reservations import at_rest, totals
from scaler.rules.freshness import FRESH_INTERVALS
from scaler.samples import window
from scaler.samples.series import SERIES

MOST_RELEASES = 5
"""How many of those that were live before are looked at, the newest first."""


def facts(environment: Environment, now: datetime) -> Facts:
    """What is known of the environment; as many queries for one service as for a hundred."""
    document, scopes = draft(environment), environ.by_scope(environment)
    rows = _services(environment)
    names = {row.pk: row.name for row in rows}
    instances = list(environment.instances.filter(ended=False))
    measured = _measured(environment, rows, now)
    live = max((each.number for each in _live_releases(rows)), default=None)
    limits = Quota.objects.filter(team=environment.app.team).first()
    return Facts(
        services=tuple(
            _service(row, doc, instances, measured)
            for row in rows
            if (doc := document.service(row.name))
        ),
        resources=tuple(_resource(row, instances) for row in _resources(environment)),
        values=tuple(
            of.Value(names.get(owner or 0, ""), row.name, row.value)
            for owner, several in scopes.items()
            for row in several
            if not row.secret
        ),
        secrets=sum(row.secret for several in scopes.values() for row in several),
        private=environment.cell.private_address,
        apps_domain=settings.MUSTER_APPS_DOMAIN,
        observed=_known(cells.observation(environment.cell, now)),
        sampled=_known(cells.measuring(environment.cell, now)),
        live_release=live,
        older=_older(environment, live),
        elsewhere=_elsewhere(environment, document),
        environments=tuple(
            environment.app.environments.exclude(pk=environment.pk)
            .order_by("slug")
            .values_list("slug", flat=True)
        ),
        limits=limits_of(limits).use if limits else Use(),
        taken=_taken(environment),
    )


def _services(environment: Environment) -> list[Service]:
    rows = environment.services.select_related("rollout", "policy", "reservation")
    return list(rows.prefetch_related("colours__release").order_by("name"))


def _resources(environment: Environment) -> QuerySet[Resource]:
    return environment.resources.order_by("name")


def _service(
    row: Service, doc: ServiceDoc, instances: Sequence[Instance], measured: Mapping[int, bool]
) -> of.ServiceFacts:
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
        start_up_s=row.policy.start_up_measured_s,
        policy=_policy(row, row.policy),
        at_rest=at_rest(row.reservation) if hasattr(row, "reservation") else NOTHING[0],
    )


def _live(row: Service, colour: Colour | None) -> ServiceDoc | None:
    release = colour.release if colour else None
    return read_service(release.document, row.name) if release else None


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


def _resource(row: Resource, instances: Sequence[Instance]) -> ResourceFacts:
    own = [each for each in instances if each.resource_id == row.pk]
    addresses = (f"{each.address}:{each.port}" for each in own if each.address and each.port)
    return ResourceFacts(
        name=row.name,
        kind=row.kind,
        slug=row.slug,
        port=row.port,
        placed=row.placed_memory_mb > 0,
        healthy=any(each.healthy and not each.draining for each in own),
        address=next(addresses, ""),
    )


def _measured(environment: Environment, rows: Sequence[Service], now: datetime) -> dict[int, bool]:
    """Whether the load of each service was read lately: its requests, or its queue."""
    lately = timedelta(seconds=FRESH_INTERVALS * settings.MUSTER_SCALING_INTERVAL_S)
    keys = [row.pk for row in rows]
    _, table = window.measured_of(
        environment.cell_id, environment.app.team_id, keys, now - lately, now
    )
    waiting, rate = (
        ~np.isnan(table[SERIES.index(series)]).all(axis=1) for series in ("waiting", "rate")
    )
    return {
        row.pk: bool((waiting if row.kind == Service.Kind.WORKER else rate)[place])
        for place, row in enumerate(rows)
    }


def _known(how: Condition) -> Known:
    if how.look == "healthy":
        return Known("fresh", how.sentence)
    return Known("never" if how.word == "no data" else "silent", how.sentence)


def _live_releases(rows: Iterable[Service]) -> list[Release]:
    colours = (live_colour(row) for row in rows)
    return [colour.release for colour in colours if colour and colour.release]


def _older(environment: Environment, live: int | None) -> tuple[OldRelease, ...]:
    """The releases that were live before another content was, the newest first."""
    if live is None:
        return ()
    done = environment.deployments.filter(
        state=Deployment.State.SUCCEEDED, release__number__lte=live
    )
    rows = Release.objects.filter(pk__in=done.values("release")).order_by("-number")
    found = list(rows[: MOST_RELEASES + 1])
    now = next((each.digest for each in found if each.number == live), "")
    older = [each for each in found if each.number != live and each.digest != now]
    documents = [(each.number, read(each.document)) for each in older[:MOST_RELEASES]]
    kept = _kept(environment, [document for _, document in documents])
    return tuple(_old_release(number, document, kept) for number, document in documents)


def _old_release(number: int, document: Document, kept: set[str]) -> OldRelease:
    archives = {each.name: each.artifact for each in document.services if each.artifact}
    return OldRelease(
        number=number,
        archives=len(archives),
        images=sum(each.image is not None for each in document.services),
        missing=tuple(name for name, sha256 in archives.items() if sha256 not in kept),
    )


def _kept(environment: Environment, documents: Iterable[Document]) -> set[str]:
    """The archives of these documents whose row and bytes are both there."""
    wanted = {each.artifact for document in documents for each in document.services}
    rows = Artifact.objects.filter(team=environment.app.team_id, sha256__in=wanted - {None})
    return {row.sha256 for row in rows if artifact_path(row).is_file()}


def _elsewhere(environment: Environment, document: Document) -> tuple[of.CommandRan, ...]:
    """The release commands of the draft that succeeded in the app's other environments.

    The newest run of each service's command, and the newest of the same program; newest first.
    """
    having = [each for each in document.services if each.release_command]
    steps = DeploymentStep.objects.filter(
        name=commands.NAME,
        state=DeploymentStep.State.DONE,
        deployment__environment__app=environment.app_id,
    ).exclude(deployment__environment=environment)
    service = Func(
        F("deployment__release__document"),
        Value("services"),
        F("service__name"),
        function="jsonb_extract_path",
        output_field=JSONField(),
    )
    rows = (
        steps.annotate(doc=service)
        .filter(_any(having, lambda each: {"release_command": list(each.release_command)}))
        .annotate(same=Case(When(_any(having, _program), then=True), default=False))
        .order_by("service__name", "same", "-pk")
        .distinct("service__name", "same")
        .values_list(
            "pk",
            "service__name",
            KeyTransform("release_command", "doc"),
            KeyTransform("artifact", "doc"),
            KeyTransform("image", "doc"),
            "deployment__environment__slug",
            "deployment__number",
            "same",
        )
    )
    return tuple(
        of.CommandRan(name, tuple(command or ()), artifact or image or "", where, number)
        for _, name, command, artifact, image, where, number, _ in sorted(rows, reverse=True)
    )


def _any(services: Iterable[ServiceDoc], of_doc: Callable[[ServiceDoc], dict[str, object]]) -> Q:
    """Whether a step is of one of the services, and their document in its release says so much."""
    found = Q(pk__in=[])
    for each in services:
        said = {f"doc__{key}": value for key, value in of_doc(each).items()}
        found |= Q(service__name=each.name, **said)
    return found


def _program(doc: ServiceDoc) -> dict[str, object]:
    return {"artifact": doc.artifact} if doc.artifact else {"image": doc.image or ""}


def _taken(environment: Environment) -> Use:
    """What the team's services and resources take at rest."""
    rows = Reservation.objects.filter(team=environment.app.team_id)
    return next((at_rest for _, _, at_rest, _ in totals(rows, "team_id")), Use())
