"""What a service or a resource has outside, taken away: jobs, then Variables, then routes.

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

Keep = Callable[[], None]
"""Raises where somebody else goes on with it: called before each write outside."""


def take_service(service: Service, keep: Keep) -> str:
    """What is waited for before the rest can go, as a sentence; "" once nothing of it is left."""
    namespace = service.environment.app.team.namespace
    colours = {names.job_of(service.kind, service.slug, colour) for colour in (BLUE, GREEN)}
    runs = service.runs.filter(tidied_at__isnull=True).exclude(job="")
    jobs = [*sorted(colours), *runs.values_list("job", flat=True)]
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
    """Stop the jobs; once all of their instances have ended, forget them and their Variables.

    Nomad forgets at once what is purged, while it drains too: so that comes last.
    """
    nomad = servers.nomad()
    known = {job_id: nomad.job(namespace, job_id) for job_id in jobs}
    for job_id, job in known.items():
        if job is not None and not job.stopped:
            keep()
            nomad.stop(namespace, job_id)
    there = [job_id for job_id, job in known.items() if job is not None]
    running = sum(
        not each.terminal for job_id in there for each in nomad.job_allocations(namespace, job_id)
    )
    if running:
        ends = "instance ends" if running == 1 else "instances end"
        return f"{name}: waiting until its last {ends} ({running})."
    for job_id in there:
        keep()
        nomad.stop(namespace, job_id, purge=True)
    for job_id in jobs:
        keep()
        nomad.delete_variable(namespace, names.variable_path(job_id))
    return ""
