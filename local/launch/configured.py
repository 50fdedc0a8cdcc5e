"""Which servers the environment names in place of embedded ones, and whether they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
import redis
import requests

from local.launch.problem import Problem

CLUSTER = ("NOMAD_ADDR", "CONSUL_HTTP_ADDR")
TIMEOUT_S = 5.0
OLDEST_POSTGRES = 14


@dataclass(frozen=True)
class Configured:
    """What is replaced by a server of the user's own."""

    database: bool
    queue: bool
    cluster: bool


def read(environ: Mapping[str, str]) -> Configured:
    """What the environment names; a Problem where it names half of a cluster."""
    named = [name for name in CLUSTER if environ.get(name)]
    if len(named) == 1:
        missing = next(name for name in CLUSTER if name not in named)
        raise Problem(
            f"{named[0]} is set and {missing} is not: Nomad registers what it runs in its own "
            "Consul, so give both, or none of them for the local cluster."
        )
    return Configured(
        database=bool(environ.get("DATABASE_URL")),
        queue=bool(environ.get("REDIS_URL")),
        cluster=len(named) == len(CLUSTER),
    )


def check(configured: Configured, environ: Mapping[str, str]) -> tuple[str, ...]:
    """What was found, a line a server; a Problem that names the first that does not answer."""
    found = []
    if configured.database:
        found += [_database(environ, name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")]
    if configured.queue:
        found.append(_queue(environ["REDIS_URL"]))
    if configured.cluster:
        found += [_leader(environ, "NOMAD_ADDR", "Nomad"), _consul(environ)]
    return tuple(line for line in found if line)


def http_address(address: str, environ: Mapping[str, str]) -> str:
    """Consul's address as a URL: its own tools take one without a scheme."""
    if "://" in address:
        return address
    secure = environ.get("CONSUL_HTTP_SSL", "").lower() in {"1", "true"}
    return f"{'https' if secure else 'http'}://{address}"


def _database(environ: Mapping[str, str], name: str) -> str:
    url = environ.get(name)
    if not url:
        return ""
    try:
        with psycopg.connect(url, connect_timeout=int(TIMEOUT_S)) as connection:
            version = connection.info.server_version // 10_000
            where = f"{connection.info.user}@{connection.info.host}/{connection.info.dbname}"
    except psycopg.Error as error:
        raise _unreachable(name, str(error)) from error
    if version < OLDEST_POSTGRES:
        raise Problem(f"{name}: Postgres {version} answers; give {OLDEST_POSTGRES} or newer.")
    return f"{name}: Postgres {version}, {where}"


def _queue(url: str) -> str:
    try:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S
        )
        info = client.info("server")
    except (redis.RedisError, ValueError) as error:
        raise _unreachable("REDIS_URL", str(error)) from error
    assert isinstance(info, dict)
    name = "Valkey" if "valkey_version" in info else "Redis"
    return f"REDIS_URL: {name} {info.get('valkey_version', info.get('redis_version'))}"


def _consul(environ: Mapping[str, str]) -> str:
    found = _leader(environ, "CONSUL_HTTP_ADDR", "Consul")
    edges = _get(
        environ, "CONSUL_HTTP_ADDR", "/v1/health/service/traefik?passing", "CONSUL_HTTP_TOKEN"
    ).json()
    if not edges:
        raise Problem(
            "Consul answers and has no passing service named traefik: start the edge and register "
            "it with the Meta api, web, private and direct, as README.md shows."
        )
    return f"{found}, edges: {len(edges)}"


def _leader(environ: Mapping[str, str], name: str, what: str) -> str:
    answer = _get(environ, name, "/v1/status/leader", "")
    leader = answer.json()
    if not leader:
        raise Problem(f"{name}: {what} at {environ[name]} answers and has no leader: wait for one.")
    return f"{name}: {what}, leader {leader}"


def _get(environ: Mapping[str, str], name: str, path: str, token: str) -> requests.Response:
    base = http_address(environ[name], environ).rstrip("/")
    prefix = name.partition("_")[0]
    headers = {"X-Consul-Token": environ[token]} if environ.get(token) else {}
    certificate = (environ.get("NOMAD_CLIENT_CERT", ""), environ.get("NOMAD_CLIENT_KEY", ""))
    try:
        answer = requests.get(
            base + path,
            headers=headers,
            timeout=TIMEOUT_S,
            verify=environ.get(f"{prefix}_CACERT") or True,
            cert=certificate if prefix == "NOMAD" and all(certificate) else None,
        )
        answer.raise_for_status()
        answer.json()
    except requests.RequestException as error:
        raise _unreachable(name, str(error)) from error
    return answer


def _unreachable(name: str, reason: str) -> Problem:
    return Problem(
        f"{name} is set, but its server does not answer as it should: {' '.join(reason.split())} "
        f"Start that server or correct {name}; without it Muster starts its own."
    )
