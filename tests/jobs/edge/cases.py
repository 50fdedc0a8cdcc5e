"""Where a service may stand: the case list of the tree, for golden files and for real edges."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.edge.routes import Colour, Kind, ServiceRoutes


@dataclass(frozen=True)
class Case:
    """A position of a rollout, and the layers that it draws: which service answers each."""

    name: str
    layers: dict[str, str]
    live: Colour | None = None
    share: float | None = None
    new: Colour | None = None
    other: Colour | None = None
    smoke: Colour | None = None
    in_flight: int | None = None

    def routes(self, kind: Kind = "web", app: str = "shop") -> ServiceRoutes:
        """The case as a service `web` in the environment `prod` of an app."""
        return ServiceRoutes(
            slug=f"{app}-prod-web",
            kind=kind,
            app=app,
            environment="prod",
            service="web",
            live=self.live,
            share=self.share,
            new=self.new,
            other=self.other,
            smoke=self.smoke,
            apps_domain="localhost",
            fallback=f"{app}-prod-web",
            in_flight=self.in_flight,
        )


CASES = (
    Case("never_live", {}),
    Case("never_live_trying", {}, new="blue", smoke="blue"),
    Case("never_live_verified", {"other": "blue"}, new="blue", other="blue"),
    Case("never_live_moving", {"other": "blue"}, new="blue", other="blue", share=0.5),
    Case("at_rest", {"live": "blue"}, live="blue"),
    Case("trying", {"live": "blue"}, live="blue", new="green", smoke="green"),
    Case("verified", {"live": "blue", "other": "green"}, live="blue", new="green", other="green"),
    Case(
        "sharing_nothing",
        {"live": "blue", "other": "green"},
        live="blue",
        new="green",
        other="green",
        share=0.0,
    ),
    Case(
        "sharing",
        {"live": "blue", "other": "green", "share": "800,200"},
        live="blue",
        new="green",
        other="green",
        share=0.2,
    ),
    Case(
        "shared_whole",
        {"live": "green", "other": "blue"},
        live="blue",
        new="green",
        other="green",
        share=1.0,
    ),
    Case("first_whole", {"live": "blue"}, new="blue", other="blue", share=1.0),
    Case(
        "guarded",
        {"live": "blue", "other": "green", "share": "800,200"},
        live="blue",
        new="green",
        other="green",
        share=0.2,
        smoke="green",
        in_flight=120,
    ),
    Case("stand_by", {"live": "green", "other": "blue"}, live="green", other="blue"),
)
