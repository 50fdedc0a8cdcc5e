from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from pytest_django import Settings

from platform_admin.models import Artifact, Service
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.pages.site import ARCHIVE, Person, Site
from tests.platform_admin.verbs.archives import tar_gz
from tests.platform_admin.verbs.options import OPTIONS

NEW = "/shop/production/new/"
GOOD: dict[str, object] = {
    "kind": "web",
    "name": "web",
    "source": "archive",
    "command": "python3 web.py",
    "port": "8080",
    "health_path": "/healthz",
    "start_limit_s": "120",
    "kill_timeout_s": "30",
    "cpu_mhz": "100",
    "memory_mb": "128",
    "minimum": "1",
    "maximum": "3",
}


def send(person: Person, site: Site, address: str = NEW, **changes: object) -> HttpResponse:
    form = GOOD | {"artifact": site.artifact.pk} | changes
    return person.browser.post(address, form)  # type: ignore[return-value]


def error_at(response: HttpResponse, field: str) -> str:
    """What the page says at a field; "" where it says nothing."""
    found = re.search(rf'id="id_{field}_error">(.*?)</div>', response.content.decode(), re.DOTALL)
    return unescape(re.sub("<[^>]*>", "", found.group(1))) if found else ""


def test_buttons_wait_for_an_upload_under_way_and_the_form_says_its_limit(site: Site) -> None:
    page = site.alice.browser.get(NEW).content.decode()

    field = page[page.index('id="archive-field"') : page.index('id="id_archive_helptext"')]
    assert 'hx-disabled-elt="#service-form button"' in field
    assert f"of at most {settings.MUSTER_ARTIFACT_LIMIT_MB} MB" in page


def test_alice_adds_a_service_with_an_upload_and_links(site: Site) -> None:
    site.redis()
    upload = SimpleUploadedFile("api.tar.gz", tar_gz({"api.py": b"pass"}))

    response = send(
        site.alice,
        site,
        artifact="",
        archive=upload,
        link_variable=["REDIS_URL", ""],
        link_source=["store:url", ""],
    )

    assert response.headers["Location"] == "/shop/production/"
    saved = Service.objects.get(name="web")
    assert saved.artifact is not None
    assert saved.artifact.filename == "api.tar.gz"
    assert [str(link) for link in saved.links.all()] == ["REDIS_URL = store.url"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a-name-that-is-too-long"),
        ("name", "blue"),
        ("name", ""),
        ("port", "70000"),
        ("port", "eighty"),
        ("memory_mb", "99999"),
        ("memory_mb", ""),
        ("cpu_mhz", "0"),
        ("minimum", "4"),
        ("maximum", "1000"),
        ("health_path", "healthz"),
        ("command", ""),
    ],
)
def test_bad_input_is_refused_at_its_field_and_all_that_was_typed_stays(
    site: Site, field: str, value: str
) -> None:
    response = send(site.alice, site, **{field: value})

    assert response.status_code == 422
    assert error_at(response, field)
    page = response.content.decode()
    assert f'name="artifact" value="{site.artifact.pk}"' in page
    assert not value or f'value="{value}"' in page
    assert not Service.objects.exists()


@pytest.mark.parametrize("address", [NEW, f"{NEW}live/preview/"])
@pytest.mark.parametrize("field", ["name", "command", "release_command", "health_path", "image"])
def test_a_null_character_is_refused_at_its_field_while_typing_and_when_saved(
    site: Site, field: str, address: str
) -> None:
    source = "image" if field == "image" else "archive"

    response = send(site.alice, site, address, source=source, **{field: "a\0"})

    assert response.status_code == (422 if address == NEW else 200)
    assert "Null characters are not allowed" in response.content.decode()
    assert address != NEW or "Null characters" in error_at(response, field)
    assert not Service.objects.exists()


def test_a_name_that_is_taken_is_refused_at_its_field(site: Site) -> None:
    site.redis("web")

    assert "web" in error_at(send(site.alice, site), "name")


def test_an_archive_that_is_none_is_refused_and_the_fields_stay(site: Site) -> None:
    upload = SimpleUploadedFile("web.tar.gz", b"not an archive")

    response = send(site.alice, site, artifact="", archive=upload, command="python3 other.py")

    assert "neither a .tar.gz nor a .zip" in error_at(response, "archive")
    assert 'value="python3 other.py"' in response.content.decode()


def test_an_archive_that_is_too_large_is_refused(site: Site, settings: Settings) -> None:
    settings.MUSTER_ARTIFACT_LIMIT_MB = 1
    upload = SimpleUploadedFile("web.tar.gz", bytes(1_200_000))

    response = send(site.alice, site, artifact="", archive=upload)

    assert "MB" in error_at(response, "archive")


def test_an_upload_beside_another_error_is_kept_so_that_nobody_sends_it_twice(site: Site) -> None:
    upload = SimpleUploadedFile("kept.tar.gz", tar_gz({"kept.py": b"pass"}))

    response = send(site.alice, site, artifact="", archive=upload, port="0")

    kept = Artifact.objects.get(filename="kept.tar.gz")
    page = response.content.decode()
    assert f'name="artifact" value="{kept.pk}"' in page
    assert send(site.alice, site, artifact=kept.pk).status_code == 302
    assert Service.objects.get().artifact == kept


def test_the_archive_of_another_team_does_not_exist(site: Site) -> None:
    site.artifact.team_id = site.charlie.user.memberships.get().team_id
    site.artifact.save()

    response = send(site.alice, site)

    assert error_at(response, "archive")
    assert not Service.objects.exists()


def test_a_link_to_nothing_is_refused_at_its_row_and_nothing_is_saved(site: Site) -> None:
    response = send(site.alice, site, link_variable=["REDIS_URL"], link_source=["cache:url"])

    page = response.content.decode()
    assert response.status_code == 422
    assert 'aria-describedby="link-1"' in page
    assert 'value="REDIS_URL"' in page
    assert not Service.objects.exists()


def test_a_link_without_a_variable_is_refused_at_its_row(site: Site) -> None:
    site.redis()

    response = send(site.alice, site, link_variable=[""], link_source=["store:url"])

    assert 'aria-describedby="link-1"' in response.content.decode()


def test_a_worker_needs_no_port_and_forgets_what_stood_there(site: Site) -> None:
    send(site.alice, site, kind="worker", name="worker")

    saved = Service.objects.get()
    assert (saved.port, saved.health_path) == (None, "")


def test_who_brings_an_archive_reads_that_its_port_comes_in_a_variable(site: Site) -> None:
    page = site.alice.browser.get(NEW).content.decode()

    reached = page.split("How it is reached")[1].split("How it is healthy")[0]
    assert "has to listen at <code>0.0.0.0</code>, on the port that it finds in" in reached
    assert '<span class="only-archive"> Each instance gets a port of its own' in reached
    assert '<div class="fields only-image">' in reached


def test_a_program_from_an_archive_needs_no_port_typed_and_an_image_does(site: Site) -> None:
    send(site.alice, site, port="")
    image = send(site.alice, site, port="", name="api", source="image", image="example.com/a:1")

    assert Service.objects.get().port == 8080
    assert "A port is needed" in error_at(image, "port")


def test_a_port_that_is_refused_is_shown_whatever_runs(site: Site) -> None:
    page = send(site.alice, site, port="70000").content.decode()

    assert '<div class="fields only-image">' not in page


def test_the_form_says_what_links_are_with_and_without_something_to_link_to(site: Site) -> None:
    without = site.alice.browser.get(NEW).content.decode()
    site.redis()
    with_one = site.alice.browser.get(NEW).content.decode()

    assert "There is none to link to yet" in without
    assert "Type the variable that it reads, and choose what it gets." in with_one


def test_an_image_takes_the_place_of_the_archive(site: Site) -> None:
    send(site.alice, site, source="image", image="registry.example.com/shop:1")

    saved = Service.objects.get()
    assert (saved.image, saved.artifact) == ("registry.example.com/shop:1", None)


def test_the_settings_show_the_draft_and_change_it(site: Site) -> None:
    site.redis()
    site.service("api", kind="private")
    web = site.service()
    address = "/shop/production/web/settings/"

    before = site.alice.browser.get(address).content.decode()
    response = send(
        site.alice,
        site,
        address,
        memory_mb="256",
        link_variable=["API_URL"],
        link_source=["api:url"],
    )

    assert 'value="python3 web.py"' in before
    assert "api · url" in before
    assert "store · password" in before
    assert response.status_code == 302
    web.refresh_from_db()
    assert web.memory_mb == 256
    assert [link.target for link in web.links.all()] == ["api"]


def test_without_javascript_the_preview_button_shows_what_it_becomes(site: Site) -> None:
    response = send(site.alice, site, preview="yes")

    page = unescape(response.content.decode())
    assert response.status_code == 200
    assert "web: a public web service that runs “python3 web.py” from your archive" in page
    assert "http://shop-production-web.localhost:8005" in page
    assert '"ID": "shop-production-web-blue"' in page
    assert not Service.objects.exists()


def test_while_typing_the_right_side_follows(site: Site) -> None:
    page = unescape(send(site.alice, site, f"{NEW}live/preview/").content.decode())

    assert '"ID": "shop-production-web-blue"' in page
    assert "traefik.enable=true" in page
    assert "<html" not in page


def test_a_link_that_is_taken_away_is_gone_on_the_right_too(site: Site) -> None:
    site.redis()
    site.service()
    address = "/shop/production/web/settings/"
    link = {"link_variable": ["REDIS_URL"], "link_source": ["store:url"]}
    send(site.alice, site, address, **link)

    linked = send(site.alice, site, f"{address}live/preview/", **link).content.decode()
    without = send(site.alice, site, f"{address}live/preview/").content.decode()

    assert "REDIS_URL" in linked
    assert '"ID": "shop-production-web-blue"' in unescape(without)
    assert "REDIS_URL" not in without


def test_the_right_side_never_shows_an_invalid_job_but_the_field_that_has_to_change(
    site: Site,
) -> None:
    response = send(site.alice, site, f"{NEW}live/preview/", memory_mb="99999")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="#id_memory_mb"' in page
    assert "TaskGroups" not in page


def test_the_right_side_names_a_link_that_has_to_change(site: Site) -> None:
    site.redis()
    link = {"link_variable": ["1BAD"], "link_source": ["store:url"]}
    page = send(site.alice, site, f"{NEW}live/preview/", **link).content.decode()

    assert 'href="#links"' in page
    assert "TaskGroups" not in page


def test_a_refused_archive_is_not_silently_the_one_from_before(site: Site) -> None:
    web = site.service()
    settings_page = "/shop/production/web/settings/"
    wrong = {"archive": SimpleUploadedFile("wrong.zip", b"none"), "artifact": site.artifact.pk}
    field = site.alice.browser.post("/shop/production/live/archive/", wrong).content.decode()
    assert 'name="archive_refused"' in field

    refused = send(site.alice, site, settings_page, memory_mb="256", archive_refused="yes")
    assert refused.status_code == 422
    assert "Save again to keep" in refused.content.decode()
    assert send(site.alice, site, settings_page, memory_mb="256").status_code == 302
    web.refresh_from_db()
    assert web.artifact == site.artifact


def test_an_archive_is_stored_as_soon_as_it_is_chosen(site: Site) -> None:
    upload = SimpleUploadedFile("web.tar.gz", ARCHIVE)
    address = "/shop/production/live/archive/"

    response = site.alice.browser.post(address, {"archive": upload})

    assert f'name="artifact" value="{site.artifact.pk}"' in response.content.decode()
    assert "archive-stored" in response.headers["HX-Trigger-After-Swap"]


def test_bob_and_charlie_change_nothing(site: Site) -> None:
    assert send(site.bob, site).status_code == 403
    assert send(site.charlie, site).status_code == 404
    assert not Service.objects.exists()


def test_who_is_second_does_not_undo_what_somebody_else_saved(site: Site) -> None:
    site.redis()
    site.service(health_path="/healthz", maximum=3)
    address = "/shop/production/web/settings/"
    seen = form_with(site.alice.browser.get(address).content.decode(), "health_path")["seen"]
    linked = {"link_variable": ["REDIS_URL"], "link_source": ["store:url"]}
    send(site.olga, site, address, memory_mb="256", **linked)

    refused = send(site.alice, site, address, seen=seen, cpu_mhz="200", maximum="4")

    saved = Service.objects.get(name="web")
    assert refused.status_code == 422
    assert "from 128 to 256: save again" in error_at(refused, "memory_mb")
    assert "somebody else changed this while you had it open" in refused.content.decode()
    assert (saved.memory_mb, saved.cpu_mhz, saved.links.count()) == (256, 100, 1)
    again = form_with(refused.content.decode(), "health_path")["seen"]
    assert send(site.alice, site, address, seen=again, cpu_mhz="200", **linked).status_code == 302
    assert Service.objects.get(name="web").cpu_mhz == 200


def test_the_right_side_says_that_other_links_restart_what_is_live(site: Site) -> None:
    site.redis()
    site.live(site.service())
    preview = "/shop/production/web/settings/live/preview/"
    link = {"link_variable": ["REDIS_URL"], "link_source": ["store:url"]}

    linked = send(site.alice, site, preview, **link).content.decode()
    same = send(site.alice, site, preview).content.decode()

    assert "Its links differ from what is live (REDIS_URL): the release restarts it." in linked
    assert "Its links differ" not in same


def test_links_that_somebody_else_set_are_not_taken_away(site: Site) -> None:
    site.redis()
    site.service(health_path="/healthz", maximum=3)
    address = "/shop/production/web/settings/"
    seen = form_with(site.alice.browser.get(address).content.decode(), "health_path")["seen"]
    send(site.olga, site, address, link_variable=["REDIS_URL"], link_source=["store:url"])

    refused = send(site.alice, site, address, seen=seen, cpu_mhz="200")

    assert refused.status_code == 422
    assert "from nothing to REDIS_URL = store.url" in unescape(refused.content.decode())
    assert Service.objects.get(name="web").cpu_mhz == 100


def test_links_are_told_even_where_fields_were_told_first(site: Site) -> None:
    site.redis()
    site.service(health_path="/healthz", maximum=3)
    address = "/shop/production/web/settings/"
    seen = form_with(site.alice.browser.get(address).content.decode(), "health_path")["seen"]
    linked = {"link_variable": ["REDIS_URL"], "link_source": ["store:url"]}
    send(site.olga, site, address, memory_mb="256", **linked)

    first = send(site.alice, site, address, seen=seen)
    again = form_with(first.content.decode(), "health_path")["seen"]
    second = send(site.alice, site, address, seen=again)

    assert "from 128 to 256: save again" in error_at(first, "memory_mb")
    assert second.status_code == 422
    assert "from nothing to REDIS_URL = store.url" in unescape(second.content.decode())
    assert Service.objects.get(name="web").links.count() == 1
    last = form_with(second.content.decode(), "health_path")["seen"]
    assert send(site.alice, site, address, seen=last).status_code == 302
    assert Service.objects.get(name="web").links.count() == 0


def test_a_static_service_is_files_and_rules(site: Site) -> None:
    rules = {
        "fallback": "/index.html",
        "redirects": "/old/* /new/\r\n\r\n /a  https://example.org/ 301",
        "headers": "/* X-Frame-Options: DENY",
    }
    response = send(site.alice, site, kind="static", health_path="/x", **rules)

    assert response.headers["Location"] == "/shop/production/"
    saved = Service.objects.get(name="web")
    assert (saved.command, saved.health_path, saved.port) == ("", "", 8080)
    assert saved.fallback == "/index.html"
    assert saved.redirects == [
        {"path": "/old/*", "to": "/new/", "status": 308},
        {"path": "/a", "to": "https://example.org/", "status": 301},
    ]
    assert saved.headers == [{"path": "/*", "name": "X-Frame-Options", "value": "DENY"}]
    page = site.alice.browser.get("/shop/production/web/settings/").content.decode()
    assert "/a https://example.org/ 301" in page
    assert "/* X-Frame-Options: DENY" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("fallback", "index.html", "write /index.html"),
        ("redirects", "/old", "is no redirect"),
        ("redirects", "/* /index.html", "comes round"),
        ("headers", "/* X-Odd", "is no header"),
        ("headers", "/* Content-Length: 3", "written by the server itself"),
    ],
)
def test_a_rule_that_can_not_be_is_refused_at_its_field(
    site: Site, field: str, value: str, said: str
) -> None:
    response = send(site.alice, site, kind="static", **{field: value})

    assert response.status_code == 422
    assert said in error_at(response, field)
    assert not Service.objects.exists()


def test_a_singleton_is_one_whatever_bounds_were_typed(site: Site) -> None:
    send(site.alice, site, kind="singleton", minimum="2", maximum="5")

    saved = Service.objects.get(name="web")
    assert (saved.minimum, saved.maximum, saved.port, saved.health_path) == (1, 1, None, "")
    page = site.alice.browser.get("/shop/production/web/").content.decode()
    assert "Gap at its last release" in page
    assert "It runs exactly once" in page
    assert ">Scaling</a>" not in page
    assert "Why this count" not in page


def every_field(html: str) -> dict[str, list[str]]:
    """What a browser would send of the service form, rows and all."""
    form = html[html.index('id="service-form"') : html.index("</form>", html.index("service-form"))]
    found: dict[str, list[str]] = {}
    for tag, attributes, options in re.findall(
        r"<(input|select)([^>]*)>((?:\s*<option.*?</option>\s*)*)", form, re.DOTALL
    ):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if given.get("type") == "file" or (
            given.get("type") == "radio" and "checked" not in attributes
        ):
            continue
        value = given.get("value", "")
        if tag == "select":
            chosen = re.search(r"<option([^>]*)selected[^>]*>([^<]*)", options)
            named = re.search(r'value="([^"]*)"', chosen[1]) if chosen else None
            value = named[1] if named else chosen[2] if chosen else ""
        found.setdefault(given.get("name", ""), []).append(unescape(value))
    return found


def test_saving_a_service_with_every_option_set_finds_them_all_again(site: Site) -> None:
    service = site.service(**OPTIONS)
    address = "/shop/production/web/settings/"
    sent = every_field(site.alice.browser.get(address).content.decode())

    answer = site.alice.browser.post(address, sent | {"memory_mb": ["256"]})

    saved = Service.objects.get(pk=service.pk)
    assert answer.status_code == 302
    assert saved.memory_mb == 256
    assert {name: getattr(saved, name) for name in OPTIONS} == OPTIONS


def test_options_are_typed_in_folds_that_are_closed_until_one_is_set(site: Site) -> None:
    page = site.alice.browser.get(NEW).content.decode()
    folds = re.findall(r'<details class="fold" id="fold-(\w+)"( open)?>', page)
    assert folds == [(name, "") for name in ("runs", "reached", "healthy", "large")]

    typed: dict[str, Any] = {
        "drain_s": "20",
        "port_name": ["metrics", ""],
        "port_number": ["", ""],
        "constraint_attribute": ["${node.class}", "", ""],
        "constraint_operator": ["=", "=", "is_set"],
        "constraint_value": ["big", "", ""],
        "restart_attempts": "9",
    }
    assert send(site.alice, site, **typed).status_code == 302

    saved = Service.objects.get(name="web")
    assert (saved.drain_s, saved.ports) == (20, {"metrics": 8080})
    assert saved.constraints == [{"attribute": "node.class", "operator": "=", "value": "big"}]
    assert saved.restart == {"attempts": 9, "interval_s": 120, "delay_s": 2}
    page = site.alice.browser.get("/shop/production/web/settings/").content.decode()
    folds = re.findall(r'<details class="fold" id="fold-(\w+)"( open)?>', page)
    assert [name for name, opened in folds if opened] == ["reached", "healthy", "large"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"user": "a b"}, "such as nobody."),
        ({"drain_s": "x"}, "Drain is not a whole number"),
        ({"memory_max_mb": "1"}, "less than the 128 MB"),
        ({"restart_attempts": "101"}, "from 0 to 100"),
        ({"restart_delay_s": "-1"}, "from 1 to 86400"),
        ({"port_name": ["http"], "port_number": ["1"]}, "the main port is called"),
        ({"port_name": ["m"], "port_number": ["x"]}, "m: 'x' is no port"),
        ({"port_name": ["m", "m"], "port_number": ["1", "2"]}, "m stands twice"),
        ({"port_name": [""], "port_number": ["9100"]}, "name it, such as metrics"),
        (
            {
                "constraint_attribute": ["class"],
                "constraint_operator": ["="],
                "constraint_value": ["x"],
            },
            "is no attribute of a node",
        ),
        ({"kind": "private", "protocol": "tcp", "health_path": ""}, "can not look up"),
    ],
)
def test_a_bad_option_is_refused_where_it_was_typed_and_stays(
    site: Site, typed: dict[str, Any], said: str
) -> None:
    response = send(site.alice, site, **typed)

    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert page.count(said) == 2, "at its field, and on the right side"
    assert 'class="fold" id="fold' in page
    assert not Service.objects.exists()


def test_an_image_needs_the_number_of_each_port(site: Site, settings: Settings) -> None:
    settings.MUSTER_DRIVERS = ["docker"]
    image = {"source": "image", "image": "shop/web:1", "artifact": ""}

    refused = send(site.alice, site, port_name=["metrics"], port_number=[""], **image)

    assert "metrics: Nothing is no port" in unescape(refused.content.decode())


def test_a_tcp_service_is_offered_where_names_resolve(site: Site) -> None:
    assert 'name="protocol"' not in site.alice.browser.get(NEW).content.decode()
    site.cell.link_form = "dns"
    site.cell.save()
    assert 'name="protocol"' in site.alice.browser.get(NEW).content.decode()

    typed = {"kind": "private", "protocol": "tcp", "health_path": ""}
    assert send(site.alice, site, **typed).status_code == 302

    assert Service.objects.get(name="web").protocol == "tcp"
    page = site.alice.browser.get("/shop/production/web/settings/").content.decode()
    assert "shop-production-web.service.consul" in page


def test_what_a_worker_can_not_have_is_forgotten_when_it_becomes_one(site: Site) -> None:
    hidden = {"drain_s": "9", "check_interval_s": "3", "port_name": "m", "port_number": "1"}
    assert send(site.alice, site, kind="worker", user="nobody", **hidden).status_code == 302

    saved = Service.objects.get(name="web")
    assert (saved.drain_s, saved.check_interval_s, saved.ports) == (None, None, {})
    assert saved.user == "nobody"
