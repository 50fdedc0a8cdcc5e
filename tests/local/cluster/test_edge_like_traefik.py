"""The same scenarios over real processes: the stand-ins always, the real ones where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from .edge_rig import Rig, local_rig, real_rig
from .processes import until


@pytest.fixture(scope="module", params=["stand-in", pytest.param("real", marks=pytest.mark.real)])
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A running edge, whose fallback is there already; each test has hosts of its own."""
    start = local_rig if request.param == "stand-in" else real_rig
    with start(tmp_path_factory.mktemp("rig")) as running, running.instance("fallback"):
        yield running


def router(name: str, rule: str, service: str, layer: int, **more: str) -> dict[str, str]:
    fields = {"rule": rule, "service": service, "priority": str(10 * len(rule) + layer), **more}
    fields = {"entryPoints/0": "web", "middlewares/0": "muster-retry", **fields}
    return {f"http/routers/{name}/{key}": value for key, value in fields.items()} | {
        "http/middlewares/muster-retry/retry/attempts": "3",
        "http/middlewares/muster-retry/retry/initialInterval": "50ms",
    }


def layered(slug: str, share: tuple[int, int]) -> dict[str, str]:
    """The four layers of a service, its traffic shared between blue and green."""
    rule, blue, green = (
        f"Host(`{slug}`)",
        f"{slug}-blue@consulcatalog",
        f"{slug}-green@consulcatalog",
    )
    pairs = router(f"{slug}--fallback", rule, "fallback@consulcatalog", 1)
    pairs |= router(f"{slug}--other", rule, green, 2) | router(f"{slug}--live", rule, blue, 3)
    pairs |= router(f"{slug}--share", rule, f"{slug}--share", 4)
    for number, (child, weight) in enumerate(zip((blue, green), share, strict=True)):
        start = f"http/services/{slug}--share/weighted/services/{number}"
        pairs |= {f"{start}/name": child, f"{start}/weight": str(weight)}
    return pairs


def shown(rig: Rig, slug: str) -> dict[str, str]:
    """The status of a slug's routers by their layer."""
    start = f"{slug}--"
    rows = {name: status for name, status in rig.routers().items() if name.startswith(start)}
    return {name.removeprefix(start).removesuffix("@consul"): rows[name] for name in rows}


def test_requests_fall_through_the_layers_as_instances_go(rig: Rig) -> None:
    rig.write(layered("fall", (50, 50)))
    until(lambda: rig.who("web", "fall") == "fallback")
    assert shown(rig, "fall") == {
        "fallback": "enabled", "other": "disabled", "live": "disabled", "share": "disabled"
    }  # fmt: skip
    with rig.instance("fall-green"):
        until(lambda: rig.who("web", "fall") == "fall-green")
        with rig.instance("fall-blue"):
            until(lambda: shown(rig, "fall").get("share") == "enabled")
            found = Counter(rig.who("web", "fall") for _ in range(40))
            assert found == {"fall-blue": 20, "fall-green": 20}
        until(lambda: shown(rig, "fall")["share"] == "disabled")
        assert {rig.who("web", "fall") for _ in range(10)} == {"fall-green"}
    until(lambda: rig.who("web", "fall") == "fallback")


def test_a_share_whose_canary_is_gone_leaves_all_to_the_live_colour(rig: Rig) -> None:
    with rig.instance("canary-blue"):
        rig.write(layered("canary", (80, 20)))
        with rig.instance("canary-green"):
            until(lambda: shown(rig, "canary").get("share") == "enabled")
            found = Counter(rig.who("web", "canary") for _ in range(50))
            assert found == {"canary-blue": 40, "canary-green": 10}
        until(lambda: shown(rig, "canary")["share"] == "disabled")
        assert {rig.who("web", "canary") for _ in range(10)} == {"canary-blue"}


def test_the_path_form_strips_its_prefix_and_tells_it(rig: Rig) -> None:
    rule = "Path(`/~strip`) || PathPrefix(`/~strip/`)"
    pairs = router("strip", rule, "fallback@consulcatalog", 3, **{"entryPoints/0": "private"})
    pairs |= {"http/routers/strip/middlewares/1": "strip"}
    rig.write(pairs | {"http/middlewares/strip/stripPrefix/prefixes/0": "/~strip"})
    until(lambda: rig.who("private", "any", "/~strip") == "fallback")
    paths = ("/~strip", "/~strip/", "/~strip/a?b=c", "/~strip/a%2Fb", "/~strip//x")
    found = {path: rig.ask("private", "any", path)[1] for path in paths}
    assert [each["path"] for each in found.values()] == ["/", "/", "/a?b=c", "/a%2Fb", "/x"]
    assert {each["headers"]["X-Forwarded-Prefix"] for each in found.values()} == {"/~strip"}
    assert rig.ask("private", "any", "/~strip2") == (404, "404 page not found\n")
    assert rig.who("web", "any", "/~strip") == "404"


def test_a_header_router_reaches_the_idle_colour_on_direct_alone(rig: Rig) -> None:
    rule = "Host(`smoke`) && Header(`X-Muster-Colour`, `blue`)"
    at = {"entryPoints/0": "direct"}
    rig.write(router("smoke--smoke", rule, "fallback@consulcatalog", 4, **at))
    colour = {"X-Muster-Colour": "blue"}
    until(lambda: rig.who("direct", "smoke", **colour) == "fallback")
    assert rig.who("direct", "smoke") == "404"
    assert rig.who("direct", "smoke", **{"X-Muster-Colour": "green"}) == "404"
    assert rig.who("web", "smoke", **colour) == "404"


def test_the_name_of_a_service_in_the_catalog_is_routed_on_direct_alone(rig: Rig) -> None:
    found = {point: rig.who(point, "fallback") for point in ("web", "private", "direct")}
    assert found == {"web": "404", "private": "404", "direct": "fallback"}


def test_a_header_is_set_and_the_forwarded_ones_are_the_edges_own(rig: Rig) -> None:
    pairs = router("set", "Host(`set.localhost`)", "fallback@consulcatalog", 1)
    pairs["http/routers/set/middlewares/1"] = "set"
    name = "http/middlewares/set/headers/customRequestHeaders/X-Muster-Fallback"
    rig.write(pairs | {name: "set"})
    until(lambda: rig.who("web", "set.localhost") == "fallback")
    forged = {"X-Muster-Fallback": "forged", "X-Forwarded-For": "9.9.9.9"}
    headers = rig.ask("web", "set.localhost", "/", **forged)[1]["headers"]
    assert (headers["X-Muster-Fallback"], headers["X-Forwarded-For"]) == ("set", "127.0.0.1")
    assert (headers["X-Forwarded-Host"], headers["X-Forwarded-Proto"]) == ("set.localhost", "http")


def test_taken_keys_take_their_router_away(rig: Rig) -> None:
    rig.write(router("gone", "Host(`gone`)", "fallback@consulcatalog", 1))
    until(lambda: rig.who("web", "gone") == "fallback")
    rig.consul.call("DELETE", "/v1/kv/traefik/http/routers/gone?recurse=true")
    until(lambda: rig.who("web", "gone") == "404")
    assert "gone@consul" not in rig.routers()


def test_one_router_and_one_service_are_read_by_name(rig: Rig) -> None:
    api = rig.api
    rig.write(router("one", "Host(`one`)", "fallback@consulcatalog", 2))
    until(lambda: api.call("GET", "/api/http/routers/one@consul").status == 200)
    found = api.call("GET", "/api/http/routers/one@consul").body
    assert (found["rule"], found["priority"], found["status"]) == ("Host(`one`)", 112, "enabled")
    assert (found["service"], found["entryPoints"]) == ("fallback@consulcatalog", ["web"])
    service = api.call("GET", "/api/http/services/fallback@consulcatalog").body
    assert service["loadBalancer"]["strategy"] == "p2c"
    assert len(service["serverStatus"]) == 1
    none = api.call("GET", "/api/http/routers/none@consul")
    assert (none.status, none.body) == (404, '{"message":"router not found: none@consul"}\n')
    assert api.call("GET", "/api/http/services/none@consul").status == 404
