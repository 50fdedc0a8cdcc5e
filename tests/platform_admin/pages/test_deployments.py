from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from platform_admin.models import Deployment, DeploymentStep, Service
from platform_admin.pages.expected import expected_s
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/deployments/1/"
LIVE = f"{PAGE}live/steps/"


def step(deployment: Deployment, name: str, state: str = "done", **more: object) -> DeploymentStep:
    values: dict[str, object] = {"started_at": timezone.now(), "output": ""}
    if state != "running":
        values["finished_at"] = timezone.now()
    return DeploymentStep.objects.create(
        deployment=deployment, name=name, state=state, **(values | more)
    )


def failed(site: Site) -> Deployment:
    """A deployment that failed, with its reason, its proof and what was put back."""
    found = site.deployment(
        site.service(),
        state="failed",
        reason="web never got healthy within 120 s.",
        proof="ModuleNotFoundError: No module named 'stripe'",
        finished_at=timezone.now(),
    )
    step(found, "Reserve quota")
    step(found, "Watch health", "failed", output="0 of 1 healthy", service=Service.objects.get())
    step(found, "Put away")
    return found


def test_the_steps_stand_with_the_output_of_the_running_one_open(site: Site) -> None:
    found = site.deployment(site.service())
    done = step(found, "Reserve quota", output="2 instances")
    running = step(found, "Watch health", "running", output="0 of 1 healthy")

    page = site.bob.browser.get(PAGE).content.decode()

    assert f'id="step-{running.pk}" open>' in page
    assert f'id="step-{done.pk}">' in page
    assert "0 of 1 healthy" in page
    assert "every 2s" in page


def test_unchanged_steps_cost_a_204_and_a_new_one_the_whole_part(site: Site) -> None:
    found = site.deployment(site.service())
    step(found, "Reserve quota", started_at=timezone.now() - timedelta(minutes=5))
    seen = site.bob.browser.get(LIVE).content.decode().split("seen=")[1].split('"')[0]

    same = site.bob.browser.get(LIVE, {"seen": seen})
    step(found, "Register", "running")
    new = site.bob.browser.get(LIVE, {"seen": seen})

    assert same.status_code == 204
    assert new.status_code == 200
    assert "Register" in new.content.decode()


def test_the_end_ends_the_polling(site: Site) -> None:
    failed(site)

    response = site.bob.browser.get(LIVE)
    page = site.bob.browser.get(PAGE).content.decode()

    assert response.status_code == 286
    assert "hx-get" not in response.content.decode()
    assert "data-live" not in page


def test_a_failure_says_the_reason_then_the_proof_then_what_was_put_back(site: Site) -> None:
    failed(site)

    page = site.alice.browser.get(PAGE).content.decode()

    places = [
        page.index(text)
        for text in ("never got healthy", "ModuleNotFoundError", "What was taken away", "Steps")
    ]
    assert places == sorted(places)


def test_a_step_that_undoes_is_shown_once_and_as_putting_back_what_was_live(site: Site) -> None:
    web = site.service()
    site.deployment(web, state="succeeded", finished_at=timezone.now())
    found = site.deployment(web, state="failed", reason="web: no.", finished_at=timezone.now())
    step(found, "Put back", service=web)

    page = site.bob.browser.get("/shop/production/deployments/2/").content.decode()

    assert "What was put back" in page
    assert page.count("<b>Put back</b>") == 1


def test_a_service_that_did_not_fail_was_stopped_with_the_one_that_did(site: Site) -> None:
    web, api = site.service(), site.service("api", kind="private")
    found = site.deployment(web, state="failed", reason="web: no.", finished_at=timezone.now())
    found.services.add(api)
    step(found, "Watch health", "failed", service=web)
    step(found, "Wait for the others", "failed", service=api)

    page = site.bob.browser.get(PAGE).content.decode()

    assert page.count("stopped with web</span>") == 1
    own, others = page.split("<b>Watch health</b>")[1].split("<b>Wait for the others</b>")
    assert 'class="state failed"' in own
    assert "stopped with web" in others
    assert 'class="state failed"' not in others


def test_what_a_person_cancelled_did_not_fail(site: Site) -> None:
    web = site.service()
    said = "alice cancelled it."
    found = site.deployment(web, state="cancelled", reason=said, cancel_reason=said)
    step(found, "Watch health", "failed", service=web)

    page = site.bob.browser.get(PAGE).content.decode()

    assert 'class="state failed"' not in page
    assert page.count("cancelled</span>") > page.count("cancelled</span></p>")


def test_alice_cancels_a_deployment_under_way(site: Site) -> None:
    found = site.deployment(site.service())

    response = site.alice.browser.post(f"{PAGE}cancel/")

    found.refresh_from_db()
    assert response.headers["Location"] == PAGE
    assert found.cancel_requested


def test_what_has_ended_cannot_be_cancelled_and_the_page_says_so(site: Site) -> None:
    failed(site)

    response = site.alice.browser.post(f"{PAGE}cancel/", follow=True)

    assert 'class="note error"' in response.content.decode()


def test_bob_and_charlie_cancel_nothing(site: Site) -> None:
    found = site.deployment(site.service())

    assert "Cancel</button>" not in site.bob.browser.get(PAGE).content.decode()
    assert site.bob.browser.post(f"{PAGE}cancel/").status_code == 403
    assert site.charlie.browser.post(f"{PAGE}cancel/").status_code == 404
    found.refresh_from_db()
    assert not found.cancel_requested


def test_who_may_not_read_logs_sees_neither_the_proof_nor_a_commands_output(site: Site) -> None:
    found = failed(site)
    step(found, "Release command", output="postgres://user:word@host")

    alices, bobs = (who.browser.get(PAGE).content.decode() for who in (site.alice, site.bob))

    for log in ("No module named", "postgres://user:word@host"):
        assert log in alices
        assert log not in bobs
    assert "0 of 1 healthy" in bobs


def test_the_steps_of_one_name_stand_together_a_chip_a_service(site: Site) -> None:
    web, api = site.service(), site.service("api", kind="private")
    found = site.deployment(web)
    found.services.add(api)
    step(found, "Register", service=web)
    step(found, "Watch health", "running", service=web)
    step(found, "Register", "running", service=api)

    page = site.bob.browser.get(PAGE).content.decode()

    register = page.split("<b>Register</b>")[1].split("<b>Watch health</b>")[0]
    assert page.count("<b>Register</b>") == 1
    assert register.index("</svg>") < register.index(" web ") < register.index(" api ")


def test_it_says_how_long_the_last_ones_like_it_took(site: Site) -> None:
    web, api = site.service(), site.service("api", kind="private")
    now = timezone.now()
    for seconds, services in ((900, [web]), (20, [web]), (30, [web]), (300, [web, api])):
        earlier = site.deployment(web, state="succeeded")
        earlier.services.set(services)
        times = {"created_at": now - timedelta(seconds=seconds), "finished_at": now}
        Deployment.objects.filter(pk=earlier.pk).update(**times)
    site.deployment(web)

    page = site.bob.browser.get("/shop/production/deployments/5/").content.decode()

    assert "The last ones like it took 30 s." in page


def test_the_last_ones_like_it_may_stand_behind_many_others(site: Site) -> None:
    web, api = site.service(), site.service("api", kind="private")
    now = timezone.now()
    for services in ([web], *[[web, api]] * 25):
        earlier = site.deployment(web, state="succeeded", finished_at=now)
        earlier.services.set(services)
    Deployment.objects.filter(number=1).update(created_at=now - timedelta(seconds=30))
    found = site.deployment(web)

    assert expected_s(found) == 30


def test_what_the_last_ones_took_is_asked_by_the_page_and_by_no_poll(site: Site) -> None:
    site.deployment(site.service())
    with CaptureQueriesContext(connection) as page:
        site.bob.browser.get(PAGE)
    with CaptureQueriesContext(connection) as poll:
        site.bob.browser.get(LIVE)

    took = [sum('AS "took"' in each["sql"] for each in asked) for asked in (page, poll)]
    assert took == [1, 0]


def test_what_failed_last_is_tried_again_with_the_same_release(site: Site) -> None:
    found = failed(site)

    page = site.alice.browser.get(PAGE).content.decode()
    response = site.alice.browser.post(f"/shop/production/releases/{found.release.number}/deploy/")

    assert 'action="/shop/production/releases/1/deploy/"' in page
    assert "Try again</button>" in page
    assert response.headers["Location"] == "/shop/production/deployments/2/"
    assert Deployment.objects.latest("pk").release == found.release
    assert "Try again" not in site.alice.browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "reason",
    ["web never got healthy.", "web: it is missing.", "The release command of web ended badly."],
)
def test_a_failure_leads_to_the_form_of_the_service_that_failed(site: Site, reason: str) -> None:
    failed(site)
    Deployment.objects.update(reason=reason)

    page = site.alice.browser.get(PAGE).content.decode()

    assert 'href="/shop/production/web/settings/">Change web</a>' in page


def test_who_only_views_is_offered_neither(site: Site) -> None:
    failed(site)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "Try again" not in page
    assert "Change web" not in page


@pytest.mark.parametrize("stands", ["rolling", "succeeded", "cancelled"])
def test_what_did_not_fail_is_not_tried_again(site: Site, stands: str) -> None:
    said = "web: alice cancelled it."
    site.deployment(site.service(), state=stands, reason=said, finished_at=timezone.now())

    page = site.alice.browser.get(PAGE).content.decode()

    assert "Try again" not in page
    assert "Change web" not in page


def test_a_service_that_was_never_live_is_not_said_to_be_put_back(site: Site) -> None:
    web, api = site.service(), site.service("api", kind="private")
    site.deployment(web, state="succeeded", finished_at=timezone.now())
    found = site.deployment(web, state="undoing", reason="api: no.")
    found.services.add(api)
    for name in ("Put back", "Put away"):
        step(found, name, service=web)
        step(found, name, service=api)

    page = site.bob.browser.get("/shop/production/deployments/2/").content.decode()

    back = page.split("What was put back")[1].split("Steps")[0]
    assert back.count("<b>Never live; set to 0</b>") == 1
    assert back.count("<b>Put back</b>") == back.count("<b>Put away</b>") == 1
    assert "putting back what was live" in page


def test_a_first_deployment_that_is_undone_puts_nothing_back(site: Site) -> None:
    site.deployment(site.service(), state="undoing", reason="web: no.")

    page = site.bob.browser.get(PAGE).content.decode()

    assert "setting to 0 what was never live" in page
    assert "putting back" not in page


@pytest.mark.parametrize(
    ("left_s", "said"),
    [
        (35, "another worker goes on from here in 3"),
        (-5, "Another worker goes on from here as soon as one is free."),
    ],
)
def test_a_worker_that_stopped_answering_is_said_with_when_another_takes_over(
    site: Site, left_s: int, said: str
) -> None:
    until = timezone.now() + timedelta(seconds=left_s)
    site.deployment(site.service(), lease_holder="a worker", lease_until=until)

    page = re.sub("<[^>]*>", "", site.bob.browser.get(PAGE).content.decode())

    assert "The worker of this deployment stopped answering: it was heard last" in page
    assert said in page


@pytest.mark.parametrize("left_s", [59, None])
def test_a_worker_that_was_just_heard_of_is_not_doubted(site: Site, left_s: int | None) -> None:
    until = timezone.now() + timedelta(seconds=left_s) if left_s else None
    site.deployment(site.service(), lease_until=until)

    assert "stopped answering" not in site.bob.browser.get(PAGE).content.decode()


def test_nobody_is_missed_at_a_deployment_that_has_ended(site: Site) -> None:
    found = failed(site)
    Deployment.objects.filter(pk=found.pk).update(lease_until=timezone.now())

    assert "stopped answering" not in site.bob.browser.get(PAGE).content.decode()
