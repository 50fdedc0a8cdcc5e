from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone
from pytest_django import Settings

from platform_admin.pages import open_doors, queues, status
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.nomad import nomad
from tests.platform_admin.pages.site import Site

AGENT = b'{"config": {}, "member": {}, "stats": {}}'


@pytest.fixture(autouse=True)
def standing(clock: Clock) -> None:
    """The time that ages are counted to."""


def test_it_says_of_each_part_how_it_is(site: Site) -> None:
    page = site.bob.browser.get("/status/").content.decode()

    assert "It answers within" in page
    assert "No worker takes jobs" in page
    assert "It does not answer. Apps go on running; deployments wait." in page
    assert "Nothing was observed yet." in page
    assert "Not all well" in page


def test_an_old_observation_says_its_age(site: Site) -> None:
    site.cell.observed_at = timezone.now() - timedelta(minutes=3)
    site.cell.save()

    assert "Last seen 3 min ago" in site.charlie.browser.get("/status/").content.decode()


@pytest.mark.parametrize(
    ("ago_s", "error", "said"),
    [
        (5, "", "Last measured 5 s ago."),
        (31, "", "so counts stay: look at the workers of scale"),
        (5, "rq: away", "but not all: rq: away. What is unknown lowers no count."),
    ],
)
def test_it_says_whether_everything_is_measured(
    site: Site, ago_s: float, error: str, said: str
) -> None:
    assert "Nothing was measured yet." in site.bob.browser.get("/status/").content.decode()
    site.cell.sampled_at = timezone.now() - timedelta(seconds=ago_s)
    site.cell.sampling_error = error
    site.cell.save()

    assert said in site.bob.browser.get("/status/").content.decode()


def test_a_deployment_that_is_due_and_that_nobody_works_on_is_named(site: Site) -> None:
    now = timezone.now()
    site.deployment(site.service(), due_at=now - timedelta(seconds=91))

    page = site.bob.browser.get("/status/").content.decode()

    assert "1 under way; nobody works on shop/production deployment 1, which is due" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"due_at": timedelta(seconds=-60)},
        {"due_at": timedelta(seconds=-91), "lease_until": timedelta(seconds=5)},
        {"due_at": timedelta(seconds=-91), "state": "failed"},
        {"state": "queued"},
    ],
)
def test_a_deployment_that_is_worked_on_or_waits_is_well(
    site: Site, changes: dict[str, timedelta | str]
) -> None:
    now = timezone.now()
    values = {k: v if isinstance(v, str) else now + v for k, v in changes.items()}
    site.deployment(site.service(), **values)

    assert "nobody works on" not in site.bob.browser.get("/status/").content.decode()


def test_operators_are_warned_of_a_nomad_that_answers_without_a_token(
    site: Site, settings: Settings
) -> None:
    with nomad({"/v1/nodes": b"[]", "/v1/agent/self": AGENT}) as (address, _):
        settings.NOMAD_ADDR = address
        warned = site.olga.browser.get("/status/").content.decode()
        others = site.alice.browser.get("/status/").content.decode()

    assert "Nomad answers without a token" in warned
    assert "Consul answers without a token" not in warned
    assert "without a token" not in others


def test_a_part_that_can_not_be_asked_is_called_away_and_the_page_is_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_: object) -> object:
        raise ValueError("a word that is not for pages")

    monkeypatch.setattr(queues, "conditions", wrong)

    page = site.bob.browser.get("/status/").content.decode()

    assert "Asking failed (ValueError); the log says more." in page
    assert "a word that is not for pages" not in page


def test_a_warning_that_could_not_be_asked_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    forever = Event()
    monkeypatch.setattr(open_doors, "_nomad", forever.wait)
    monkeypatch.setattr(status, "WITHIN_S", 1.0)
    try:
        page = site.olga.browser.get("/status/").content.decode()
    finally:
        forever.set()

    assert "Whether Nomad answers without a token is not known. No answer within 1 s." in page
