from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from platform_admin.models import Membership, Quota
from tests.platform_admin.pages.site import Site


def test_it_shows_members_and_what_is_used_of_the_quota(site: Site) -> None:
    site.service(minimum=2)

    page = site.bob.browser.get("/teams/demo/").content.decode()

    assert "2 of 10" in page
    assert "Drafts count too" in page
    assert "200 of 2000 MHz" in page
    assert "256 of 2048 MB" in page
    assert "alice" in page
    assert "owner" in page


@pytest.mark.parametrize(
    "address", ["/teams/demo/", "/shop/production/web/", "/shop/production/web/scaling/"]
)
def test_a_team_over_its_quota_reads_by_how_much_and_what_to_do(site: Site, address: str) -> None:
    site.service(minimum=5)
    Quota.objects.filter(team=site.team).update(instances=3, cpu_mhz=400)

    page = site.bob.browser.get(address).content.decode()

    assert (
        "The team is over its quota: 5 of 3 instances, 2 too many; 500 of 400 MHz of CPU, 100 too"
        " many. What runs stays, and nothing can grow."
    ) in page
    assert "ask an operator for a larger quota." in page
    assert "room for 0" not in page
    assert "are free" not in page


def test_owners_read_the_audit_and_viewers_do_not(site: Site) -> None:
    site.service()

    mine = site.alice.browser.get("/teams/demo/").content.decode()
    bobs = site.bob.browser.get("/teams/demo/").content.decode()

    assert "shop-production-web" in mine
    assert "Audit" not in bobs


def test_members_stand_before_the_audit(site: Site) -> None:
    page = site.alice.browser.get("/teams/demo/").content.decode()

    order = [page.index(f">{title}</h2>") for title in ("Members", "Quota", "Apps", "Audit")]
    assert order == sorted(order)


def test_alice_adds_a_member(site: Site) -> None:
    User.objects.create(username="dora")

    site.alice.browser.post("/teams/demo/member/", {"user": "dora", "role": "developer"})

    assert Membership.objects.get(user__username="dora").role == "developer"


def test_a_name_that_nobody_has_is_refused_at_its_field_and_stays(site: Site) -> None:
    response = site.alice.browser.post("/teams/demo/member/", {"user": "nobody", "role": "viewer"})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_user_error"' in page
    assert 'value="nobody"' in page


def test_bob_and_charlie_add_nobody(site: Site) -> None:
    form = {"user": "charlie", "role": "owner"}

    assert site.bob.browser.post("/teams/demo/member/", form).status_code == 403
    assert site.charlie.browser.post("/teams/demo/member/", form).status_code == 404
    assert site.team.memberships.count() == 2
