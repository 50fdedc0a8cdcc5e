from __future__ import annotations

import re

from platform_admin.models import Resource, Service
from platform_admin.verbs.links import LinkFields, set_links
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/"


def shop(site: Site) -> None:
    """A public web that calls a private api, both with a link to a store."""
    site.redis()
    api = site.service("api", kind="private")
    web = site.service("web")
    for service in (api, web):
        set_links(site.alice.actor, service, [LinkFields("REDIS_URL", "store", "url")])
    links = [LinkFields("REDIS_URL", "store", "url"), LinkFields("API_URL", "api", "url")]
    set_links(site.alice.actor, web, links)
    site.live(web)


def drawn(site: Site) -> str:
    page = site.bob.browser.get(PAGE).content.decode()
    found = re.search(r'<div class="picture">.*?</section>', page, re.DOTALL)
    return found.group() if found else ""


def test_each_part_is_a_link_with_its_state_and_count(site: Site) -> None:
    shop(site)

    picture = drawn(site)

    assert 'href="/shop/production/web/" aria-label="web, web: healthy, 1/1' in picture
    assert 'href="/shop/production/api/" aria-label="api, private: draft, never live' in picture
    assert 'href="/shop/production/resources/store/"' in picture


def test_the_arrows_are_told_in_words_too(site: Site) -> None:
    shop(site)

    picture = drawn(site)

    assert "<li>web calls api and store.</li>" in picture
    assert "<li>api calls store.</li>" in picture
    assert picture.count('class="wire"') == len(["edge web", "web api", "web store", "api store"])


def test_what_runs_elsewhere_has_no_size(site: Site) -> None:
    store = site.redis()
    Resource.objects.filter(pk=store.pk).update(external=True, host="redis.example.org")

    picture = drawn(site)

    assert "elsewhere" in picture
    assert "MB" not in picture


def test_the_edge_is_drawn_where_something_is_public_alone(site: Site) -> None:
    site.service("api", kind="private")
    assert 'class="bar"' not in drawn(site)

    site.service("web")
    assert 'class="bar"' in drawn(site)


def test_an_empty_environment_has_no_picture(site: Site) -> None:
    assert drawn(site) == ""


def test_a_long_name_is_shortened_and_told_whole(site: Site) -> None:
    names = [f"averylongname{number:02d}" for number in range(3)]
    for name in names:
        site.service(name, kind="private")

    picture = drawn(site)

    assert "averylongna" not in "".join(re.findall(r'class="name">([^<]*)', picture))
    assert all(f'aria-label="{name}, private' in picture for name in names)


def test_a_kind_that_the_picture_does_not_know_stands_there_too(site: Site) -> None:
    site.service("web")
    site.service("later", kind="private")
    Service.objects.filter(name="later").update(kind="batch", port=None)

    assert 'aria-label="later, batch: draft, never live' in drawn(site)
