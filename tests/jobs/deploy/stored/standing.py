"""What a live service wants and runs, set by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from platform_admin.models import Cell, Colour, Instance, Service
from platform_admin.verbs.desired import set_desired
from tests.platform_admin.verbs.world import World


def wish(world: World, service: Service, count: int) -> None:
    """So many are wanted from now on."""
    service.refresh_from_db()
    assert set_desired(world.dana, service, count)


def blue(service: Service) -> Colour:
    """The row of its live colour."""
    return service.colours.get(colour="blue")


def runs(service: Service, *healths: bool) -> None:
    """These instances of blue, healthy or not, are what was observed just now."""
    Cell.objects.update(observed_at=datetime.now(UTC))
    Instance.objects.filter(service=service).delete()
    Instance.objects.bulk_create(
        Instance(
            allocation=f"{service.pk}-{number}",
            cell=service.environment.cell,
            environment=service.environment,
            service=service,
            job=f"{service.slug}-blue",
            colour="blue",
            number=number,
            release=1,
            node="n",
            desired_status="run",
            client_status="running",
            healthy=healthy,
            seen_at=datetime.now(UTC),
        )
        for number, healthy in enumerate(healths)
    )
