"""The page of a service whose scaling is paused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from platform_admin.models import ScalingPolicy, Service
from platform_admin.verbs.policies import pause_scaling
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import WORKER, tick
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/jobs/"
END = "The count stays at 1: nothing more is started until somebody resumes it."


@pytest.fixture
def worker(site: Site) -> Service:
    service = site.service("jobs", kind="worker", port=None)
    site.live(service)
    ScalingPolicy.objects.filter(service=service).update(mode="on", queue="orders", drain_s=30)
    return service


def note(person: Person) -> str:
    """What the page says of the pause, in words."""
    page = person.browser.get(PAGE).content.decode()
    shown = page.partition('id="paused">')[2].partition("</div>")[0]
    return " ".join(re.sub(r"<[^>]*>", "", shown).split())


def test_it_says_since_when_by_whom_what_waits_and_has_the_button_for_who_may(
    site: Site, worker: Service, clock: Clock
) -> None:
    pause_scaling(site.alice.actor, worker)
    clock.at += timedelta(minutes=3)
    tick(clock.at, [worker], WORKER)

    said = f"Scaling was paused 3 min ago by alice. 7 jobs wait, the oldest for 12 s. {END}"
    assert note(site.alice) == f"{said} Resume scaling"
    assert note(site.bob) == said


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ({"waiting": 0.0, "oldest_s": 0.0}, "No job waits."),
        ({"waiting": 1.0}, "1 job waits, the oldest for 12 s."),
        ({"waiting": float("nan")}, "How much waits is not known."),
    ],
)
def test_what_waits_is_said_as_far_as_it_is_known(
    site: Site, worker: Service, clock: Clock, readings: dict[str, float], said: str
) -> None:
    ScalingPolicy.objects.update(paused=True)
    tick(clock.at, [worker], {**WORKER, **readings})

    assert note(site.bob) == f"Scaling was paused. {said} {END}"


def test_an_old_reading_of_what_waits_is_not_told_as_one_of_now(
    site: Site, worker: Service, clock: Clock
) -> None:
    ScalingPolicy.objects.update(paused=True)
    tick(clock.at - timedelta(minutes=5), [worker], WORKER)

    assert "How much waits is not known." in note(site.bob)


@pytest.mark.parametrize("changes", [{}, {"mode": "shadow", "paused": True}])
def test_nothing_is_said_where_nothing_is_paused_that_would_act(
    site: Site, worker: Service, changes: dict[str, object]
) -> None:
    ScalingPolicy.objects.update(**changes or {"paused": False})

    assert note(site.bob) == ""
