"""Carrying out what was decided: each action outside carries what was read beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs import servers
from jobs.deploy import clock, rows, side_by_side
from jobs.deploy.actions import (
    Action,
    AddSlug,
    CheckJob,
    Limit,
    Register,
    Rows,
    StartClock,
    StopClock,
    TakeSlug,
    WriteTree,
    WriteVariable,
)
from jobs.deploy.edge_tree import wanted_tree
from jobs.deploy.place import place_of
from jobs.deploy.reading import Reading
from jobs.deploy.rows import ServiceRows
from jobs.deploy.values import values
from jobs.deploy.with_count import with_count, with_most
from jobs.document import Document, ServiceDoc
from jobs.edge import write
from jobs.errors import Conflict, Refused
from jobs.specs import names, service_job, with_slug, without_slug
from platform_admin.models import Colour, Release
from platform_admin.rules.rollout import Colour as ColourName


@dataclass(frozen=True)
class Context:
    """What the actions of one service in one pass work on."""

    loaded: ServiceRows
    reading: Reading
    release: Release
    document: Document
    doc: ServiceDoc

    @property
    def namespace(self) -> str:
        """The team's Nomad namespace."""
        return self.loaded.service.environment.app.team.namespace


def perform(action: Action, context: Context) -> None:
    """Carry out one action; raises Conflict when somebody else wrote first, else ClusterError."""
    EFFECTS[type(action)](action, context)


def _rows(action: Rows, context: Context) -> None:
    service = context.loaded.service
    if not rows.write(service, context.loaded.rollout.version, action):
        raise Conflict(f"the rollout of {service} has moved on", server="muster")


def _write_tree(_: WriteTree, context: Context) -> None:
    loaded = context.loaded
    slug, version = loaded.service.slug, loaded.rollout.version
    write(servers.consul(), slug, wanted_tree(loaded), version)


def _write_variable(_: WriteVariable, context: Context) -> None:
    service, colour = context.loaded.service, context.loaded.rollout.new
    deployment = service.rollout.deployment
    items = values(service.environment, context.document, context.doc, deployment)
    path = names.variable_path(names.job_of(context.doc.kind, service.slug, colour))
    if context.doc.kind in names.ONE_JOB:
        items = side_by_side.values(context.reading.variable, items, colour)
    if not items:
        # Nomad takes no empty Variable, and a job without values has no template that reads one.
        servers.nomad().delete_variable(context.namespace, path)
        return
    # Written even if it stands there already: that makes an older write stale that still comes.
    present = context.reading.variable
    cas = present.modify_index if present else 0
    servers.nomad().put_variable(context.namespace, path, items, cas=cas)


def _register(_: Register, context: Context) -> None:
    """Register the new colour's job, empty, and keep it as it was sent."""
    colour = context.loaded.rollout.new
    job = _rendered(context)
    present = context.reading.jobs[colour]
    index = present.job_modify_index if present else 0
    servers.nomad().register(job, enforce_index=index)
    _keep(context, colour, job)


def _rendered(context: Context, count: int = 0) -> dict[str, Any]:
    """The new colour's job."""
    environment = context.loaded.service.environment
    return service_job(
        context.doc,
        app=environment.app.slug,
        environment=environment.slug,
        colour=context.loaded.rollout.new,
        release=context.release.number,
        place=place_of(environment, context.doc),
        count=count,
    )


def _check_job(_: CheckJob, context: Context) -> None:
    servers.nomad().plan(_rendered(context, count=1))


def _start_clock(action: StartClock, context: Context) -> None:
    """Register a cron's job as this colour has it, or as it was stored."""
    service, colour = context.loaded.service, action.colour
    stored = Colour.objects.get(service=service, colour=colour).job
    job = stored if action.again else _rendered(context)
    if job is None:
        raise Refused(f"the job of {service}-{colour} was never registered", server="nomad")
    present = context.reading.jobs[colour]
    clock.register(service, colour, job, present.job_modify_index if present else 0)


def _stop_clock(_: StopClock, context: Context) -> None:
    clock.stop(context.loaded.service)


def _add_slug(action: AddSlug, context: Context) -> None:
    _in_place(context, action.colour, with_slug)


def _take_slug(action: TakeSlug, context: Context) -> None:
    _in_place(context, action.colour, without_slug)


def _limit(action: Limit, context: Context) -> None:
    """Once nobody can ask for one any more, only what is observed from then on is of that."""
    _in_place(context, action.colour, lambda job, _: with_most(job, action.most))
    if action.most:
        return
    mine = Colour.objects.filter(service=context.loaded.service, colour=action.colour)
    mine.update(acknowledged_at=rows.moment(rows.now_s()))


def _in_place(
    context: Context,
    colour: ColourName,
    change: Callable[[dict[str, Any], str], dict[str, Any]],
) -> None:
    """Register the job as it was stored with one such change, if nothing restarts."""
    service = context.loaded.service
    present = context.reading.jobs[colour]
    stored = Colour.objects.get(service=service, colour=colour).job
    if present is None or stored is None:
        raise Refused(f"the job of {service}-{colour} is missing in Nomad", server="nomad")
    job = change(stored, service.slug)
    counted = with_count(job, present.count)
    if servers.nomad().plan(counted).destructive:
        raise Refused(
            f"the job of {service}-{colour} was changed in Nomad: it can not be brought to what"
            " it should be without restarting its instances",
            server="nomad",
        )
    servers.nomad().register(counted, enforce_index=present.job_modify_index, preserve_counts=True)
    _keep(context, colour, job)


def _keep(context: Context, colour: ColourName, job: dict[str, Any]) -> None:
    """Store the job as it was sent. Its index is `apply`'s: by it a hand is noticed."""
    Colour.objects.filter(service=context.loaded.service, colour=colour).update(job=job, drift="")


EFFECTS: Mapping[type[Action], Callable[[Any, Context], None]] = {
    Rows: _rows,
    WriteTree: _write_tree,
    WriteVariable: _write_variable,
    Register: _register,
    CheckJob: _check_job,
    StartClock: _start_clock,
    StopClock: _stop_clock,
    AddSlug: _add_slug,
    TakeSlug: _take_slug,
    Limit: _limit,
}
