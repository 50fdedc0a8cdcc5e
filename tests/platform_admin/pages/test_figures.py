"""What the pages of a service and of an environment say of its measurements."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from platform_admin.models import ScalingPolicy, Service
from platform_admin.verbs.policies import policy_fields, save_policy
from scaler.loop.policies import policy_of
from scaler.rules.freshness import FRESH_INTERVALS
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import WEB, WORKER, at_rest, moved, tick
from tests.platform_admin.pages.site import Person, Site

PAGE, ENVIRONMENT = "/shop/production/web/", "/shop/production/"
NAN = float("nan")


@pytest.fixture(autouse=True)
def standing(clock: Clock) -> None:
    """The time that ages are counted to."""


@pytest.fixture
def web(site: Site) -> Service:
    service = site.service()
    site.live(service)
    return service


@pytest.fixture
def worker(site: Site) -> Service:
    service = site.service("jobs", kind="worker", port=None)
    site.live(service)
    ScalingPolicy.objects.filter(service=service).update(queue="orders", drain_s=30)
    return service


def figures(person: Person, address: str = PAGE) -> dict[str, str]:
    """The figures of a service's page by their names, as words."""
    page = person.browser.get(address).content.decode()
    shown = page.split('<dl class="figures">')[1].split("</dl>")[0]
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown, re.DOTALL)
    return {name: words(value) for name, value in found}


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def row(person: Person, name: str) -> str:
    """A service's row in its environment, as words."""
    page = person.browser.get(ENVIRONMENT).content.decode()
    [found] = [part for part in page.split("<tr>") if f'id="s-{name}"' in part]
    return words(found.split("</tr>")[0])


def test_a_web_service_shows_its_p95_against_the_target_its_requests_and_errors(
    site: Site, web: Service
) -> None:
    tick(timezone.now() - timedelta(seconds=4), [web], {**WEB, "errors": 0.3})

    for person in (site.alice, site.bob, site.olga):
        assert figures(person) == {
            "Instances": "1 of 1",
            "p95": "84 ms of 500 ms",
            "Requests": "12/s",
            "Errors": "0.3/s 2.5 % of all",
        }
    assert "p95 84 ms of 500 ms." in site.bob.browser.get(PAGE).content.decode()


def test_requests_that_found_no_instance_are_requests_and_errors(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], {**WEB, "fallback": 4.0})

    assert figures(site.bob)["Requests"] == "16/s"
    assert figures(site.bob)["Errors"] == "4/s 25 % of all"


def test_requests_that_were_turned_away_are_requests_and_errors_and_said(
    site: Site, web: Service
) -> None:
    tick(timezone.now(), [web], {**WEB, "refused": 4.0})

    assert figures(site.bob)["Requests"] == "16/s"
    assert figures(site.bob)["Errors"] == "4/s 25 % of all, 4/s turned away"


def test_how_many_the_guard_lets_in_stands_beside_the_requests(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], WEB)
    Service.objects.filter(pk=web.pk).update(in_flight_limit=1200)

    assert figures(site.bob)["Requests"] == "12/s at most 1,200 at once"


def test_a_worker_shows_its_oldest_wait_what_waits_and_what_is_done(
    site: Site, worker: Service
) -> None:
    tick(timezone.now(), [worker], WORKER)

    assert figures(site.bob, "/shop/production/jobs/") == {
        "Instances": "1 of 1",
        "Oldest wait": "12 s of 30 s",
        "Waiting": "7",
        "Done": "240 a minute",
    }


def test_an_empty_queue_has_no_oldest_wait(site: Site, worker: Service) -> None:
    tick(timezone.now(), [worker], {**WORKER, "waiting": 0, "oldest_s": 0, "busy": 0})

    shown = figures(site.bob, "/shop/production/jobs/")

    assert shown["Oldest wait"] == "none target 30 s"
    assert (shown["Waiting"], shown["Done"]) == ("0", "0 a minute")
    assert "nothing waits" in site.bob.browser.get("/shop/production/jobs/").content.decode()


def test_what_was_never_measured_is_no_data_and_never_0(site: Site, web: Service) -> None:
    shown = figures(site.bob)

    assert {shown[name] for name in ("p95", "Requests", "Errors")} == {"no data"}
    assert "no data no data 1" in row(site.bob, "web")


def test_what_a_source_did_not_say_is_no_data(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], {"healthy": 1.0, "ready_age_s": 0.0})

    assert figures(site.bob)["Requests"] == "no data"


def test_without_requests_there_is_no_p95_and_the_page_says_why(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], {**WEB, "rate": 0.0, "p95_s": NAN})

    shown = figures(site.bob)

    assert shown["p95"] == "no requests target 500 ms"
    assert shown["Requests"] == "0/s"


def test_a_figure_that_is_older_than_three_intervals_is_grey_and_says_of_when(
    site: Site, web: Service
) -> None:
    tick(timezone.now() - timedelta(seconds=40), [web], WEB)

    page = site.bob.browser.get(PAGE).content.decode()

    assert re.fullmatch(r"12/s as of 4\d s ago", figures(site.bob)["Requests"])
    assert '<span class="old">12/s</span>' in page
    assert "p95 84 ms of" not in page.split('id="sentence"')[1].split("</p>")[0]


def test_an_environment_says_once_how_old_all_of_its_figures_are(site: Site, web: Service) -> None:
    tick(timezone.now() - timedelta(seconds=40), [web], WEB)

    page = site.bob.browser.get(ENVIRONMENT).content.decode()

    assert re.search(r"measured <time[^>]*>4\d s ago", page)
    assert '<span class="old">12/s</span>' in page
    assert "as of" not in row(site.bob, "web")


def test_an_environment_says_of_each_figure_how_old_it_is_where_they_differ(
    site: Site, web: Service
) -> None:
    tick(timezone.now(), [web], {**WEB, "edge_age_s": 45.0})

    page = site.bob.browser.get(ENVIRONMENT).content.decode()

    assert re.search(r"12/s as of (4[5-9]|5\d) s ago", row(site.bob, "web"))
    assert "measured <time" not in page


def test_the_age_of_a_reading_counts_from_when_it_was_read(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], {**WEB, "edge_age_s": 45.0})

    assert re.fullmatch(r"12/s as of (4[5-9]|5\d) s ago", figures(site.bob)["Requests"])
    assert "as of" not in figures(site.bob)["Instances"]


def test_a_figure_that_misses_its_target_stands_out(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], {**WEB, "p95_s": 0.612})

    assert '<span class="over">612 ms' in site.bob.browser.get(PAGE).content.decode()


def test_a_policy_without_a_target_measures_against_nothing(site: Site, web: Service) -> None:
    ScalingPolicy.objects.filter(service=web).update(latency_ms=None)
    tick(timezone.now(), [web], WEB)

    assert figures(site.bob)["p95"] == "84 ms"


def test_an_environment_lists_its_services_with_the_same_figures(
    site: Site, web: Service, worker: Service
) -> None:
    now = timezone.now()
    tick(now - timedelta(seconds=10), [web, worker], {**WEB, **WORKER})
    tick(now, [web, worker], {**WEB, **WORKER})

    assert row(site.bob, "web").endswith("healthy 1/1 12/s 84 ms of 500 ms 1")
    assert row(site.bob, "jobs").endswith("healthy 1/1 7 12 s of 30 s 2")


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (moved(2, proposal=7, bounds=5), "at its maximum of 5"),
        (moved(2, proposal=5, quota=3), "held back by the quota"),
        (moved(2, proposal=7, bounds=5, quota=3), "held back by the quota"),
        (moved(2, proposal=7, bounds=5, placement=2), "no room in the cluster"),
        (moved(2, proposal=4), ""),
        (at_rest(5), ""),
    ],
)
def test_a_service_that_would_grow_and_may_not_says_what_holds_it(
    site: Site, web: Service, counts: tuple[int, ...], said: str
) -> None:
    ScalingPolicy.objects.filter(service=web).update(mode="on")
    tick(timezone.now(), [web], WEB, counts)

    shown = row(site.bob, "web")

    known = ("at its maximum of 5", "held back by the quota", "no room in the cluster")
    assert [part for part in known if part in shown] == ([said] if said else [])
    assert (said.capitalize() in site.bob.browser.get(PAGE).content.decode()) or not said


@pytest.mark.parametrize("changes", [{"mode": "shadow"}, {"mode": "on", "paused": True}])
def test_a_policy_that_is_not_followed_is_not_at_a_limit(
    site: Site, web: Service, changes: dict[str, object]
) -> None:
    ScalingPolicy.objects.filter(service=web).update(**changes)
    tick(timezone.now(), [web], WEB, moved(2, proposal=7, bounds=5))

    assert "at its limit" not in row(site.bob, "web")


def test_the_figures_of_another_team_do_not_exist_for_charlie(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], WEB)

    for address in (PAGE, f"{PAGE}live/now/", ENVIRONMENT, f"{PAGE}scaling/"):
        assert site.charlie.browser.get(address).status_code == 404


def test_a_new_target_is_measured_against_at_once(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], WEB)
    fields = policy_fields(web.policy)

    save_policy(site.alice.actor, web, type(fields)(mode="on", latency_ms=50))

    assert figures(site.bob)["p95"] == "84 ms of 50 ms"


def test_what_the_loop_takes_for_fresh_is_what_pages_do() -> None:
    made = policy_of(ScalingPolicy(), "web", interval_s=7.0)

    limits = {made.edge_limit_s, made.queue_limit_s, made.metric_limit_s, made.state_limit_s}
    assert limits == {FRESH_INTERVALS * 7.0}
