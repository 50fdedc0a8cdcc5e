from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from platform_admin.forms.sign_in import REFUSED
from platform_admin.models import Deletion, Fetch, Rotation, Run
from platform_admin.pages.access import ANYONE, OPERATORS, SIGNED_IN
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.domains import create_domain
from platform_admin.verbs.secrets import set_secret
from tests.platform_admin.pages.site import Site

IN_TEAM = ("demo",)
IN_APP = ("shop",)
IN_ENVIRONMENT = ("shop", "production")
IN_DOMAIN = (*IN_ENVIRONMENT, "www.example.org")
IN_RESOURCE = (*IN_ENVIRONMENT, "store")
DUMP = UUID(int=7)
FETCH = UUID(int=8)
IN_SERVICE = (*IN_ENVIRONMENT, "web")
GONE = 900
ALLOCATION = "00000000-0000-0000-0000-000000000000"
OPEN = {"healthz", "login", "logout", "artifact", "file_schema"}

# Every address of an object, and what a viewer of its team gets there.
VIEWED: dict[str, tuple[object, ...]] = {
    "team": IN_TEAM,
    "deletion": (*IN_TEAM, GONE),
    "deletion_live": (*IN_TEAM, GONE),
    "app": IN_APP,
    "app_variables": IN_APP,
    "rotation": (*IN_APP, 1),
    "rotation_live": (*IN_APP, 1),
    "environment": IN_ENVIRONMENT,
    "environment_live": IN_ENVIRONMENT,
    "environment_settings": IN_ENVIRONMENT,
    "fetch_progress_live": (*IN_ENVIRONMENT, FETCH),
    "plan": IN_ENVIRONMENT,
    "checklist": IN_ENVIRONMENT,
    "variables": IN_ENVIRONMENT,
    "file": IN_ENVIRONMENT,
    "file_download": IN_ENVIRONMENT,
    "domains": IN_ENVIRONMENT,
    "domain": IN_DOMAIN,
    "releases": IN_ENVIRONMENT,
    "release": (*IN_ENVIRONMENT, 1),
    "deployment": (*IN_ENVIRONMENT, 1),
    "deployment_live": (*IN_ENVIRONMENT, 1),
    "resource": IN_RESOURCE,
    "resource_dumps_live": IN_RESOURCE,
    "service": IN_SERVICE,
    "service_live": IN_SERVICE,
    "service_releases": IN_SERVICE,
    "service_run": (*IN_SERVICE, 1),
    "service_run_live": (*IN_SERVICE, 1),
    "service_runs": IN_SERVICE,
    "service_runs_live": IN_SERVICE,
    "service_scaling": IN_SERVICE,
    "service_scaling_replay": IN_SERVICE,
    "service_scaling_replay_live": (*IN_SERVICE, "none"),
    "service_variables": IN_SERVICE,
}
CHANGED: dict[str, tuple[object, ...]] = {
    "team_member": IN_TEAM,
    "app_delete": IN_APP,
    "environment_restart": IN_ENVIRONMENT,
    "environment_suspend": IN_ENVIRONMENT,
    "environment_resume": IN_ENVIRONMENT,
    "environment_delete": IN_ENVIRONMENT,
    "resource_delete": (*IN_ENVIRONMENT, "store"),
    "service_restart": IN_SERVICE,
    "service_suspend": IN_SERVICE,
    "service_resume": IN_SERVICE,
    "service_delete": IN_SERVICE,
    "new_environment": IN_APP,
    "app_variables_save": IN_APP,
    "app_variables_paste": IN_APP,
    "app_variables_live": IN_APP,
    "app_variables_secret": IN_APP,
    "rotation_again": (*IN_APP, 1),
    "archive_live": IN_ENVIRONMENT,
    "fetch_live": IN_ENVIRONMENT,
    "fetch_cancel_live": (*IN_ENVIRONMENT, FETCH),
    "file_apply": IN_ENVIRONMENT,
    "domains_add": IN_ENVIRONMENT,
    "domain_save": IN_DOMAIN,
    "domain_paths": IN_DOMAIN,
    "domain_certificate": IN_DOMAIN,
    "domain_check": IN_DOMAIN,
    "domain_remove": IN_DOMAIN,
    "variables_save": IN_ENVIRONMENT,
    "variables_paste": IN_ENVIRONMENT,
    "variables_live": IN_ENVIRONMENT,
    "variables_secret": IN_ENVIRONMENT,
    "release_deploy": (*IN_ENVIRONMENT, 1),
    "release_go_back": (*IN_ENVIRONMENT, 1),
    "deployment_cancel": (*IN_ENVIRONMENT, 1),
    "new_resource": IN_ENVIRONMENT,
    "new_external": IN_ENVIRONMENT,
    "resource_database": IN_RESOURCE,
    "resource_rotate": IN_RESOURCE,
    "resource_dump": IN_RESOURCE,
    "resource_dump_file": (*IN_RESOURCE, DUMP),
    "resource_dump_delete": (*IN_RESOURCE, DUMP),
    "new_service": IN_ENVIRONMENT,
    "new_service_preview": IN_ENVIRONMENT,
    "service_run_cancel": (*IN_SERVICE, 1),
    "service_run_now": IN_SERVICE,
    "service_run_once": IN_SERVICE,
    "service_scale": IN_SERVICE,
    "service_scale_end": IN_SERVICE,
    "service_traffic_start": IN_SERVICE,
    "service_traffic_stop": IN_SERVICE,
    "service_break": (*IN_SERVICE, "kill"),
    "service_scaling_save": IN_SERVICE,
    "service_scaling_pause": IN_SERVICE,
    "service_scaling_resume": IN_SERVICE,
    "instance_restart": (*IN_SERVICE, ALLOCATION),
    "service_logs": IN_SERVICE,
    "service_logs_live": IN_SERVICE,
    "service_log_whose_live": IN_SERVICE,
    "service_log_newer_live": IN_SERVICE,
    "service_log_earlier_live": IN_SERVICE,
    "service_log_download": IN_SERVICE,
    "service_variables_save": IN_SERVICE,
    "service_variables_paste": IN_SERVICE,
    "service_variables_live": IN_SERVICE,
    "service_variables_secret": IN_SERVICE,
    "service_settings": IN_SERVICE,
    "service_settings_preview": IN_SERVICE,
}
FORM_PAGES = {
    "file_apply": "file",
    "resource_database": "resource",
    "team_member": "team",
    "app_variables_save": "app_variables",
    "app_variables_paste": "app_variables",
    "app_variables_secret": "app_variables",
    "variables_save": "variables",
    "variables_paste": "variables",
    "variables_secret": "variables",
    "service_run_once": "service_runs",
    "domains_add": "domains",
    "domain_save": "domain",
    "domain_paths": "domain",
    "domain_certificate": "domain",
    "service_scale": "service",
    "service_scaling_save": "service_scaling",
    "service_variables_save": "service_variables",
    "service_variables_paste": "service_variables",
    "service_variables_secret": "service_variables",
}
OPERATED: dict[str, tuple[object, ...]] = {
    "status_parts_live": (),
    "status_part": ("cron",),
    "status_part_live": ("cron",),
    "status_part_log": ("cron",),
}
PERSONAL = {"home", "search", "new_app", "status"}


@pytest.fixture
def full(site: Site) -> Site:
    """A site where each of the addresses above has its object."""
    web = site.service()
    site.redis()
    site.live(web)
    deployment = site.deployment(web)
    app = site.environment.app
    _, version = (set_secret(site.alice.actor, app, None, "TOKEN", value) for value in "xy")
    Rotation.objects.create(pk=1, version=version).deployments.add(deployment)
    Deletion.objects.create(pk=GONE, team=site.team, kind="service", name="shop/production/old")
    Run.objects.create(
        pk=1, service=web, kind="once", command="x", limit_s=1, launch_at=timezone.now()
    )
    Fetch.objects.create(pk=FETCH, team=site.team, address="https://git.example.org/shop.git")
    create_domain(SYSTEM, web.environment, "www.example.org", service=web)
    return site


def test_every_address_names_a_permission() -> None:
    allowed = {ANYONE, SIGNED_IN, OPERATORS, *Permission}

    named = {pattern.name: getattr(pattern.callback, "permission", None) for pattern in _ours()}

    assert {name for name, permission in named.items() if permission not in allowed} == set()
    assert {name for name, permission in named.items() if permission == ANYONE} == OPEN
    assert {name for name, permission in named.items() if permission == OPERATORS} == set(OPERATED)


def test_every_address_is_in_the_tables_of_these_tests() -> None:
    names = {pattern.name for pattern in _ours()}

    assert names == OPEN | PERSONAL | set(OPERATED) | set(VIEWED) | set(CHANGED)


@pytest.mark.parametrize("name", sorted(PERSONAL | set(OPERATED) | set(VIEWED) | set(CHANGED)))
def test_nobody_gets_in_without_signing_in(db: None, client: Client, name: str) -> None:
    address = reverse(name, args=({**VIEWED, **CHANGED, **OPERATED}).get(name, ()))

    response = client.get(address)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={address}"


def test_a_live_part_whose_session_ended_loads_the_whole_page_again(
    db: None, client: Client
) -> None:
    response = client.get(reverse("service_live", args=IN_SERVICE), headers={"HX-Request": "true"})

    assert response.headers["HX-Refresh"] == "true"


def test_alice_and_bob_see_the_pages_of_their_team(full: Site) -> None:
    addresses = [reverse(name, args=args) for name, args in VIEWED.items()]

    for person in (full.alice, full.bob, full.olga):
        answers = {each: person.browser.get(each).status_code for each in addresses}
        assert set(answers.values()) == {200}, answers


def test_what_is_for_operators_is_closed_to_everybody_else(full: Site) -> None:
    for name, args in OPERATED.items():
        for person in (full.alice, full.bob, full.charlie):
            assert person.browser.get(reverse(name, args=args)).status_code == 403, name


def test_bob_who_only_views_is_told_that_he_may_not_change(full: Site) -> None:
    for name, args in CHANGED.items():
        for method in ("get", "post"):
            response = getattr(full.bob.browser, method)(reverse(name, args=args))
            assert response.status_code == 403, (name, method)
            assert "You may not do this" in response.content.decode(), (name, method)


def test_nothing_changes_because_somebody_follows_a_link(full: Site) -> None:
    forms = {"new_environment", "new_resource", "new_external", "new_service"}
    forms |= {"service_settings", "domain_remove", "resource_rotate"}
    forms |= {name for name in CHANGED if name.endswith("_delete")}
    reads = {name for name in CHANGED if name.startswith("service_log")} | {"resource_dump_file"}

    for name in set(CHANGED) - forms - reads - set(FORM_PAGES):
        response = full.alice.browser.get(reverse(name, args=CHANGED[name]))
        assert response.status_code == 405, name


def test_the_address_of_an_error_leads_back_to_the_page_of_its_form(full: Site) -> None:
    for name, back in FORM_PAGES.items():
        response = full.alice.browser.get(reverse(name, args=CHANGED[name]))
        assert response.status_code == 302, name
        assert response.headers["Location"] == reverse(back, args=CHANGED[name]), name


def test_what_is_of_another_team_does_not_exist_for_charlie(full: Site) -> None:
    for name, args in {**VIEWED, **CHANGED}.items():
        for method in ("get", "post"):
            response = getattr(full.charlie.browser, method)(reverse(name, args=args))
            assert response.status_code == 404, (name, method)


def test_a_view_that_a_verb_denies_is_a_page_in_words(full: Site) -> None:
    response = full.bob.browser.post(reverse("plan", args=IN_ENVIRONMENT), {"note": "mine"})

    assert response.status_code == 403
    assert "A viewer may not do this in Demo" in response.content.decode()


def test_sign_in_and_out(site: Site, client: Client) -> None:
    site.alice.user.set_password("a long one")
    site.alice.user.save()

    wrong = client.post("/accounts/login/", {"username": "alice", "password": "no"})
    right = client.post("/accounts/login/", {"username": "alice", "password": "a long one"})
    signed_in = client.get("/").status_code
    client.post("/accounts/logout/")

    assert REFUSED in wrong.content.decode()
    assert (right.status_code, signed_in) == (302, 200)
    assert client.get("/").status_code == 302


def test_who_is_refused_does_not_learn_whether_the_name_exists(site: Site, client: Client) -> None:
    site.alice.user.set_password("a long one")
    site.alice.user.save()
    site.bob.user.set_password("a long one")
    site.bob.user.is_active = False
    site.bob.user.save()
    tried = [("alice", "no"), ("nobody", "no"), ("bob", "a long one")]

    pages = [
        client.post("/accounts/login/", {"username": name, "password": word}).content.decode()
        for name, word in tried
    ]

    assert all(REFUSED in page for page in pages)
    assert not any("case-sensitive" in page or "inactive" in page for page in pages)


def _ours() -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            assert isinstance(pattern, URLResolver)
            assert pattern.namespace == "admin", f"{pattern} is not looked into"
