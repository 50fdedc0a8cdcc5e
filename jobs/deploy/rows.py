"""Between the tables and the frozen rows that decisions read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from django.db import connection, transaction
from django.db.models import Case, F, Prefetch, Q, QuerySet, When
from django.db.models.functions import Greatest

from jobs.deploy.actions import Rows
from jobs.deploy.counts import MISSING, STOPPED
from platform_admin.models import Colour, Rollout, Service
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.rules.rollout import ColourRow, RolloutRow
from platform_admin.verbs import quota

_COUNTS = """
UPDATE platform_admin_colour AS row
SET acknowledged = new.acknowledged, acknowledged_at = new.acknowledged_at,
    at_most = new.at_most, mark = new.mark, index = new.index
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::timestamptz[], %s::int[], %s::bigint[],
    %s::bigint[]) AS new (service, colour, acknowledged, acknowledged_at, at_most, mark, index)
WHERE row.service_id = new.service AND row.colour = new.colour
"""


@dataclass(frozen=True)
class ServiceRows:
    """A service with its rollout and its two colours, read together."""

    service: Service
    rollout: RolloutRow
    blue: ColourRow
    green: ColourRow

    def row(self, colour: ColourName) -> ColourRow:
        """The row of a colour."""
        return self.blue if colour == "blue" else self.green


def read(service_id: int) -> ServiceRows:
    """The rows of a service as they stand in this transaction."""
    service = Service.objects.select_related(
        "environment__app__team", "environment__cell", "rollout"
    ).get(pk=service_id)
    colours = {row.colour: colour_row(row) for row in _colours(service)}
    return ServiceRows(service, rollout_row(service.rollout), colours["blue"], colours["green"])


def _colours(service: Service) -> QuerySet[Colour]:
    return Colour.objects.filter(service=service).defer("job")


def some(service_ids: Sequence[int]) -> Iterator[ServiceRows]:
    """The rows of these services, in two queries; none of one that is being deleted."""
    return _loaded(Service.objects.filter(pk__in=service_ids))


def every() -> Iterator[ServiceRows]:
    """The rows of all services that are not being deleted, in two queries."""
    return _loaded(Service.objects.all())


def unsettled(wanted_before: datetime | None = None) -> Iterator[ServiceRows]:
    """The rows of the services that roll, and of those of which a count may have to be posted.

    At rest the live colour has `desired` and the other one its stand-by: the database says who
    has not, so that nobody loads the others. With `wanted_before` those are left out of which
    another count is wanted since.
    """
    wanted = Case(
        When(colour=F("service__rollout__live"), then=Greatest("stand_by", "service__desired")),
        default="stand_by",
    )
    off = Colour.objects.filter(
        Q(acknowledged__isnull=True)
        | Q(service__rollout__deployment__isnull=False)
        | ~Q(acknowledged=wanted)
        | Q(drift__in=(MISSING, STOPPED))
    )
    services = Service.objects.filter(pk__in=off.values("service"))
    if wanted_before is not None:
        services = services.exclude(desired_at__gte=wanted_before)
    return _loaded(services)


def _loaded(services: QuerySet[Service]) -> Iterator[ServiceRows]:
    staying = services.filter(deletion__isnull=True)
    related = staying.select_related(
        "environment__app__team", "environment__cell", "rollout"
    ).prefetch_related(Prefetch("colours", Colour.objects.defer("job")))
    for service in related:
        colours = {row.colour: colour_row(row) for row in service.colours.all()}
        yield ServiceRows(service, rollout_row(service.rollout), colours["blue"], colours["green"])


def write(service: Service, version: int, rows: Rows) -> bool:
    """Whether the rows were written: False when the rollout has moved on from `version`.

    The reservation follows in the same transaction; NoRoom when it does not fit.
    """
    with transaction.atomic():
        held = quota.locked(service.environment.app.team)
        if not _write_rollout(service, version, rows.rollout):
            return False
        for row in rows.colours:
            _write_role(service, row)
        quota.reserve(held, service)
    return True


def _write_role(service: Service, row: ColourRow) -> None:
    """Write what a deployment decides of a colour; its counts belong to `apply`."""
    Colour.objects.filter(service=service, colour=row.colour).update(
        release_id=row.release,
        verified=row.verified,
        bears_slug=row.bears_slug,
        stand_by=row.stand_by,
    )


def write_counts(counts: Sequence[tuple[int, ColourRow]]) -> None:
    """Write what `apply` knows of the counts of colours, each with its service's key."""
    columns = [
        (service, row.colour, row.acknowledged, moment(row.acknowledged_at), row.at_most, row.mark,
         row.index)
        for service, row in counts
    ]  # fmt: skip
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(_COUNTS, [list(column) for column in zip(*columns, strict=True)])


def _write_rollout(service: Service, version: int, row: RolloutRow) -> bool:
    written = Rollout.objects.filter(service=service, version=version).update(
        live=row.live,
        before=row.before,
        new=row.new,
        at=row.at,
        next=row.next,
        moving=row.moving,
        state=row.state,
        state_at=moment(row.state_at),
        deployment_id=row.deployment,
        hold=row.hold,
        version=version + 1,
    )
    return written == 1


def rollout_row(row: Rollout) -> RolloutRow:
    """The frozen row of a rollout."""
    return RolloutRow(
        live=cast(ColourName | None, row.live),
        before=cast(ColourName | None, row.before),
        new=cast(ColourName, row.new),
        at=row.at,
        next=row.next,
        moving=row.moving,
        state=row.state,
        state_at=seconds(row.state_at),
        deployment=row.deployment_id,
        hold=row.hold,
        version=row.version,
    )


def colour_row(row: Colour) -> ColourRow:
    """The frozen row of a colour."""
    return ColourRow(
        colour=cast(ColourName, row.colour),
        acknowledged=row.acknowledged,
        acknowledged_at=seconds(row.acknowledged_at),
        at_most=row.at_most,
        mark=row.mark,
        index=row.index,
        release=row.release_id,
        verified=row.verified,
        bears_slug=row.bears_slug,
        stand_by=row.stand_by,
    )


def seconds(at: datetime | None) -> float:
    """A moment in seconds since 1970, 0 for none."""
    return at.timestamp() if at else 0.0


def now_s() -> float:
    """Now in seconds since 1970."""
    return datetime.now(UTC).timestamp()


def moment(at: float) -> datetime | None:
    """The moment of `seconds`, None for 0."""
    return datetime.fromtimestamp(at, UTC) if at else None
