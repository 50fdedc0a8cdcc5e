from __future__ import annotations

from django.urls import reverse

from platform_admin.models import Colour, Deployment
from tests.platform_admin.admin.dashboard.first_page import part, shown
from tests.platform_admin.pages.site import Site


def lost(site: Site) -> None:
    site.live(site.service())
    Colour.objects.filter(colour="blue").update(drift="the job is missing in Nomad")


def test_what_is_missing_in_nomad_stands_there_with_one_button_for_all(site: Site) -> None:
    lost(site)

    said = part(site, "drifted")

    assert "shop-production-web of Demo the job is missing in Nomad" in said
    assert "Bring everything back" in said
    assert "1 service not in Nomad as it should be" in shown(site)


def test_the_button_deploys_again_what_is_live(site: Site) -> None:
    lost(site)

    answer = site.olga.browser.post(reverse("admin:bring_back"), follow=True)

    assert "1 deployment brings everything back." in answer.content.decode()
    assert Deployment.objects.get().actor == site.olga.user


def test_a_link_to_it_brings_nothing_back(site: Site) -> None:
    lost(site)

    assert site.olga.browser.get(reverse("admin:bring_back")).status_code == 405
    assert not Deployment.objects.exists()


def test_who_is_no_operator_brings_nothing_back(site: Site) -> None:
    lost(site)

    assert site.alice.browser.post(reverse("admin:bring_back")).status_code in (302, 403, 404)
    assert not Deployment.objects.exists()


def test_where_nothing_drifted_it_says_so(site: Site) -> None:
    assert "Every live job is in Nomad as it was registered." in part(site, "drifted")
