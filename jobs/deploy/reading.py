"""Everything that a decision about one service reads from outside, read once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from jobs import servers
from jobs.deploy import rows
from jobs.deploy.edge_tree import first_host, wanted_tree
from jobs.deploy.ended import may_run
from jobs.deploy.rows import ServiceRows
from jobs.deploy.view import Facts
from jobs.deploy.with_count import most_of
from jobs.document import ServiceDoc
from jobs.document.types import ALONE
from jobs.edge import Edge, edges, probe, shows, written
from jobs.errors import Unavailable
from jobs.nomad import Job, Variable
from jobs.specs import bears_slug, names
from jobs.specs.static import HEALTH_PATH
from platform_admin.models import Instance, Run
from platform_admin.rules.rollout import Colour

Counts = dict[Colour, int]
COLOURS: tuple[Colour, ...] = ("blue", "green")
SMOKE_TIMEOUT_S = 5.0
OLDEST_S = 15.0


@dataclass(frozen=True)
class Reading:
    """Facts, and the jobs and the Variable whose indexes every write outside carries.

    They are read before the lease is checked: a step that wakes up two releases later finds
    them moved on, and harms nothing.
    """

    facts: Facts
    jobs: Mapping[Colour, Job | None]
    variable: Variable | None


def read(loaded: ServiceRows, doc: ServiceDoc) -> Reading:
    """Facts about a service of a deployment; raises ClusterError where a server does not say."""
    service = loaded.service
    namespace = service.environment.app.team.namespace
    ids = {colour: names.job_of(doc.kind, service.slug, colour) for colour in COLOURS}
    jobs = {colour: servers.nomad().job(namespace, ids[colour]) for colour in COLOURS}
    path = names.variable_path(ids[loaded.rollout.new])
    facts = _waiting_runs(loaded) if doc.kind in names.ONE_JOB else _facts(loaded, doc, jobs)
    return Reading(facts, jobs, servers.nomad().variable(namespace, path))


def _waiting_runs(loaded: ServiceRows) -> Facts:
    """Of each colour: the runs of its release that have not started, and so read its values yet."""
    waiting = Run.objects.filter(service=loaded.service, state=Run.State.WAITING)
    by_release = Counter(waiting.values_list("release_id", flat=True))
    counts = {each: by_release.get(loaded.row(each).release or 0, 0) for each in COLOURS}
    return Facts(time.time(), running=counts)


def _facts(loaded: ServiceRows, doc: ServiceDoc, jobs: Mapping[Colour, Job | None]) -> Facts:
    healthy, running, failed = _instances(loaded)
    observed_at = _observed_at(loaded)
    if doc.kind in ALONE:
        return Facts(
            observed_at,
            healthy,
            _by_colour(may_run(loaded)),
            failed,
            job_most={c: most_of(dict(job.spec)) for c, job in _standing(jobs)},
            job_count={c: job.count for c, job in _standing(jobs)},
        )
    if doc.port is None:
        return Facts(observed_at, healthy, running, failed)
    has_slug = {colour: _has_slug(jobs[colour], loaded) for colour in COLOURS}
    if not loaded.service.behind_edge:
        # Its check is all that there is to ask it: no edge knows it.
        return Facts(
            observed_at,
            healthy,
            running,
            failed,
            job_has_slug=has_slug,
            slug_passing=_slug_passing(loaded),
        )
    wanted = wanted_tree(loaded)
    present = edges(servers.consul())
    stands = written(servers.consul(), loaded.service.slug, wanted, loaded.rollout.version)
    shown = stands and bool(present) and all(shows(edge, wanted) for edge in present)
    return Facts(
        observed_at=observed_at,
        healthy=healthy,
        running=running,
        failed=failed,
        tree_written=stands,
        edges_show=shown,
        job_has_slug=has_slug,
        slug_passing=_slug_passing(loaded),
        smoke=_smoke(loaded, doc, present, shown, healthy),
    )


def _observed_at(loaded: ServiceRows) -> float:
    """When the observation began; Unavailable where it is too old to decide anything by."""
    at = rows.seconds(loaded.service.environment.cell.observed_at)
    age = time.time() - at
    if age > OLDEST_S:
        seen = f"{age:.0f} s ago" if at else "never"
        raise Unavailable(f"what runs was last observed {seen}", server="muster")
    return at


def _instances(loaded: ServiceRows) -> tuple[Counts, Counts, Counts]:
    """Of each colour: healthy ones of its release, all that run, those given up lately."""
    releases = dict(loaded.service.colours.values_list("colour", "release__number"))
    healthy: Counter[str] = Counter()
    running: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    since = rows.moment(loaded.rollout.state_at)
    for instance in Instance.objects.filter(service=loaded.service):
        present = instance.release == releases.get(instance.colour)
        running[instance.colour] += not instance.ended
        healthy[instance.colour] += instance.healthy and not instance.ended and present
        lately = since is None or instance.seen_at >= since
        failed[instance.colour] += instance.client_status == "failed" and present and lately
    return _by_colour(healthy), _by_colour(running), _by_colour(failed)


def _standing(jobs: Mapping[Colour, Job | None]) -> list[tuple[Colour, Job]]:
    return [(each, job) for each, job in jobs.items() if job is not None and not job.stopped]


def _by_colour(counted: Counter[str]) -> Counts:
    return {colour: counted[colour] for colour in COLOURS}


def _has_slug(job: Job | None, loaded: ServiceRows) -> bool:
    # A stopped job has nothing in Consul, and registering it again would start it.
    return job is not None and not job.stopped and bears_slug(dict(job.spec), loaded.service.slug)


def _slug_passing(loaded: ServiceRows) -> dict[Colour, bool]:
    """For each colour, whether an instance of it passes in Consul under the slug."""
    passing = [endpoint.id for endpoint in servers.consul().health(loaded.service.slug)]
    mine = Instance.objects.filter(service=loaded.service, ended=False)
    found = {
        instance.colour
        for instance in mine
        if any(instance.allocation in entry for entry in passing)
    }
    return {colour: colour in found for colour in COLOURS}


def _smoke(
    loaded: ServiceRows,
    doc: ServiceDoc,
    present: tuple[Edge, ...],
    shown: bool,
    healthy: Mapping[Colour, int],
) -> str:
    """ "ok", or what the smoke test found on an edge; asked only while a colour is watched."""
    new = loaded.rollout.new
    if loaded.rollout.state != "watch" or not healthy[new]:
        return "ok"
    if not shown:
        return "the edges do not show its route yet"
    path = HEALTH_PATH if doc.kind == "static" else doc.health_path
    if not path:
        return "ok"
    for edge in present:
        found = probe(edge, first_host(loaded), path, new, SMOKE_TIMEOUT_S)
        if not found.ok:
            return found.detail
    return "ok"
