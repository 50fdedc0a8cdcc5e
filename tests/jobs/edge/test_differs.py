"""What stands there against what should."""

from __future__ import annotations

from jobs.consul import Entry
from jobs.edge import by_slug, differs
from jobs.edge.differs import slug_of, thing_of


def test_it_names_what_is_missing_wrong_and_too_many() -> None:
    present = {"a": Entry("1", 5), "b": Entry("1", 5), "d": Entry("1", 5)}
    assert differs(present, {"a": "1", "b": "2", "c": "3"}) == ("b", "c", "d")


def test_an_emptied_store_lacks_everything() -> None:
    assert differs({}, {"b": "1", "a": "2"}) == ("a", "b")


def test_nothing_differs_from_itself() -> None:
    assert differs({"a": Entry("1", 9)}, {"a": "1"}) == ()


def test_a_whole_tree_is_read_once_for_all_services() -> None:
    keys = [
        "traefik/http/routers/shop-prod-web--live/rule",
        "traefik/http/middlewares/shop-prod-web--strip/stripPrefix/prefixes/0",
        "traefik/http/services/shop-prod-webb--fallback/loadBalancer/servers/0/url",
        "traefik/http/middlewares/muster-retry/retry/attempts",
        "traefik/http/routers/by-hand/rule",
        "other/http/routers/x--live/rule",
    ]
    found = by_slug({key: Entry("", 1) for key in keys})
    assert {slug: len(each) for slug, each in found.items()} == {
        "shop-prod-web": 2,
        "shop-prod-webb": 1,
    }


def test_a_key_belongs_to_a_thing_and_a_slug() -> None:
    key = "traefik/http/routers/a-b-c--share-dns/entryPoints/0"
    assert thing_of(key) == "traefik/http/routers/a-b-c--share-dns"
    assert slug_of(key) == "a-b-c"
    assert slug_of("traefik") is None
