"""Documents, drawn by Hypothesis and by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from jobs.document import (
    ConstraintDoc,
    Document,
    DomainDoc,
    HeaderDoc,
    LinkDoc,
    PathDoc,
    PortDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    SecretRef,
    ServiceDoc,
)
from jobs.document.types import (
    KILL_SIGNALS,
    KINDS,
    KINDS_WITH_PORT,
    OPERATORS,
    PROTOCOLS,
    REDIRECT_CODES,
)

names = st.from_regex(r"[a-z][a-z0-9]{0,14}", fullmatch=True)
variable_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
# What Postgres and an environment variable can hold.
odd = "\x85\u2028\u2029\r\n\t \ufeff\xa0\x07\x7f'\"\\:#{}[]$%~-0a\U0001f600"
texts = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30
) | st.text(odd, max_size=12)
counts = st.integers(1, 100_000)
databases = st.none() | st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)
words = st.lists(texts, max_size=4).map(tuple)
secrets = st.builds(SecretRef, st.sampled_from(["app", "environment", "service"]), counts)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, Any]:
    """An artifact with its archive, an image, or neither."""
    kind = draw(st.sampled_from(["artifact", "image", "none"]))
    if kind == "artifact":
        sha256 = draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
        return {"artifact": sha256, "archive": draw(st.sampled_from(["tar.gz", "zip"]))}
    return {"image": draw(texts)} if kind == "image" else {}


constraints = st.builds(ConstraintDoc, texts, st.sampled_from(OPERATORS), texts)
redirects = st.builds(RedirectDoc, texts, texts, st.sampled_from(REDIRECT_CODES))
headers = st.builds(HeaderDoc, texts, texts, texts)
ports = st.builds(PortDoc, names, st.integers(1, 65535))
restarts = st.builds(RestartDoc, st.integers(0, 100), counts, counts)


@st.composite
def options(draw: st.DrawFn) -> dict[str, Any]:
    """What is Muster's own choice where it is left out; most of it is."""
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "protocol": st.sampled_from(PROTOCOLS),
        "ports": st.lists(ports, max_size=2, unique_by=lambda one: one.name).map(tuple),
        "check_interval_s": counts,
        "check_timeout_s": counts,
        "user": texts,
        "memory_max_mb": counts,
        "disk_mb": counts,
        "drain_s": counts,
        "kill_signal": st.sampled_from(KILL_SIGNALS),
        "constraints": st.lists(constraints, max_size=2).map(tuple),
        "spread": texts,
        "restart": restarts,
        "schedule": texts,
        "time_zone": texts,
        "time_limit_s": counts,
        "fallback": texts,
        "redirects": st.lists(redirects, max_size=2).map(tuple),
        "headers": st.lists(headers, max_size=2).map(tuple),
    }
    return {name: draw(drawn[name]) for name in draw(st.sets(st.sampled_from(sorted(drawn))))}


@st.composite
def services(draw: st.DrawFn, name: str, targets: list[str]) -> ServiceDoc:
    """A service of that name, its links to any of the targets."""
    kind = draw(st.sampled_from(KINDS))
    chosen = draw(options())
    if kind == "cron":
        chosen |= {"schedule": draw(texts)}
    links = st.builds(
        LinkDoc, variable_names, st.sampled_from(targets), texts.filter(bool), databases
    )
    return ServiceDoc(
        name=name,
        kind=kind,
        **draw(sources()),
        command=draw(words),
        release_command=draw(words),
        port=draw(st.integers(1, 65535)) if kind in KINDS_WITH_PORT else None,
        health_path=draw(st.none() | texts.map(lambda text: f"/{text}")),
        cpu_mhz=draw(counts),
        memory_mb=draw(counts),
        start_limit_s=draw(counts),
        kill_timeout_s=draw(counts),
        **chosen,
        variables=draw(st.dictionaries(variable_names, texts, max_size=3)),
        secrets=draw(st.dictionaries(variable_names, secrets, max_size=3)),
        links=tuple(draw(st.lists(links, max_size=3, unique_by=lambda link: link.variable))),
    )


hosts = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]\.[a-z]{2,4}", fullmatch=True)
prefixes = st.from_regex(r"(/[a-z0-9_~-][a-z0-9._~-]{0,8}){1,3}", fullmatch=True)


@st.composite
def domains(draw: st.DrawFn, services: list[str]) -> tuple[DomainDoc, ...]:
    """Domains that lead to any of the services, and others that redirect to them."""
    names = draw(st.lists(hosts, max_size=4, unique=True)) if services else []
    cut = draw(st.integers(min(1, len(names)), len(names)))
    paths = st.builds(PathDoc, prefixes, st.sampled_from(services or [""]), st.booleans())
    leading = tuple(
        DomainDoc(
            name,
            service=draw(st.sampled_from(services)),
            only_https=draw(st.booleans()),
            paths=tuple(draw(st.lists(paths, max_size=3, unique_by=lambda one: one.prefix))),
        )
        for name in names[:cut]
    )
    return leading + tuple(
        DomainDoc(name, redirect_to=names[0], permanent=draw(st.booleans())) for name in names[cut:]
    )


@st.composite
def documents(draw: st.DrawFn, most: int = 5) -> Document:
    """Any document that the platform may have to keep, of at most so many parts."""
    taken = draw(st.lists(names, max_size=most, unique=True))
    cut = draw(st.integers(0, len(taken)))
    resources = st.builds(
        ResourceDoc,
        st.just(""),
        st.sampled_from(["redis", "postgres"]),
        counts,
        counts,
        counts,
        version=st.none() | texts,
        max_connections=st.none() | counts,
        external=st.booleans(),
    )
    return Document(
        app=draw(st.from_regex(r"[a-z](-?[a-z0-9]){0,11}", fullmatch=True)),
        environment=draw(names),
        domains=draw(domains(taken[:cut])),
        services=tuple(draw(services(name, taken)) for name in taken[:cut]),
        resources=tuple(
            replace(one, name=name) for name in taken[cut:] for one in [draw(resources)]
        ),
    )


SHOP = Document(
    app="shop",
    environment="production",
    services=(
        ServiceDoc(
            name="web",
            kind="web",
            artifact="ab" * 32,
            archive="tar.gz",
            command=("python", "-m", "gunicorn", "web:app"),
            port=8080,
            health_path="/health",
            variables={"VERSION": "1", "EMPTY": ""},
            secrets={"KEY": SecretRef("environment", 2)},
            links=(LinkDoc("REDIS_URL", "store"), LinkDoc("API_URL", "api")),
        ),
        ServiceDoc(name="api", kind="private", image="shop/api:1", port=8081),
    ),
    resources=(ResourceDoc(name="store", kind="redis"),),
)
