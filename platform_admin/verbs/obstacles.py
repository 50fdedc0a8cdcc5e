"""What keeps something from being deleted: who has a link to it, and what is under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jobs.document import read_service
from platform_admin.models import App, Colour, Deployment, Environment, Resource, Service

Target = Service | Resource | Environment | App


@dataclass(frozen=True)
class Obstacles:
    """The services that have a link to it, in the draft or live; the deployments that go on."""

    callers: tuple[str, ...]
    deployments: tuple[Deployment, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each as a sentence that says what to do; none where nothing is in the way."""
        return tuple(self._said())

    def _said(self) -> Iterator[str]:
        if self.callers:
            has = "has a link" if len(self.callers) == 1 else "have links"
            yield (
                f"{', '.join(self.callers)} {has} to it, in the draft or in what is live: remove"
                " the link in its settings and deploy that, or delete it first."
            )
        for deployment in self.deployments:
            yield f"{deployment} is under way: wait for its end, or cancel it."


def obstacles(target: Target) -> Obstacles:
    """What is in the way of deleting it now."""
    moving = Deployment.objects.filter(environment__in=environments_of(target))
    under_way = moving.exclude(state__in=Deployment.ENDED).order_by("pk")
    return Obstacles(_callers(target), tuple(under_way.select_related("environment__app")))


def environments_of(target: Target) -> list[Environment]:
    """The environments that it is or has, else the one that it stands in."""
    if isinstance(target, App):
        return list(target.environments.select_related("app"))
    return [target if isinstance(target, Environment) else target.environment]


def _callers(target: Target) -> tuple[str, ...]:
    """Those that need it, by name; whatever is deleted with it does not count."""
    if isinstance(target, Environment | App):
        return ()
    links = target.callers if isinstance(target, Service) else target.links
    drafted = links.filter(service__deletion__isnull=True).values_list("service__name", flat=True)
    live = Colour.objects.filter(
        service__environment=target.environment,
        service__deletion__isnull=True,
        release__isnull=False,
    ).select_related("release", "service__rollout")
    found = {row.service.name for row in live if _links_to(row, target.name)}
    return tuple(sorted({*drafted, *found} - {target.name}))


def _links_to(row: Colour, name: str) -> bool:
    """Whether what is live of a colour's service has a link to this name."""
    if row.release is None or row.service.rollout.live != row.colour:
        return False
    doc = read_service(row.release.document, row.service.name)
    return doc is not None and any(link.target == name for link in doc.links)
