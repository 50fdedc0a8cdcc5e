from __future__ import annotations

import pytest
from django.utils import timezone

from platform_admin.models import Deployment, Release, Service
from platform_admin.verbs.releases import restore
from tests.platform_admin.pages.site import Site

OVERVIEW = "/shop/production/"
PLAN = f"{OVERVIEW}plan/"
DEPLOY = 'action="/shop/production/releases/1/deploy/"'


def text(site: Site, address: str) -> str:
    """The page as Alice reads it, without links."""
    page = site.alice.browser.get(address).content.decode()
    for number in (1, 2, 3):
        page = page.replace(
            f'<a href="/shop/production/releases/{number}/">{number}</a>', f"{number}"
        )
    return page


@pytest.mark.parametrize("address", [OVERVIEW, PLAN])
def test_a_release_that_holds_the_draft_waits_to_be_deployed(site: Site, address: str) -> None:
    site.service()
    site.release()

    page = text(site, address)

    assert "Release 1 is not deployed yet." in page
    assert DEPLOY in page
    assert "Review and release" not in page
    assert "Release and deploy" not in page


@pytest.mark.parametrize("address", [OVERVIEW, PLAN])
def test_a_draft_that_has_moved_on_is_to_be_released(site: Site, address: str) -> None:
    web = site.service()
    site.release()
    Service.objects.filter(pk=web.pk).update(memory_mb=256)

    page = text(site, address)

    assert "is not deployed yet" not in page
    assert DEPLOY not in page
    assert "elease and deploy" in page or "Review and release" in page


@pytest.mark.parametrize(
    ("ended", "said"), [("failed", "</a> failed."), ("cancelled", "</a> was cancelled.")]
)
def test_a_release_whose_deployment_came_to_nothing_names_it(
    site: Site, ended: str, said: str
) -> None:
    site.deployment(site.service(), state=ended, reason="web: no.")

    page = text(site, OVERVIEW)

    assert "Release 1 is not live: " in page
    assert f"deployment 1{said}" in page


def test_a_release_that_is_on_its_way_does_not_wait_for_a_hand(site: Site) -> None:
    site.deployment(site.service())

    assert DEPLOY not in text(site, OVERVIEW)


def test_bob_reads_it_and_has_no_button(site: Site) -> None:
    site.service()
    site.release()

    page = site.bob.browser.get(OVERVIEW).content.decode()

    assert "is not deployed yet." in page
    assert DEPLOY not in page


def test_after_going_back_it_says_that_the_draft_still_holds_the_changes(site: Site) -> None:
    web = site.service()
    first = site.live(web)
    Service.objects.filter(pk=web.pk).update(memory_mb=256)
    second = site.release()
    third = restored(site, first)

    page = text(site, OVERVIEW)

    said = "Release 3 brought back what release 1 was; the draft still holds your changes."
    assert (second.number, third.number) == (2, 3)
    assert said in page
    assert "Review and release" in page


def restored(site: Site, first: Release) -> Release:
    """A release with the first one's content, deployed."""
    made = restore(site.alice.actor, site.environment, first.number)
    Deployment.objects.create(
        environment=site.environment,
        number=1,
        release=made,
        state="succeeded",
        finished_at=timezone.now(),
    )
    return made


@pytest.mark.parametrize("stage", ["queued", "rolling"])
def test_a_draft_that_is_being_deployed_is_not_offered_a_second_time(
    site: Site, stage: str
) -> None:
    site.deployment(site.service(), state=stage)

    overview, plan = text(site, OVERVIEW), text(site, PLAN)

    assert "The draft differs" not in overview
    assert "Review and release" not in overview
    assert "is bringing this draft live" in plan
    assert "Release and deploy" not in plan


def test_a_change_beside_a_deployment_is_offered(site: Site) -> None:
    web = site.service()
    site.deployment(web, state="rolling")
    Service.objects.filter(pk=web.pk).update(memory_mb=256)

    assert "Review and release" in text(site, OVERVIEW)
    assert "Release and deploy" in text(site, PLAN)
