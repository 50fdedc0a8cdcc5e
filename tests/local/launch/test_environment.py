from __future__ import annotations

from pathlib import Path

from local.launch import environment
from local.launch.configured import Configured
from local.launch.keys import MAKERS
from local.launch.ports import derive

SECRETS = {name: f"the {name} secret" for name in MAKERS}
EMBEDDED = Configured(database=False, queue=False, cluster=False)


def platform(environ: dict[str, str], configured: Configured = EMBEDDED) -> dict[str, str]:
    ports = derive(8000)
    embedded = {"DATABASE_URL": "postgres://ours"} if not configured.database else {}
    return environment.platform(environ, configured, ports, Path("/s"), SECRETS, embedded)


def test_a_server_inherits_nothing_but_where_it_is() -> None:
    environ = {"PATH": "/bin", "HOME": "/me", "DATABASE_URL": "x", "AWS_SECRET_ACCESS_KEY": "x"}

    assert environment.bare(environ) == {"PATH": "/bin", "HOME": "/me"}


def test_the_cluster_gets_its_tokens_and_none_of_musters_secrets() -> None:
    values = set(environment.cluster({}, SECRETS).values())

    assert {SECRETS["nomad"], SECRETS["consul"], SECRETS["keeper"]} < values
    assert not {SECRETS["django"], SECRETS["encryption"], SECRETS["valkey"]} & values


def test_what_belongs_to_an_unnamed_cluster_is_not_taken_over() -> None:
    env = platform({"NOMAD_TOKEN": "theirs", "NOMAD_NAMESPACE": "x", "CONSUL_CACERT": "x"})

    assert not [name for name in env if name.startswith(("NOMAD_", "CONSUL_"))]


def test_what_the_user_set_wins_over_our_defaults() -> None:
    env = platform({"MUSTER_URL": "https://muster.example", "MUSTER_SECRET_KEY": "theirs"})

    assert env["MUSTER_URL"] == "https://muster.example"
    assert env["MUSTER_SECRET_KEY"] == "theirs"
    assert env["MUSTER_ENCRYPTION_KEYS"] == SECRETS["encryption"]


def test_an_owners_role_without_a_database_of_the_user_is_not_taken_over() -> None:
    env = platform({"DATABASE_OWNER_URL": "postgres://theirs"})

    assert env["DATABASE_URL"] == "postgres://ours"
    assert "DATABASE_OWNER_URL" not in env


def test_the_example_may_be_broken_on_a_cluster_of_our_own_only_unless_somebody_says_so() -> None:
    named = Configured(database=False, queue=False, cluster=True)

    assert platform({})["MUSTER_FAULTS"] == "true"
    assert platform({"MUSTER_FAULTS": "false"})["MUSTER_FAULTS"] == "false"
    assert "MUSTER_FAULTS" not in platform({"CONSUL_HTTP_ADDR": "10.0.0.1:8500"}, named)


def test_raw_exec_is_offered_on_a_cluster_of_our_own_only() -> None:
    named = Configured(database=False, queue=False, cluster=True)

    assert platform({})["MUSTER_DRIVERS"] == "raw_exec"
    assert "MUSTER_DRIVERS" not in platform({"CONSUL_HTTP_ADDR": "10.0.0.1:8500"}, named)
    assert platform({"CONSUL_HTTP_ADDR": "10.0.0.1:8500"}, named)["CONSUL_HTTP_ADDR"] == (
        "http://10.0.0.1:8500"
    )
