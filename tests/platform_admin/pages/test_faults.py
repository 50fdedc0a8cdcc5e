from __future__ import annotations

from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import cut, servers
from platform_admin.models import AuditEvent, Environment, Fault, ScalingEvent, Service
from platform_admin.pages.faults import BUTTONS
from platform_admin.rules.faults import VERBS, Kind, ends
from platform_admin.verbs.traffic import Traffic, note
from tests.platform_admin.pages.nomad import nomad
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/web/"


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> None:
    """Faults may be made; nothing of another test is cut off or sent."""
    settings.MUSTER_FAULTS = True
    servers.nomad.cache_clear()
    server = django_rq.get_connection("traffic")
    for key in (cut.KEY, *server.scan_iter("muster:traffic:*")):
        server.delete(key)


@pytest.fixture(autouse=True)
def web(site: Site) -> Service:
    """The example's web, with two healthy instances."""
    service = site.service(minimum=2)
    site.live(service)
    return service


def page(person: Person) -> str:
    return person.browser.get(PAGE).content.decode()


def press(person: Person, kind: str) -> str:
    """What the page says after the press."""
    response = person.browser.post(f"{PAGE}break/{kind}/", follow=True)
    return response.content.decode()


def fault(web: Service, kind: Kind, ago_s: float = 10, **changes: object) -> Fault:
    at = timezone.now() - timedelta(seconds=ago_s)
    values: dict[str, object] = {
        "service": web,
        "kind": kind,
        "at": at,
        "until": ends(kind, at),
        "actor_name": "alice",
        "number": 1,
        "allocation": "a",
    }
    return Fault.objects.create(**(values | changes))


@pytest.mark.parametrize(
    ("kind", "path"),
    [("stop", "/v1/allocation/{}/stop"), ("kill", "/v1/client/allocation/{}/signal")],
)
def test_alice_stops_or_kills_an_instance_and_nomad_is_asked_once(
    site: Site, web: Service, settings: Settings, kind: str, path: str
) -> None:
    allocation = web.instances.get(number=0).allocation
    with nomad({"/v1/": b"{}"}) as (address, asked):
        settings.NOMAD_ADDR = address
        servers.nomad.cache_clear()
        said = press(site.alice, kind)

    assert asked == [f"PUT {path.format(allocation)}"]
    assert "Below it says what follows." in said
    assert "Instance 1 of web was" in said
    assert "Nomad has not started another one yet." in said
    assert "every 2s" in said
    assert AuditEvent.objects.get(actor=site.alice.user, verb=VERBS[Kind(kind)])


def test_a_nomad_that_is_away_is_said_and_nothing_goes_on(site: Site) -> None:
    said = press(site.alice, "kill")

    assert "Kill an instance (-9): this failed. nomad at" in said
    assert "alice asked to kill instance 1 of web, which failed: nomad at" in said
    assert "whether it was done is not known." in said
    assert "going on" not in said


def test_alice_cuts_off_nomad_for_a_while(site: Site) -> None:
    said = press(site.alice, "cut")

    assert cut.is_cut()
    assert "Nomad was cut off for 20 s by alice;" in said
    assert "apps go on, and pages show what was seen last." in said


def test_alice_silences_the_metrics_and_the_page_says_that_nothing_is_known(site: Site) -> None:
    said = press(site.alice, "silence")

    assert "The metrics are silent" in said
    assert "nothing is known of this app's requests." in said


def test_a_second_press_is_refused_in_words(site: Site) -> None:
    press(site.alice, "silence")

    assert "One thing at a time" in press(site.alice, "cut")
    assert Fault.objects.count() == 1
    assert not cut.is_cut()


def test_each_button_asks_before_and_works_without_a_script(site: Site) -> None:
    shown = page(site.alice)

    for button in BUTTONS:
        assert f"<summary>{button.name}</summary>" in shown
        assert f'action="{PAGE}break/{button.kind}/"' in shown
        assert button.yes in shown


def test_bob_sees_what_happened_and_has_no_button(site: Site, web: Service) -> None:
    fault(web, Kind.CUT)

    assert "Nomad was cut off" in page(site.bob)
    assert "/break/" not in page(site.bob)
    assert site.bob.browser.post(f"{PAGE}break/kill/").status_code == 403
    assert site.charlie.browser.post(f"{PAGE}break/kill/").status_code == 404
    assert Fault.objects.count() == 1


def test_there_is_no_other_way_to_break_it(site: Site) -> None:
    assert site.alice.browser.post(f"{PAGE}break/burn/").status_code == 404
    assert site.alice.browser.get(f"{PAGE}break/kill/").status_code == 405


def test_without_the_setting_and_elsewhere_nothing_of_it_is_there(
    site: Site, settings: Settings
) -> None:
    site.service("api", kind="private")
    assert "Break it" not in site.alice.browser.get("/shop/production/api/").content.decode()

    settings.MUSTER_FAULTS = False
    assert "Break it" not in page(site.alice)
    assert "Only the web of the example may be broken" in press(site.alice, "kill")

    settings.MUSTER_FAULTS = True
    Environment.objects.update(slug="staging")
    elsewhere = site.alice.browser.get("/shop/staging/web/").content.decode()
    assert "Break it" not in elsewhere
    assert not Fault.objects.exists()


def test_a_kill_says_what_became_of_it(site: Site, web: Service) -> None:
    killed = fault(web, Kind.KILL, failed=1, replaced_by="a")
    Fault.objects.update(
        replaced_at=killed.at + timedelta(seconds=2.4),
        ended_at=killed.at + timedelta(seconds=5),
    )

    assert (
        "Instance 2 of web was killed by alice; Nomad started it again after 2.4 s,"
        " seen healthy after 5.0 s. 1 request failed."
    ) in page(site.bob)


def test_a_stop_says_of_no_failed_request_only_where_somebody_counted(
    site: Site, web: Service
) -> None:
    stopped = fault(web, Kind.STOP, replaced_by="b")
    Fault.objects.update(replaced_at=stopped.at + timedelta(seconds=6))
    uncounted = page(site.bob)
    Fault.objects.update(failed=0)

    assert "Nomad started another after 6.0 s, which is not healthy yet." in uncounted
    assert "failed." not in uncounted
    assert "0 requests failed." in page(site.bob)


@pytest.mark.parametrize(
    ("after", "said"), [(3, "no instance was taken away"), (1, "2 instances were taken away")]
)
def test_a_silence_says_whether_anything_was_scaled_in(
    site: Site, web: Service, after: int, said: str
) -> None:
    silent = fault(web, Kind.SILENCE, ago_s=90)
    ScalingEvent.objects.create(
        service=web,
        at=silent.at + timedelta(seconds=5),
        origin="policy",
        before=3,
        after=after,
        reason="",
    )

    assert f"nothing was known of requests, and {said}." in page(site.bob)


def test_the_traffic_counts_apart_what_failed_into_a_kill(site: Site, web: Service) -> None:
    now = timezone.now()
    since, end = now - timedelta(seconds=30), now + timedelta(seconds=60)
    note(site.environment.pk, Traffic("a", 120, end, sent=812, late=7, failed=5, since=since))
    fault(web, Kind.KILL, failed=3)
    fault(web, Kind.KILL, ago_s=300, failed=9)

    assert "7 late, 2 failed, 3 failed while an instance was killed." in page(site.bob)
