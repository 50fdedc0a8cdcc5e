from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_admin.models import Run, Service
from tests.platform_admin.pages.site import Person, Site

CRON = "/shop/production/report/"


@pytest.fixture
def cron(site: Site) -> Service:
    """A cron that is live."""
    service = site.service("report", kind="cron", port=None, schedule="30 2 * * *", maximum=1)
    site.live(service)
    return service


def ran(service: Service, state: str, **more: object) -> Run:
    """A run of the service, by the clock, ten minutes ago."""
    at = timezone.now() - timedelta(minutes=10)
    values: dict[str, object] = {
        "service": service, "kind": "clock", "state": state, "command": "x", "limit_s": 60,
        "launch_at": at, "started_at": at, "ended_at": at + timedelta(seconds=5),
    }  # fmt: skip
    return Run.objects.create(**(values | more))


def opened(person: Person, address: str) -> str:
    response = person.browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_cron_shows_when_it_runs_and_what_it_did(site: Site, cron: Service) -> None:
    ran(cron, "failed", reason="It ended with exit code 3.", exit_code=3)
    page = opened(site.alice, CRON)
    assert "Next runs" in page
    assert page.count("02:30 UTC") == 5
    assert "It ended with exit code 3." in page
    assert "the last run failed" in page
    assert "Run now" in page
    assert "How many" not in page


@pytest.mark.parametrize(("result", "word"), [("failed", "Degraded"), ("succeeded", "Healthy")])
def test_a_cron_is_as_well_as_its_last_run(
    site: Site, cron: Service, result: str, word: str
) -> None:
    ran(cron, result)
    ran(cron, "skipped", launch_at=timezone.now(), job="")
    assert word in opened(site.bob, CRON)
    assert "by the clock" in opened(site.bob, "/shop/production/")


def test_a_cron_that_was_never_live_says_what_to_do(site: Site) -> None:
    site.service("report", kind="cron", port=None, schedule="30 2 * * *", maximum=1)
    page = opened(site.alice, CRON)
    assert "nothing of it is live yet. Release and deploy it." in page
    assert "Run now" not in page


def test_a_command_that_is_run_leads_to_its_page(site: Site, cron: Service) -> None:
    answer = site.alice.browser.post(f"{CRON}runs/once/", {"command": "ls -l", "limit_s": "60"})
    run = Run.objects.get()
    assert answer.headers["Location"] == f"{CRON}runs/{run.pk}/"
    page = opened(site.alice, f"{CRON}runs/{run.pk}/")
    assert "ls -l" in page
    assert "Cancel" in page
    assert "Nothing yet." in page


def test_a_wrong_command_stays_with_what_is_wrong(site: Site, cron: Service) -> None:
    answer = site.alice.browser.post(f"{CRON}runs/once/", {"command": "", "limit_s": "60"})
    assert answer.status_code == 422
    assert "A command is needed" in answer.content.decode()


def test_a_viewer_sees_the_run_and_not_what_it_wrote(site: Site, cron: Service) -> None:
    run = ran(cron, "succeeded", log="the secret plan", log_cut=2048)
    assert "the secret plan" not in opened(site.bob, f"{CRON}runs/{run.pk}/")
    page = opened(site.alice, f"{CRON}runs/{run.pk}/")
    assert "the secret plan" in page
    assert "before it are not kept" in page


def test_the_log_of_a_run_is_text_and_no_markup(site: Site, cron: Service) -> None:
    run = ran(cron, "succeeded", log="<script>alert(1)</script>")
    assert "<script>alert(1)" not in opened(site.alice, f"{CRON}runs/{run.pk}/")


def test_another_services_run_does_not_exist_here(site: Site, cron: Service) -> None:
    run = ran(site.service("web"), "succeeded", kind="once")
    assert site.alice.browser.get(f"{CRON}runs/{run.pk}/").status_code == 404


def test_a_run_that_ended_asks_for_itself_no_more(site: Site, cron: Service) -> None:
    run = ran(cron, "succeeded")
    answer = site.alice.browser.get(f"{CRON}runs/{run.pk}/live/run/")
    assert answer.status_code == 286


def test_the_form_shows_the_next_runs_and_what_a_set_clock_does(site: Site) -> None:
    typed = {
        "kind": "cron", "name": "report", "source": "image", "image": "a/b:1", "preview": "yes",
        "schedule": "30 2 * * *", "time_zone": "Europe/Berlin", "time_limit_s": "",
        "start_limit_s": "60", "kill_timeout_s": "30", "cpu_mhz": "100", "memory_mb": "64",
        "minimum": "3", "maximum": "2",
    }  # fmt: skip
    page = site.alice.browser.post("/shop/production/new/", typed).content.decode()
    assert "Next runs" in page
    assert "the clock goes past 02:30: no run then." in page
    wrong = site.alice.browser.post("/shop/production/new/", typed | {"schedule": "30 25 * * *"})
    assert "is out of range: use 0 to 23." in wrong.content.decode()


def test_the_settings_of_a_cron_keep_its_clock(site: Site, cron: Service) -> None:
    page = opened(site.alice, f"{CRON}settings/")
    assert 'value="30 2 * * *"' in page
