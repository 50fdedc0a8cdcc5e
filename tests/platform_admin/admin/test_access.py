from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from platform_admin.admin.site import site
from tests.platform_admin.admin.scene import Scene

CLOSED = (
    "/admin/",
    "/admin/platform_admin/team/",
    "/admin/platform_admin/service/add/",
    "/admin/auth/user/",
    "/admin/queues/",
    "/admin/queues/stats.json",
    "/admin/queues/queues/0/",
    "/admin/queues/workers/0/",
    "/admin/search/?s=web",
    "/admin/autocomplete/",
)


def browser_of(name: str, **rights: bool) -> Client:
    client = Client()
    client.force_login(User.objects.create(username=name, **rights))
    return client


@pytest.mark.parametrize("page", CLOSED)
def test_who_is_not_signed_in_is_sent_to_the_one_door(db: None, client: Client, page: str) -> None:
    response = client.get(page, follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")


@pytest.mark.parametrize("page", CLOSED)
def test_staff_who_is_no_operator_stays_outside(db: None, page: str) -> None:
    staff = browser_of("sam", is_staff=True)

    response = staff.get(page, follow=True)

    assert response.status_code == 403
    assert "Only operators may enter here" in response.content.decode()


def test_a_closed_door_is_a_line_of_the_log_and_no_traceback(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    browser_of("sam", is_staff=True).get("/admin/", follow=True)

    assert [line.getMessage() for line in caplog.records] == ["Forbidden: /admin/login/"]
    assert not caplog.records[0].exc_info


def test_an_operator_who_was_locked_out_stays_outside(scene: Scene) -> None:
    User.objects.filter(pk=scene.olga.pk).update(is_active=False)

    response = scene.browser.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_the_door_of_the_theme_is_the_one_door(scene: Scene) -> None:
    inside = scene.browser.get("/admin/login/?next=/admin/queues/")
    tried = Client().post("/admin/login/", {"username": "olga", "password": "x"})

    assert inside.headers["Location"] == "/admin/"
    assert tried.headers["Location"] == "/accounts/login/?next=/admin/"


@pytest.mark.parametrize("page", [*CLOSED[:3], "/admin/queues/", "/admin/queues/queues/0/"])
def test_an_operator_enters(scene: Scene, page: str) -> None:
    assert scene.browser.get(page).status_code == 200


def test_no_page_of_the_queues_opens_for_a_token(client: Client, settings: Settings) -> None:
    settings.RQ_API_TOKEN = "a-token"

    answers = [
        client.get(f"/admin/queues/{page}", headers={"Authorization": "Bearer a-token"})
        for page in ("stats.json", "stats.json/a-token", "metrics")
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 302]


def test_the_first_page_leads_everywhere(scene: Scene) -> None:
    page = scene.browser.get("/admin/").content.decode()

    for place in ("/admin/platform_admin/auditevent/", "/admin/queues/", "/status/", "Muster"):
        assert place in page
    assert "set desired" in page


def test_the_side_bar_names_every_list(scene: Scene) -> None:
    bar = scene.browser.get("/admin/").context["sidebar_navigation"]
    links = {item["link"] for group in bar for item in group["items"]}

    meta = [model._meta for model in site._registry]
    assert links >= {f"/admin/{each.app_label}/{each.model_name}/" for each in meta}
