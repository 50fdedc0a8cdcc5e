from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from jobs.document import read, read_service
from platform_admin.models import (
    Colour,
    Deployment,
    Quota,
    Release,
    Reservation,
    Resource,
    Run,
    Service,
    Team,
)
from platform_admin.rules.quota import Limits, Use, grown, largest, short_of, shortage, surge_room
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.rollout import ColourRow, RolloutRow
from platform_admin.rules.split import reserved, split
from platform_admin.verbs.errors import NoRoom
from platform_admin.verbs.reservations import at_rest, in_all, one_of_each, others_of, summed


def locked(team: Team) -> Quota:
    """The team's quota, locked to the end of the transaction: before any service row."""
    return Quota.objects.select_for_update(of=("self",), no_key=True).get(team=team)


def locked_all(teams: Iterable[int], *, wait: bool = True) -> list[Quota]:
    """The quotas of these teams, locked like `locked`, in the order that all lock in.

    Without `wait` those alone that nobody else has locked.
    """
    free = Quota.objects.select_for_update(of=("self",), no_key=True, skip_locked=not wait)
    return list(free.filter(team__in=list(teams)).order_by("team_id"))


def limits_of(quota: Quota) -> Limits:
    """The quota as the rules take it."""
    return Limits(quota.instances, quota.cpu_mhz, quota.memory_mb, quota.surge_percent)


def reserve(quota: Quota, service: Service, *, found: bool = False) -> Reservation:
    """The service's reservation, made from the rows as this transaction sees them.

    NoRoom where it grows past the limits, except for what was `found` to run already: a fact
    is written down, not refused. `quota` must come from `locked`.
    """
    row = _row(quota, service)
    before = Reservation.objects.filter(service=service).first()
    if not found:
        _check(quota, row, before)
    return _write(row, before)


def fits(quota: Quota, service: Service, desired: int) -> bool:
    """Whether the service could be given this `desired` now; nothing is written."""
    row = _row(quota, service, desired)
    try:
        _check(quota, row, Reservation.objects.filter(service=service).first())
    except NoRoom:
        return False
    return True


def reserve_resource(
    quota: Quota, resource: Resource, *releases: Release, found: bool = False
) -> Reservation:
    """The resource's reservation: one instance of the largest size it has, had or gets.

    That of the draft, of what Nomad was asked to run, and of the releases that are brought live,
    `releases` among them. NoRoom where it grows past the limits, unless it was `found` to run.
    """
    size = largest(*_resource_sizes(resource, releases))
    row = Reservation(
        team_id=quota.team_id,
        resource=resource,
        desired=1,
        instances=1,
        cpu_mhz=size.cpu_mhz,
        memory_mb=size.memory_mb,
    )
    before = Reservation.objects.filter(resource=resource).first()
    if not found:
        _check(quota, row, before)
    return _write(row, before)


def reserve_run(quota: Quota, run: Run, size: Use) -> Reservation:
    """The reservation of a command that runs once, until its row goes. NoRoom past the limits."""
    row = Reservation(
        team_id=quota.team_id,
        run=run,
        desired=1,
        instances=1,
        cpu_mhz=size.cpu_mhz,
        memory_mb=size.memory_mb,
    )
    _check(quota, row, None)
    return _write(row, None)


def room_for(quota: Quota, service: Service | None, size: Use, count: int) -> None:
    """Raises NoRoom where `count` instances of this size would not fit at rest.

    For a draft's size, which takes nothing before it is deployed.
    """
    before = Reservation.objects.filter(service=service).first() if service else None
    wanted = size * count
    in_all = summed(others_of(quota, before), lambda row: row.desired) + wanted
    desired = grown(at_rest(before) if before else Use(), wanted, in_all)
    _refuse(limits_of(quota), Use(), desired, Use())


def used(team: Team) -> tuple[Use, Use]:
    """What the team should run, and what it has reserved with all surges."""
    rows = list(Reservation.objects.filter(team=team))
    return summed(rows, lambda row: row.desired), summed(rows, lambda row: row.instances)


def _row(quota: Quota, service: Service, desired: int | None = None) -> Reservation:
    """The reservation that the rows ask for, not yet saved."""
    now = Service.objects.select_related("rollout__deployment__release").get(pk=service.pk)
    if desired is not None:
        now.desired = desired
    rollout = _rollout_row(now)
    colours = list(Colour.objects.filter(service=now).select_related("release").defer("job"))
    rows = {row.colour: _colour_row(row) for row in colours}
    size = largest(*_sizes(now, rollout, colours, rows))
    return Reservation(
        team_id=quota.team_id,
        service=now,
        desired=now.desired,
        instances=reserved(now.desired, rollout, (rows["blue"], rows["green"])),
        cpu_mhz=size.cpu_mhz,
        memory_mb=size.memory_mb,
    )


def _write(row: Reservation, before: Reservation | None) -> Reservation:
    if before is not None:
        row.pk = before.pk
    row.save(force_insert=before is None, force_update=before is not None)
    return row


def _check(quota: Quota, row: Reservation, before: Reservation | None) -> None:
    """Raise NoRoom where what grows does not fit beside what the others have."""
    team = [*others_of(quota, before), row]
    old_desired, old_reserved = (at_rest(before), in_all(before)) if before else (Use(), Use())
    desired = grown(old_desired, at_rest(row), summed(team, lambda each: each.desired))
    reserved = grown(old_reserved, in_all(row), summed(team, lambda each: each.instances))
    limits = limits_of(quota)
    _refuse(limits, surge_room(limits, one_of_each(team)), desired, reserved)


def _refuse(limits: Limits, surge: Use, desired: Use, in_all: Use) -> None:
    said = shortage(limits, surge, desired, in_all)
    if said is not None:
        raise NoRoom(said, figure=short_of(limits, surge, desired, in_all) or "")


def _sizes(
    service: Service,
    rollout: RolloutRow,
    colours: Iterable[Colour],
    rows: dict[str, ColourRow],
) -> list[Use]:
    """The sizes that one instance has in what runs, may run, or is about to."""
    releases = [
        colour.release
        for colour in colours
        if colour.release is not None and _counts(service, rollout, rows[colour.colour])
    ]
    deployment = service.rollout.deployment
    if deployment is not None and (rollout.hold or _comes_alone(service, deployment)):
        releases.append(deployment.release)
    sizes = [size for release in releases if (size := _released_size(release, service))]
    return sizes or [Use(1, service.cpu_mhz, service.memory_mb)]


def _comes_alone(service: Service, deployment: Deployment) -> bool:
    """Whether the one instance of the service will have the size of a release on its way."""
    begun = deployment.state not in (Deployment.State.QUEUED, Deployment.State.EMPTYING)
    return service.kind in (Service.Kind.SINGLETON, Service.Kind.CRON) and begun


def _counts(service: Service, rollout: RolloutRow, row: ColourRow) -> bool:
    live = rollout.live == row.colour
    return live or row.at_most > 0 or split(service.desired, rollout, row) > 0


def _released_size(release: Release, service: Service) -> Use | None:
    document = read_service(release.document, service.name)
    return None if document is None else Use(1, document.cpu_mhz, document.memory_mb)


def _resource_sizes(resource: Resource, releases: Iterable[Release]) -> list[Use]:
    coming = Release.objects.filter(
        environment=resource.environment_id,
        deployments__state__in=Deployment.RESERVED,
        deployments__restart=False,
    )
    documents = [read(release.document).resource(resource.name) for release in (*releases, *coming)]
    return [
        Use(1, resource.cpu_mhz, resource.memory_mb),
        Use(1, resource.placed_cpu_mhz, resource.placed_memory_mb),
        *(Use(1, document.cpu_mhz, document.memory_mb) for document in documents if document),
    ]


def _rollout_row(service: Service) -> RolloutRow:
    """What the split needs of a rollout."""
    row = service.rollout
    return RolloutRow(
        live=cast(ColourName | None, row.live),
        new=cast(ColourName, row.new),
        at=row.at,
        next=row.next,
        hold=row.hold,
    )


def _colour_row(row: Colour) -> ColourRow:
    """What the split needs of a colour."""
    return ColourRow(cast(ColourName, row.colour), at_most=row.at_most, stand_by=row.stand_by)
