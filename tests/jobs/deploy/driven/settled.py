"""What must hold once a deployment has ended, however it came there."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.deploy import apply, repair
from jobs.observe.hands import differing
from jobs.specs import bears_slug, names
from platform_admin.models import (
    Cell,
    Colour,
    Deployment,
    DeploymentStep,
    Reservation,
    Resource,
    Rollout,
    Service,
)
from platform_admin.rules.rollout import Colour as ColourName
from tests.jobs.deploy.driven.drive import look
from tests.jobs.inside import Inside


def check_settled(cluster: Inside, live: Mapping[str, ColourName | None]) -> None:
    """Each service is live on that colour at its size, nothing else runs, nothing is left out."""
    look(cluster)
    _nothing_is_held()
    jobs = {resource.slug: 1 for resource in Resource.objects.all()}
    for service in Service.objects.all():
        _check(cluster, service, live[service.name])
        jobs |= _counts(service, live[service.name])
    assert {job: count for job, count in cluster.jobs().items() if count} == jobs
    assert len(cluster.allocations()) == sum(jobs.values())
    assert not [path for path in cluster.variables() if "--cmd-" in path]
    assert all(not differing(cell) for cell in Cell.objects.all())
    _nothing_is_left_to_write(cluster)


def _nothing_is_held() -> None:
    assert not Rollout.objects.exclude(state="rest", deployment=None, hold=0).exists()
    assert not DeploymentStep.objects.filter(state=DeploymentStep.State.RUNNING).exists()
    assert not Deployment.objects.exclude(state__in=Deployment.ENDED).exists()


def _counts(service: Service, live: ColourName | None) -> dict[str, int]:
    return {names.job_id(service.slug, live): service.desired} if live else {}


def _check(cluster: Inside, service: Service, live: ColourName | None) -> None:
    rollout = Rollout.objects.get(service=service)
    assert (service.name, rollout.live) == (service.name, live)
    assert Reservation.objects.get(service=service).instances == service.desired
    for row in Colour.objects.filter(service=service):
        is_live = row.colour == live
        wanted = service.desired if is_live else 0
        assert (row.acknowledged, row.at_most, row.stand_by) == (wanted, wanted, 0)
        # What was live before may still answer, should the live one die.
        assert is_live <= row.verified
        job_id = names.job_id(service.slug, row.colour)  # type: ignore[arg-type]
        bears = job_id in cluster.jobs() and bears_slug(cluster.job(job_id), service.slug)
        assert bears == row.bears_slug == (is_live and service.has_port)


def _nothing_is_left_to_write(cluster: Inside) -> None:
    before = cluster.written
    apply.sweep()
    repair.run()
    # The query behind the names of links is made by the first repair.
    left = [each for each in cluster.written if each not in before]
    assert left in ([], [("POST", "/v1/query")])
    assert len(cluster.written) - len(before) == len(left)
