from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_admin.models import SHARDS, Cell, Colour, ScalingEvent, Shard, Tick
from tests.platform_admin.admin.dashboard.first_page import grown, html_of, part, shown
from tests.platform_admin.pages.measuring import WEB, at_rest, moved, tick
from tests.platform_admin.pages.site import Site


@pytest.mark.parametrize(
    ("counts", "said", "link"),
    [
        (
            moved(5, proposal=7, bounds=5),
            "s ago It wants 7, and its maximum is 5. Its policy",
            "/shop/production/web/scaling/",
        ),
        (
            moved(2, proposal=7, quota=3),
            "s ago It wants 7, and the team's quota leaves 3. The quota",
            "/admin/platform_admin/quota/",
        ),
        (
            moved(2, proposal=7, placement=2),
            "It wants 7 and stays at 2 while instances wait for a place.",
            "?nodes=1#nodes",
        ),
    ],
)
def test_a_service_at_a_limit_says_which_and_leads_there(
    site: Site, counts: tuple[int, ...], said: str, link: str
) -> None:
    grown(site, counts)

    assert said in part(site, "crowded")
    assert "shop-production-web of Demo" in part(site, "crowded")
    assert link in html_of(site, "crowded")
    assert "1 service at a limit" in shown(site)


@pytest.mark.parametrize("policy", [{"mode": "shadow"}, {"mode": "off"}, {"paused": True}])
def test_a_policy_that_is_not_followed_is_at_no_limit(
    site: Site, policy: dict[str, object]
) -> None:
    grown(site, moved(5, proposal=7, bounds=5), "web", **policy)

    assert "Every service has as many instances as it wants." in part(site, "crowded")


@pytest.mark.parametrize("counts", [at_rest(5), moved(2, proposal=5), moved(5, proposal=3)])
def test_a_service_that_gets_what_it_wants_is_at_no_limit(
    site: Site, counts: tuple[int, ...]
) -> None:
    grown(site, counts)

    assert "Every service has" in part(site, "crowded")


def test_only_the_newest_decision_counts(site: Site) -> None:
    web = grown(site, moved(5, proposal=7, bounds=5))
    tick(timezone.now() + timedelta(seconds=10), [web], WEB, at_rest(5))
    tick(timezone.now() + timedelta(seconds=20), [web], WEB)

    assert "Every service has" in part(site, "crowded")


def test_every_shard_is_looked_at(site: Site) -> None:
    grown(site, moved(5, proposal=7, bounds=5))
    other = Shard.objects.create(cell=site.cell, number=(site.team.pk + 1) % SHARDS)
    Tick.objects.update(shard=other)
    grown(site, moved(2, proposal=7, quota=3), "api")

    said = part(site, "crowded")

    assert "shop-production-api" in said
    assert "shop-production-web" in said


def test_only_the_first_ones_stand_there_and_the_page_says_how_many_there_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform_admin.admin.dashboard.crowded.MOST", 1)
    grown(site, at_rest(1))
    grown(site, at_rest(1), "api")
    services = list(site.environment.services.all())
    tick(timezone.now(), services, WEB, moved(5, proposal=7, bounds=5))

    assert "The first 1 of 2." in part(site, "crowded")
    assert "2 services at a limit" in shown(site)


def test_what_the_quota_refused_last_is_at_a_limit_until_something_happens(site: Site) -> None:
    web = grown(site, at_rest(1))
    now = timezone.now()
    refusal = ScalingEvent(service=web, origin="policy", outcome="refused", before=1, after=4)
    refusal.at = now - timedelta(minutes=5)
    refusal.save()

    assert "It wants 4, and the team's quota leaves 1." in part(site, "crowded")

    ScalingEvent.objects.create(service=web, origin="person", before=1, after=2, at=now)
    assert "Every service has" in part(site, "crowded")


def test_a_service_without_room_in_the_cluster_says_how_many_instances_lack_a_place(
    site: Site,
) -> None:
    web = grown(site, at_rest(1), mode="off")
    asked = timezone.now() - timedelta(minutes=2)
    Colour.objects.filter(service=web, colour="blue").update(acknowledged=3, acknowledged_at=asked)
    Cell.objects.update(observed_at=timezone.now())

    said = part(site, "crowded")

    assert "no room shop-production-web of Demo, 2 min ago" in said
    assert "2 of its 3 instances have no place in the cluster. Nodes" in said


@pytest.mark.parametrize(("asked_s", "seen_s"), [(10, 0), (120, 100)])
def test_what_was_asked_for_just_now_may_still_come(
    site: Site, asked_s: float, seen_s: float
) -> None:
    web, now = grown(site, at_rest(1)), timezone.now()
    Colour.objects.filter(service=web, colour="blue").update(
        acknowledged=3, acknowledged_at=now - timedelta(seconds=asked_s)
    )
    Cell.objects.update(observed_at=now - timedelta(seconds=seen_s))

    assert "Every service has" in part(site, "crowded")
