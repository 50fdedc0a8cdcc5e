"""A driver that dies as a process does: at once, with nothing said, its lease still out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from jobs.deploy import loop
from platform_admin.models import Deployment
from tests.jobs.deploy.driven.drive import ROUNDS, look
from tests.jobs.inside import Inside, is_write

PAST = datetime.now(UTC) - timedelta(seconds=1)


class Killed(BaseException):
    """What no handler of the driver takes for an error of its own."""


@dataclass
class Writes:
    """What was written outside, and how often the driver died of it."""

    count: int = 0
    deaths: int = 0


@contextmanager
def dying(deadly: Callable[[int, str], bool]) -> Iterator[Writes]:
    """Count what is written outside; `deadly` says after which of them the driver dies."""
    writes, send = Writes(), HTTPAdapter.send

    def counted(
        adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        answer = send(adapter, request, *args, **options)
        if is_write(request.method or "", request.path_url):
            writes.count += 1
            if deadly(writes.count, request.path_url.partition("?")[0]):
                writes.deaths += 1
                raise Killed
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", counted)
        yield writes


def every_nth(number: int, of: int) -> Callable[[int, str], bool]:
    """It dies after each `of`-th write, the first time after `number` of them."""
    return lambda count, path: count % of == number % of


def every_other() -> Callable[[int, str], bool]:
    """It dies of every first, third, ... write to a path: what is done again comes further."""
    seen = Counter[str]()

    def deadly(count: int, path: str) -> bool:
        seen[path] += 1
        return seen[path] % 2 == 1

    return deadly


def drive(cluster: Inside, deployment: Deployment, *, until: str = "") -> Deployment:
    """The deployment at its end, or with a service in the state `until`.

    Whoever dies on the way is followed by another driver.
    """
    for _ in range(ROUNDS):
        look(cluster)
        with suppress(Killed):
            loop.step(deployment.pk)
        leave_lease(deployment)
        deployment.refresh_from_db()
        if deployment.ended or deployment.rollouts.filter(state=until).exists():
            return deployment
    raise AssertionError(f"{deployment.state}: {deployment.waits_for or deployment.reason}")


def leave_lease(deployment: Deployment) -> None:
    """Nobody gave the lease back; its time is over when the next one comes."""
    Deployment.objects.filter(pk=deployment.pk).update(lease_holder="dead", lease_until=PAST)
