"""The same scenarios over real processes: the stand-ins always, the real ones where they are."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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


def guarded(slug: str, service: str, amount: int, *, rule: str = "") -> dict[str, str]:
    """A router that lets so many requests in at once."""
    pairs = router(f"{slug}--live", rule or f"Host(`{slug}`)", service, 3)
    pairs |= {f"http/routers/{slug}--live/middlewares/0": f"{slug}--guard"}
    pairs |= {f"http/routers/{slug}--live/middlewares/1": "muster-retry"}
    base = f"http/middlewares/{slug}--guard/inFlightReq"
    return pairs | {f"{base}/amount": str(amount), f"{base}/sourceCriterion/requestHost": "true"}


def together(rig: Rig, hosts: list[str]) -> list[tuple[int, str]]:
    """Status and answer of requests that are sent at once, in the order of `hosts`."""
    with ThreadPoolExecutor(len(hosts)) as pool:
        found = pool.map(lambda host: rig.ask("web", host), hosts)
        return [(status, "" if status == 200 else said) for status, said in found]


def refused(rig: Rig, name: str) -> dict[str, int]:
    """Requests that a router answered with 429, and those that a service did."""
    page = str(rig.api.get("/metrics"))
    return {
        kind: sum(
            int(float(line.rpartition(" ")[2]))
            for line in page.splitlines()
            if line.startswith(f'traefik_{kind}_requests_total{{code="429",')
            and f'{kind}="{name}' in line
        )
        for kind in ("router", "service")
    }


def test_what_is_over_the_limit_is_answered_at_once_and_only_the_router_counts_it(rig: Rig) -> None:
    with rig.instance("many-blue", works_s=0.6):
        rig.write(guarded("many", "many-blue@consulcatalog", 3))
        until(lambda: rig.who("web", "many") == "many-blue")
        began = time.monotonic()
        found = together(rig, ["many"] * 8)
        assert Counter(found) == {(200, ""): 3, (429, "max connections reached: 3"): 5}
        assert time.monotonic() - began < 2
        assert refused(rig, "many") == {"router": 5, "service": 0}
        assert rig.who("web", "many") == "many-blue"


def test_each_router_counts_for_itself_and_by_the_host_as_it_was_written(rig: Rig) -> None:
    rule = "Host(`one.apart`) || Host(`two.apart`)"
    with rig.instance("apart-blue", works_s=0.6):
        pairs = guarded("apart", "apart-blue@consulcatalog", 1, rule=rule)
        rig.write(pairs | guarded("beside", "apart-blue@consulcatalog", 1))
        until(lambda: rig.who("web", "beside") == rig.who("web", "one.apart") == "apart-blue")
        found = together(rig, ["one.apart", "two.apart", "TWO.apart", "beside", "beside"])
        assert [status for status, _ in found[:3]] == [200, 200, 200]
        assert Counter(status for status, _ in found[3:]) == {200: 1, 429: 1}


def test_another_configuration_counts_from_nothing_and_cuts_nobody_off(rig: Rig) -> None:
    with rig.instance("anew-blue", works_s=2):
        rig.write(guarded("anew", "anew-blue@consulcatalog", 2))
        until(lambda: rig.who("web", "anew") == "anew-blue")
        with ThreadPoolExecutor(3) as pool:
            sent = [pool.submit(rig.ask, "web", "anew") for _ in range(3)]
            # Whichever of the three comes last is refused, and so says that two are inside.
            until(lambda: [each.result()[0] for each in sent if each.done()] == [429])
            rig.write(guarded("elsewhere", "fallback@consulcatalog", 1))
            until(lambda: "elsewhere--live@consul" in rig.routers())
            assert rig.ask("web", "anew")[0] == 200
            assert Counter(each.result()[0] for each in sent) == {200: 2, 429: 1}


def test_no_request_is_lost_while_a_limit_comes_moves_and_goes(rig: Rig) -> None:
    bare = router("moves--live", "Host(`moves`)", "fallback@consulcatalog", 3)
    rig.write(bare)
    until(lambda: rig.who("web", "moves") == "fallback")
    ended, seen = threading.Event(), Counter[str]()

    def ask() -> None:
        while not ended.is_set():
            seen[rig.who("web", "moves")] += 1

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            for amount in (50, 60, 70, 80):
                rig.write(guarded("moves", "fallback@consulcatalog", amount))
                before = seen.total()
                until(lambda before=before: seen.total() > before + 60)  # type: ignore[misc]
            rig.write(bare)
            rig.consul.call("DELETE", "/v1/kv/traefik/http/routers/moves--live/middlewares/1")
            rig.consul.call("DELETE", "/v1/kv/traefik/http/middlewares/moves--guard?recurse=true")
            before = seen.total()
            until(lambda: seen.total() > before + 60)
        finally:
            ended.set()
        for each in asking:
            each.result()
    assert set(seen) == {"fallback"}
