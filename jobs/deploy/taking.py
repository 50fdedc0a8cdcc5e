"""What a service or a resource has outside, taken away: jobs, their Variables, then routes.

Each step is safe to repeat, and what stands outside says what is left to do: so whoever goes on
after a crash begins at the front, and finds done what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobs import servers
from jobs.edge import withdraw
from jobs.specs import names
from platform_admin.models import Resource, Service
from platform_admin.rules.rollout import BLUE, GREEN
from platform_admin.verbs.runs import is_starting

Keep = Callable[[], None]
"""Raises where somebody else goes on with it: called before each write outside."""


def take_service(service: Service, keep: Keep) -> str:
    """What is waited for before the rest can go, as a sentence; "" once nothing of it is left.

    Nomad says what was started of it: a row may be gone, or not be there yet. Its clock is off
    before that is asked, and nobody is about to start a run.
    """
    namespace = service.environment.app.team.namespace
    colours = {names.job_of(service.kind, service.slug, colour) for colour in (BLUE, GREEN)}
    jobs = sorted(colours)
    _stop(namespace, jobs, keep)
    if is_starting(service):
        return f"{service.name}: waiting until the start of a run is over."
    for prefix in names.started_by(service.slug):
        jobs += servers.nomad().job_ids(namespace, prefix)
    # Of one that never came to be a job there may be a Variable.
    runs = service.runs.filter(tidied_at__isnull=True).exclude(job__in=["", *jobs])
    jobs += runs.values_list("job", flat=True)
    waiting = _take_jobs(namespace, jobs, service.name, keep)
    if waiting:
        return waiting
    keep()
    withdraw(servers.consul(), service.slug)
    return ""


def take_resource(resource: Resource, keep: Keep) -> str:
    """The same of a resource."""
    if resource.external:
        keep()
        servers.consul().deregister_external(resource.slug)
        return ""
    namespace = resource.environment.app.team.namespace
    return _take_jobs(namespace, [resource.slug], resource.name, keep)


def _take_jobs(namespace: str, jobs: Sequence[str], name: str, keep: Keep) -> str:
    """Stop the jobs; once all of their instances have ended, forget their Variables and them.

    Nomad forgets at once what is purged, while it drains too, and then says no more what there
    was: so that comes last.
    """
    nomad = servers.nomad()
    there = _stop(namespace, jobs, keep)
    running = sum(
        not each.terminal for job_id in there for each in nomad.job_allocations(namespace, job_id)
    )
    if running:
        ends = "instance ends" if running == 1 else "instances end"
        return f"{name}: waiting until its last {ends} ({running})."
    for job_id in jobs:
        keep()
        nomad.delete_variable(namespace, names.variable_path(job_id))
    for job_id in there:
        keep()
        nomad.stop(namespace, job_id, purge=True)
    return ""


def _stop(namespace: str, jobs: Sequence[str], keep: Keep) -> list[str]:
    """Those of the jobs that Nomad knows, all of them stopped."""
    nomad = servers.nomad()
    known = {job_id: nomad.job(namespace, job_id) for job_id in jobs}
    for job_id, job in known.items():
        if job is not None and not job.stopped:
            keep()
            nomad.stop(namespace, job_id)
    return [job_id for job_id, job in known.items() if job is not None]
