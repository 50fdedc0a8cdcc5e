"""A world in which the loop runs: live services, and a source that says what a test wants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.db.models import Q

from platform_admin.models import (
    SHARDS,
    Cell,
    Colour,
    Instance,
    Release,
    ScalingPolicy,
    Service,
    Shard,
)
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.quota import locked, reserve
from platform_admin.verbs.releases import release
from platform_admin.verbs.services import create_service
from platform_admin.verbs.variables import set_variables
from scaler.loop.sample import sample
from scaler.loop.tick import tick
from scaler.sources import Asked, Reading
from tests.platform_admin.verbs.archives import tar_gz
from tests.platform_admin.verbs.decisions import follow
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
INTERVAL = timedelta(seconds=10)
IDLE = {"rate": 0.0, "errors": 0.0, "fallback": 0.0, "open": 0.0, "edge_age_s": 0.0}
NO_JOBS = {"waiting": 0.0, "busy": 0.0, "oldest_s": 0.0, "queue_age_s": 0.0}


def served(rate: float, p95_s: float, **more: float) -> dict[str, float]:
    """What an edge says of a service that answers so many requests a second, this slowly."""
    return {
        **IDLE,
        "rate": rate,
        "p50_s": p95_s / 2,
        "p95_s": p95_s,
        "p99_s": p95_s * 1.2,
        "mean_s": p95_s / 2,
        "concurrency": rate * p95_s / 2,
        **more,
    }


def queued(waiting: float, *, busy: float = 1.0, oldest_s: float = 1.0) -> dict[str, float]:
    """What a queue says: jobs of a second each."""
    jobs = {"waiting": waiting, "busy": busy, "oldest_s": oldest_s, "service_s": 1.0}
    return {**NO_JOBS, **jobs}


class Told:
    """A source that says what it was told, by slug; of others nothing."""

    def __init__(self) -> None:
        self.figures: dict[str, Mapping[str, float]] = {}
        self.failures: tuple[str, ...] = ()

    def read(self, asked: Asked) -> Reading:
        names = {name for figures in self.figures.values() for name in figures}
        rows = [self.figures.get(slug, {}) for slug in asked.slugs]
        columns = {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}
        return Reading(columns, self.failures)


class Scene:
    """Samples and ticks, ten seconds apart by its own clock, without a queue and a cluster."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.source, self.now = world, Told(), START
        self.enqueued: list[tuple[str, object]] = []
        Shard.objects.bulk_create(Shard(cell=world.cell, number=n) for n in range(SHARDS))
        monkeypatch.setattr("scaler.loop.sample.SOURCES", {"told": self.source})
        monkeypatch.setattr(
            "scaler.loop.sample._enqueue", lambda name, key: self.enqueued.append((name, key))
        )
        monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *_: None)
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def service(self, name: str = "web", *, mode: str = "on", **changes: object) -> Service:
        """A live service with a policy that is followed; bounds 1 to 9 unless given."""
        service = self.world.service(name, **({"maximum": 9} | changes))
        return self._live(service, release(self.world.dana, self.world.environment), mode)

    def of_others(self, name: str = "blog") -> Service:
        """A live web of the other team, and so in another shard, that follows its policy."""
        ella, others = self.world.ella, self.world.others
        environment = create_app(
            ella, team=others, name="paper", environment="production", cell=self.world.cell
        )
        data = BytesIO(tar_gz({"web.py": b"pass"}))
        artifact = upload_artifact(ella, others, "paper.tar.gz", data)
        fields = self.world.fields(name, artifact_id=artifact.pk, maximum=9)
        service = create_service(ella, environment, fields)
        return self._live(service, release(ella, environment), "on")

    def _live(self, service: Service, made: Release, mode: str) -> Service:
        follow(service)
        ScalingPolicy.objects.filter(service=service).update(
            mode=mode, start_up_s=0, strategy="fixed"
        )
        if service.kind == "worker":
            ScalingPolicy.objects.filter(service=service).update(queue="orders")
        Service.objects.filter(pk=service.pk).update(desired_at=START)
        make_live(service, made)
        self.settle()
        return service

    def release(self) -> Release:
        """Another release of everything, live at once."""
        number = str(Release.objects.count())
        set_variables(self.world.dana, self.world.environment, None, {"VERSION": number})
        made = release(self.world.dana, self.world.environment)
        for service in self.world.environment.services.all():
            make_live(service, made)
        return made

    def worker(self, name: str = "worker") -> Service:
        """A live worker that follows its queue."""
        return self.service(name, kind="worker", port=None)

    def says(self, **figures: Mapping[str, float]) -> None:
        """From now on the source says this of the services with these names."""
        for name, row in figures.items():
            self.source.figures[Service.objects.get(name=name).slug] = row

    def settle(self) -> None:
        """Everything that is wanted was acknowledged, runs, is healthy and observed by now."""
        Cell.objects.update(observed_at=self.now)
        for service in Service.objects.all():
            blue = Colour.objects.filter(service=service, colour="blue")
            other = blue.filter(~Q(acknowledged=service.desired) | Q(acknowledged__isnull=True))
            if other.update(
                acknowledged=service.desired, acknowledged_at=self.now, at_most=service.desired
            ):
                with transaction.atomic():
                    reserve(locked(service.environment.app.team), service, found=True)
            self._instances(service)

    def sample(self) -> tuple[int, ...]:
        """Measure now; the shards that have something to decide."""
        return sample(self.world.cell.pk, self.now)

    def turn(self, *, settles: bool = True) -> int:
        """One interval: measure, decide; then what was ordered runs. How many counts changed."""
        changed = tick(self.sample(), self.now)
        self.now += INTERVAL
        if settles:
            self.settle()
        return changed

    def turns(self, times: int) -> list[int]:
        """The web's `desired` after each of so many intervals."""
        counts = []
        for _ in range(times):
            self.turn()
            counts.append(self.desired("web"))
        return counts

    def desired(self, name: str) -> int:
        return Service.objects.get(name=name).desired

    @property
    def shard(self) -> Shard:
        """The shard of the world's team."""
        return Shard.objects.get(cell=self.world.cell, number=self.world.team.pk % SHARDS)

    def _instances(self, service: Service) -> None:
        well: dict[str, Any] = {
            "client_status": "running",
            "healthy": True,
            "ended": False,
            "seen_at": self.now,
        }
        if service.instances.update(**well) == service.desired:
            return
        service.instances.all().delete()
        Instance.objects.bulk_create(
            Instance(
                allocation=f"{service.pk}-{number}",
                cell=self.world.cell,
                environment=service.environment,
                service=service,
                job=f"{service.slug}-blue",
                colour="blue",
                number=number,
                node="n",
                desired_status="run",
                **well,
            )
            for number in range(service.desired)
        )
