from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs.durations import HOUR_S, seconds
from jobs.specs.group import batch_job, disconnect, runs_once
from jobs.specs.names import command_job_id, slug
from jobs.specs.place import Place
from jobs.specs.placement import placement
from jobs.specs.task import NAME, disk, task
from jobs.specs.unit import Unit

# Nomad ends what runs longer, as "complete"; the deployment keeps a time of its own.
LIMIT_S = HOUR_S


def release_command_job(
    service: ServiceDoc, *, app: str, environment: str, deployment: int, place: Place
) -> dict[str, Any]:
    """The batch job that runs a service's release command once, with a Variable of its own.

    Register it with an index of 0: the second time Nomad says that it exists.
    """
    job_id = command_job_id(slug(app, environment, service.name), deployment)
    # It listens nowhere: a container whose ports are in no network does not start.
    unit = Unit(replace(service, port=None, ports=()), app, environment, place, job_id)
    group = {
        "Name": NAME,
        "Count": 1,
        "MaxRunDuration": seconds(LIMIT_S),
        **runs_once(),
        **disconnect(replace=False),
        "EphemeralDisk": disk(service),
        "Tasks": [task(unit, service.release_command)],
    }
    return {**batch_job(job_id, place, unit.meta, group), **placement(service)}
