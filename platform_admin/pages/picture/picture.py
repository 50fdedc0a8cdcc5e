"""An environment as a picture: its parts with their states, and arrows from callers down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from jobs.document.types import PUBLIC
from platform_admin.models import Environment, Link, Resource, Service
from platform_admin.pages.picture.grid import MARGIN, WIDTH, Box, Grid, grid
from platform_admin.pages.picture.layers import layers
from platform_admin.pages.picture.wires import Wire, wires
from platform_admin.pages.standing import Standing

EDGE = "the edge"
BAR = Box(MARGIN, 1, WIDTH - 2 * MARGIN, 28)
BELOW_BAR = 64
LETTER = 7.7
"""About how wide a letter of a name is, in pixels."""
_ORDER: dict[str, int] = {kind: place for place, kind in enumerate(Service.Kind.values)}
"""The kinds from left to right among those that nobody calls; what is none of them is last."""


@dataclass(frozen=True)
class Part:
    """A service or resource where it stands; `title` tells in words what the picture shows.

    `kind` is "" where there is no room for it beside the name; `count` is a resource's size.
    """

    name: str
    shown: str
    kind: str
    title: str
    state: str
    count: str
    demand: str
    url: str
    box: Box

    @property
    def frame(self) -> Box:
        """Its outline, half a pixel inside, so that it is sharp."""
        return Box(0.5, 0.5, self.box.width - 1, self.box.height - 1)

    @property
    def right(self) -> float:
        """Where what is told at its right ends."""
        return self.box.width - 12


@dataclass(frozen=True)
class Picture:
    """All that the template draws; `bar` is the edge, where something is public.

    `calls` tells the arrows in words, a sentence a caller.
    """

    width: int
    height: float
    parts: tuple[Part, ...]
    wires: tuple[Wire, ...]
    calls: tuple[str, ...]
    bar: Box | None


def picture(
    environment: Environment,
    services: Sequence[Standing],
    resources: Sequence[Standing],
    demands: Mapping[str, str],
) -> Picture | None:
    """The picture of the environment, None where it has nothing; one query.

    `demands` says by a service's name what it is asked for, such as "12/s".
    """
    if not services and not resources:
        return None
    linked = _linked(environment)
    public = [each.name for each in services if _kind(each) in PUBLIC]
    bar = BAR if public else None
    stands = _grid(services, resources, linked, BELOW_BAR if bar else 1)
    calls = [(EDGE, name) for name in public]
    calls += [(caller, called) for caller, found in linked.items() for called in found]
    return Picture(
        WIDTH,
        stands.height,
        tuple(
            _part(environment, each, stands.boxes[each.name], demands.get(each.name, ""))
            for each in [*services, *resources]
        ),
        tuple(wires(calls, stands, bar)),
        tuple(_called(caller, found) for caller, found in linked.items()),
        bar,
    )


def _linked(environment: Environment) -> dict[str, list[str]]:
    """By the name of each service that links: what it links to, each once, in order of names."""
    rows = Link.objects.filter(service__environment=environment)
    rows = rows.select_related("service", "to_service", "to_resource")
    found: dict[str, set[str]] = {}
    for row in rows.order_by("service__name"):
        if row.target != row.service.name:
            found.setdefault(row.service.name, set()).add(row.target)
    return {name: sorted(targets) for name, targets in found.items()}


def _grid(
    services: Sequence[Standing],
    resources: Sequence[Standing],
    linked: Mapping[str, Sequence[str]],
    top: float,
) -> Grid:
    """Services below their callers, and all resources below them."""
    ordered = sorted(services, key=lambda each: (_ORDER.get(_kind(each), len(_ORDER)), each.name))
    found = layers((each.name for each in ordered), linked)
    deep = max(found.values(), default=-1) + 1
    rows = [[each.name for each in ordered if found[each.name] == layer] for layer in range(deep)]
    callers: dict[str, list[str]] = {}
    for caller, targets in linked.items():
        for target in targets:
            callers.setdefault(target, []).append(caller)
    return grid([*rows, [each.name for each in resources]], callers, top)


def _part(environment: Environment, standing: Standing, box: Box, demand: str) -> Part:
    about = standing.about
    service = isinstance(about, Service)
    shown = _shortened(standing.name, int((box.width - 36) / LETTER))
    room = (len(shown) + len(about.kind) + 1) * LETTER < box.width - 36
    return Part(
        name=standing.name,
        shown=shown,
        kind=about.kind if room else "",
        title=f"{standing.name}, {about.kind}: {standing.state.word}",
        state=standing.state.word,
        count=_counted(standing),
        demand=demand,
        url=reverse(
            "service" if service else "resource",
            args=[environment.app.slug, environment.slug, standing.name],
        ),
        box=box,
    )


def _counted(standing: Standing) -> str:
    if isinstance(standing.about, Resource):
        if standing.about.external:
            return "elsewhere"
        return f"{standing.about.memory_mb} MB"
    live = standing.release is not None or standing.rolling
    if standing.clock is not None and live:
        return "by the clock"
    return f"{standing.counts.healthy}/{standing.counts.desired}" if live else "never live"


def _shortened(name: str, letters: int) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def _called(caller: str, called: Sequence[str]) -> str:
    return f"{caller} calls {' and '.join(called)}."


def _kind(standing: Standing) -> str:
    return standing.about.kind
