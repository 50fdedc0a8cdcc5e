"""Commands that run once, to their end: before a release, or when a person asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs.durations import HOUR_S, seconds
from jobs.specs.group import batch_job, disconnect, runs_once
from jobs.specs.names import command_job_id, run_job_id, slug
from jobs.specs.place import Place
from jobs.specs.placement import placement
from jobs.specs.task import NAME, disk, task
from jobs.specs.unit import Unit

Json = dict[str, Any]

# Nomad ends what runs longer, as "complete"; the deployment keeps a time of its own.
LIMIT_S = HOUR_S


def release_command_job(
    service: ServiceDoc, *, app: str, environment: str, deployment: int, place: Place
) -> Json:
    """The batch job that runs a service's release command once, with a Variable of its own.

    Register it with an index of 0: the second time Nomad says that it exists.
    """
    job_id = command_job_id(slug(app, environment, service.name), deployment)
    unit = Unit(service, app, environment, place, job_id)
    return _job(unit, service.release_command, LIMIT_S)


def run_job(
    service: ServiceDoc,
    argv: Sequence[str],
    *,
    app: str,
    environment: str,
    run: int,
    limit_s: int,
    place: Place,
) -> Json:
    """The batch job that runs a person's command once in a service's environment.

    It has a Variable of its own. Register it with an index of 0, as a release command.
    """
    job_id = run_job_id(slug(app, environment, service.name), run)
    return _job(Unit(service, app, environment, place, job_id), argv, limit_s)


def once(unit: Unit, argv: Sequence[str], limit_s: int) -> Json:
    """The group of one instance that runs a command once, and never again by itself."""
    return {
        "Name": NAME,
        "Count": 1,
        "MaxRunDuration": seconds(limit_s),
        **runs_once(),
        **disconnect(replace=False),
        "EphemeralDisk": disk(unit.service),
        "Tasks": [task(unit, argv)],
    }


def _job(unit: Unit, argv: Sequence[str], limit_s: int) -> Json:
    # It listens nowhere: a container whose ports are in no network does not start.
    silent = replace(unit, service=replace(unit.service, port=None, ports=()))
    group = once(silent, argv, limit_s)
    return {
        **batch_job(unit.job_id, unit.place, unit.meta, group),
        **placement(unit.service),
    }
