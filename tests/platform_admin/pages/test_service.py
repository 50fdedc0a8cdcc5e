from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import servers
from platform_admin.models import (
    AuditEvent,
    Colour,
    Deployment,
    Rollout,
    Service,
)
from platform_admin.verbs.desired import set_desired
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import WEB, at_rest, tick, unproposed
from tests.platform_admin.pages.nomad import nomad
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/web/"


def test_it_says_how_the_service_stands_and_what_runs(site: Site) -> None:
    site.live(site.service())

    page = site.bob.browser.get(PAGE).content.decode()

    assert "Healthy." in page
    assert "1 of 1 instance is healthy, on release 1." in page
    assert "127.0.0.1:20000" in page
    assert "http://shop-production-web.localhost:8005" in page


def test_a_service_that_was_never_live_says_so_and_shows_the_job_that_it_would_be(
    site: Site,
) -> None:
    site.service()

    page = site.bob.browser.get(PAGE).content.decode()

    assert "Never live: release and deploy it to start it." in page
    assert "What the draft would become." in page
    assert "shop-production-web-blue" in page
    assert "Open web" not in page


def test_the_live_colours_job_stands_there_as_it_was_registered(site: Site) -> None:
    site.live(site.service())
    Colour.objects.filter(colour="blue").update(
        job={"ID": "as-registered", "TaskGroups": [{"Tasks": []}]}
    )

    page = site.bob.browser.get(PAGE).content.decode()

    assert "as-registered" in page
    assert "The job of the live colour as it was registered, with the count that runs now." in page


@pytest.mark.parametrize(("acknowledged", "count"), [(3, 3), (0, 0), (None, 2)])
def test_the_live_colours_job_has_its_count_so_that_run_by_hand_it_changes_nothing(
    site: Site, acknowledged: int | None, count: int
) -> None:
    site.live(site.service(minimum=2))
    groups = [{"Name": "main", "Count": 0, "Tasks": []}]
    stored = {"ID": "as-registered", "TaskGroups": groups}
    Colour.objects.filter(colour="blue").update(job=stored, acknowledged=acknowledged)

    response = site.bob.browser.get(PAGE)

    shown = unescape(response.content.decode()).split('id="job-json" tabindex="0">')[1]
    job = json.loads(shown.split("</pre>")[0])
    assert job == {"ID": "as-registered", "TaskGroups": [groups[0] | {"Count": count}]}


def test_a_draining_instance_is_not_counted_as_healthy(site: Site) -> None:
    web = site.service(minimum=2)
    site.live(web)
    web.instances.filter(number=1).update(draining=True)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "1 of 2 instances are healthy" in page
    assert "1 draining" in page


def test_just_after_a_deployment_what_was_live_before_is_draining(site: Site) -> None:
    web = site.service(minimum=2)
    site.live(web)
    for number in range(2):
        old = f"{web.pk:08d}-0000-0000-0001-{number:012d}"
        site.instance(web, number, colour="green", allocation=old)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "2 of 2 instances are healthy, on release 1; 2 draining." in page


def test_what_a_deployment_starts_beside_the_live_colour_is_not_counted_among_the_wanted(
    site: Site,
) -> None:
    web = site.service(minimum=2)
    site.live(web)
    going = site.deployment(web)
    Rollout.objects.filter(service=web).update(deployment=going, new="green", before="blue")
    for number, healthy in enumerate((True, False)):
        new = f"{web.pk:08d}-0000-0000-0001-{number:012d}"
        site.instance(web, number, colour="green", allocation=new, healthy=healthy)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "2 of 2 instances are healthy, on release 1; 1 starting; a deployment" in page


@pytest.mark.parametrize(
    ("drift", "word"), [("", "Starting."), ("the job is stopped in Nomad", "Failed.")]
)
def test_nothing_starts_of_a_job_that_does_not_run(site: Site, drift: str, word: str) -> None:
    web = site.service()
    site.live(web)
    web.instances.all().delete()
    set_desired(site.alice.actor, web, 3)
    web.colours.filter(colour="blue").update(drift=drift)

    assert f"<span>{word}</span>" in site.bob.browser.get(PAGE).content.decode()


@pytest.mark.parametrize("address", [PAGE, "/shop/production/"])
def test_a_job_that_was_stopped_in_nomad_is_said_with_the_way_back(
    site: Site, address: str
) -> None:
    web = site.service()
    first = site.live(web)
    second = site.live(site.service("api", kind="private"))
    web.colours.filter(colour="blue").update(drift="the job is stopped in Nomad")

    page = site.alice.browser.get(address).content.decode()

    said = "web: the job is stopped in Nomad. Deploying release 2 again brings it back."
    back = f'action="/shop/production/releases/{second.number}/deploy/"'
    assert (first.number, second.number) == (1, 2)
    assert said in page
    assert back in page
    viewed = site.bob.browser.get(address).content.decode()
    assert said in viewed
    assert back not in viewed


def test_the_way_back_deploys_what_drifted(site: Site) -> None:
    web = site.service()
    site.live(web)
    web.colours.filter(colour="blue").update(drift="the job is missing in Nomad")

    site.alice.browser.post("/shop/production/releases/1/deploy/")

    assert [each.name for each in Deployment.objects.get().services.all()] == ["web"]


@pytest.mark.parametrize("colour", ["blue", "green"])
def test_drift_of_the_idle_colour_or_while_a_deployment_works_on_it_needs_nobody(
    site: Site, colour: str
) -> None:
    web = site.service()
    site.live(web)
    web.colours.filter(colour=colour).update(drift="the job is stopped in Nomad")
    if colour == "blue":
        Rollout.objects.filter(service=web).update(deployment=site.deployment(web))

    assert "brings it back" not in site.alice.browser.get(PAGE).content.decode()


def test_a_count_that_another_hand_set_says_in_how_long_it_ends(site: Site) -> None:
    site.service()
    until = timezone.now() + timedelta(minutes=14, seconds=30)
    Service.objects.update(override_until=until, override_reason="changed in Nomad")

    page = site.bob.browser.get(PAGE).content.decode()

    assert "Set by hand to 1, ends" in page
    assert ">in 14 min</time>: changed in Nomad" in page


def test_restarting_an_instance_asks_nomad_and_is_audited(site: Site, settings: Settings) -> None:
    web = site.service()
    site.live(web)
    allocation = web.instances.get().allocation
    path = f"/v1/client/allocation/{allocation}/restart"

    with nomad({path: b"{}"}) as (address, asked):
        settings.NOMAD_ADDR = address
        servers.nomad.cache_clear()
        response = site.alice.browser.post(f"{PAGE}instances/{allocation}/restart/")

    assert response.headers["Location"] == PAGE
    assert asked == [f"PUT {path}"]
    assert AuditEvent.objects.filter(verb="restart", actor=site.alice.user).exists()
    assert "restarts where it is" in site.alice.browser.get(PAGE).content.decode()


def test_a_nomad_that_is_away_restarts_nothing_and_the_page_says_so(site: Site) -> None:
    web = site.service()
    site.live(web)

    site.alice.browser.post(f"{PAGE}instances/{web.instances.get().allocation}/restart/")

    assert "was not restarted" in site.alice.browser.get(PAGE).content.decode()


def test_an_instance_of_another_service_cannot_be_restarted_from_here(site: Site) -> None:
    site.service()
    other = site.instance(site.service("api", kind="private"))

    response = site.alice.browser.post(f"{PAGE}instances/{other.allocation}/restart/")

    assert response.status_code == 404


def test_the_live_part_costs_a_204_until_something_changes(site: Site, clock: Clock) -> None:
    web = site.service()
    site.live(web)
    long_ago = timezone.now() - timedelta(hours=1)
    Service.objects.update(desired_at=long_ago)
    address = f"{PAGE}live/now/"
    seen = seen_in(site.bob.browser.get(address).content.decode())

    unchanged = site.bob.browser.get(address, {"seen": seen})
    web.instances.update(restarts=1)
    changed = site.bob.browser.get(address, {"seen": seen})

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert changed.status_code == 200
    assert 'hx-swap-oob="true"' in changed.content.decode()
    assert "every 10s" in changed.content.decode()


@pytest.mark.parametrize("address", [f"{PAGE}live/now/", "/shop/production/live/overview/"])
@pytest.mark.parametrize("counts", [at_rest(1), unproposed(at_rest(1))])
def test_a_new_measurement_that_says_the_same_costs_a_204(
    site: Site, clock: Clock, address: str, counts: tuple[int, ...]
) -> None:
    web = site.service()
    site.live(web)
    tick(clock.at - timedelta(seconds=10), [web], WEB, at_rest(1))
    seen = seen_in(site.bob.browser.get(address).content.decode())

    tick(clock.at, [web], WEB, counts)
    same = site.bob.browser.get(address, {"seen": seen})
    clock.at += timedelta(seconds=5)
    tick(clock.at, [web], {**WEB, "rate": 13.0}, at_rest(1))
    other = site.bob.browser.get(address, {"seen": seen})

    assert (same.status_code, other.status_code) == (204, 200)
    assert "13/s" in other.content.decode()


def test_a_figure_that_gets_old_is_a_change(site: Site, clock: Clock) -> None:
    web = site.service()
    site.live(web)
    tick(clock.at, [web], WEB, at_rest(1))
    address = f"{PAGE}live/now/"
    seen = seen_in(site.bob.browser.get(address).content.decode())

    clock.at += timedelta(seconds=31)
    old = site.bob.browser.get(address, {"seen": seen})

    assert "as of <time" in old.content.decode()


def test_it_looks_more_often_while_something_moves(site: Site) -> None:
    web = site.service()
    site.live(web)
    web.instances.update(healthy=False, started_at=timezone.now())

    assert "every 2s" in site.bob.browser.get(PAGE).content.decode()


def seen_in(page: str) -> str:
    return page.split("seen=")[1].split('"')[0]


MAKERS = ["Runs", "Logs", "Variables", "Settings"]


def test_the_tabs_are_those_that_the_person_may_open(site: Site) -> None:
    site.service()

    assert tabs(site.alice) == ["Now", "Scaling", "Releases", *MAKERS]
    assert tabs(site.bob) == ["Now", "Scaling", "Releases", "Runs", "Variables"]


def tabs(person: Person) -> list[str]:
    """The words of the tabs that the person sees."""
    found = re.search(
        r'<nav class="tabs".*?</nav>', person.browser.get(PAGE).content.decode(), re.S
    )
    assert found is not None
    return re.findall(r">(\w+)</a>", found[0])


def test_an_instance_whose_check_fails_says_why_and_what_to_do(site: Site) -> None:
    service = site.service()
    site.live(service)
    said = "dial tcp 10.0.0.5:20001: connect: connection refused"
    service.instances.update(healthy=False, last_event=said)

    page = site.alice.browser.get("/shop/production/web/").content.decode()

    assert "Nothing listens at 10.0.0.5:20001. The program has to listen on the port" in page
    service.instances.update(healthy=True)
    assert "Nothing listens" not in site.alice.browser.get("/shop/production/web/").content.decode()
