"""The rules of domains, without an edge."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.consul import Entry
from jobs.edge import DomainRoute, Https, RedirectRoute, ServiceRoutes, routes, tree
from jobs.edge.steps import steps
from tests.jobs.edge.cases import CASES, Case

LIVE = Case("", {}, live="blue").routes()
TLS, LE = Https("websecure"), Https("websecure", 8443, "le")
ROUTERS = "traefik/http/routers/"


def with_domains(*domains: DomainRoute, redirects: tuple[RedirectRoute, ...] = ()) -> ServiceRoutes:
    return replace(LIVE, domains=domains, redirects=redirects)


def drawn(service: ServiceRoutes) -> set[tuple[str, str, str, str | None]]:
    """Entry point, rule, who answers and TLS, of what the domains add."""
    return {
        (
            route.entry_point,
            route.rule,
            route.service if "--redirect" not in route.name else "redirect",
            route.tls,
        )
        for route in set(routes(service)) - set(routes(LIVE))
    }


BLUE, BACK = "shop-prod-web-blue@consulcatalog", "shop-prod-web--fallback"


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (with_domains(DomainRoute("a.test")), {("web", None, "both")}),
        (
            with_domains(DomainRoute("a.test", https=TLS)),
            {("websecure", "", "both"), ("web", None, "redirect")},
        ),
        (
            with_domains(DomainRoute("a.test", https=LE, only_https=False)),
            {("websecure", "le", "both"), ("web", None, "both")},
        ),
        (
            with_domains(redirects=(RedirectRoute("a.test", "https://b.test", https=LE),)),
            {("websecure", "le", "redirect"), ("web", None, "redirect")},
        ),
    ],
)
def test_a_domain_stands_where_its_https_says(
    service: ServiceRoutes, expected: set[tuple[str, str | None, str]]
) -> None:
    wanted = set()
    for entry_point, tls, answered in expected:
        for who in (BLUE, BACK) if answered == "both" else ("redirect",):
            wanted.add((entry_point, "Host(`a.test`)", who, tls))
    assert drawn(service) == wanted


def test_a_path_is_matched_by_its_parts_and_taken_off_by_a_middleware_of_its_own() -> None:
    keys = tree(
        with_domains(DomainRoute("a.test", "/api", strips=True), DomainRoute("a.test", "/x")),
        muster_url="http://m",
    )
    rules = {value for key, value in keys.items() if key.endswith("/rule") and "a.test" in value}
    assert rules == {
        "Host(`a.test`) && (Path(`/api`) || PathPrefix(`/api/`))",
        "Host(`a.test`) && (Path(`/x`) || PathPrefix(`/x/`))",
    }
    strips = [key for key, value in keys.items() if value == "/api"]
    [name] = [key.split("/")[3] for key in strips]
    users = {key.split("/")[3] for key, value in keys.items() if value == name}
    assert len(users) == 2
    assert {keys[f"{ROUTERS}{user}/rule"].count("/api") for user in users} == {2}


def test_tls_is_written_with_its_resolver_or_alone() -> None:
    for https, expected in ((TLS, {"tls": "true"}), (LE, {"tls/certResolver": "le"})):
        keys = tree(with_domains(DomainRoute("a.test", https=https)), muster_url="http://m")
        found = {key.split("/", 4)[4]: value for key, value in keys.items() if "/tls" in key}
        assert found == expected


@pytest.mark.parametrize(
    "domain",
    [
        DomainRoute("a`) || Host(`b.test"),
        DomainRoute("A.test"),
        DomainRoute("a.test", "/a`) || Path(`/b"),
        DomainRoute("a.test", "api"),
        DomainRoute("a.test", https=Https("web secure")),
        DomainRoute("a.test", https=Https("websecure", resolver="a/b")),
    ],
)
def test_what_would_rewrite_a_rule_or_a_key_is_no_name(domain: DomainRoute) -> None:
    with pytest.raises(ValueError, match="not a"):
        routes(with_domains(domain))


hosts = st.sampled_from(["a.test", "b.test", "xn--bcher-kva.test"])
prefixes = st.sampled_from(["/", "/a", "/a/b", "/ab", "/a/bc"])
https = st.sampled_from([None, TLS, LE])
domains = st.builds(DomainRoute, hosts, prefixes, st.booleans(), https, st.booleans())
several = st.lists(domains, max_size=6, unique_by=lambda one: (one.host, one.prefix))


@given(several, st.sampled_from(CASES))
def test_no_two_routers_take_the_same_and_longer_paths_go_first(
    some: list[DomainRoute], case: Case
) -> None:
    found = routes(replace(case.routes(), domains=tuple(some)))
    assert len({route.name for route in found}) == len(found)
    assert len({(route.entry_point, route.rule, route.priority) for route in found}) == len(found)
    for one in found:
        for other in found:
            if other.rule.startswith(f"{one.rule} && (Path"):
                assert other.priority > one.priority


def applied(present: dict[str, str], wanted: dict[str, str]) -> list[dict[str, str]]:
    """Each state on the way from one tree to the other."""
    entries = {key: Entry(value, 1) for key, value in present.items()}
    state, states = dict(present), [dict(present)]
    for step in steps(entries, wanted):
        for operation in step:
            state.pop(operation.key, None)
            if operation.value is not None:
                state[operation.key] = operation.value
        states.append(dict(state))
    return states


@given(several, several)
def test_what_both_trees_answer_is_answered_on_the_way(
    before: list[DomainRoute], after: list[DomainRoute]
) -> None:
    old, new = (tree(with_domains(*some), muster_url="http://m") for some in (before, after))

    def rules(keys: dict[str, str]) -> set[tuple[str, str]]:
        return {
            (keys[f"{key.rpartition('/')[0]}/entryPoints/0"], rule)
            for key, rule in keys.items()
            if key.endswith("/rule")
        }

    for state in applied(old, new):
        assert rules(old) & rules(new) <= rules(state)
        named = {v for k, v in state.items() if "/middlewares/" in k and k.startswith(ROUTERS)}
        there = {k.split("/")[3] for k in state if k.startswith("traefik/http/middlewares/")}
        assert named - {"muster-retry"} <= there
