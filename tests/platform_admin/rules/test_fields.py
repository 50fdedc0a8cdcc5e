from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.fields import ServiceFields, service_errors
from platform_admin.rules.quota import Limits

LIMITS = Limits(instances=10, cpu_mhz=2000, memory_mb=1024)
GOOD = ServiceFields(
    name="web", kind="web", artifact_id=1, command="python3 web.py 'two words'", port=8080
)
WORKER = replace(GOOD, kind="worker", port=None)


IMAGE = replace(GOOD, artifact_id=None, image="shop/web:1", ports={"metrics": 9100})
TCP = replace(GOOD, kind="private", protocol="tcp")


def errors(
    fields: ServiceFields, drivers: tuple[str, ...] = ("raw_exec",), *, resolves: bool = True
) -> dict[str, list[str]]:
    return service_errors(
        fields,
        limits=LIMITS,
        taken={"api", "cache"},
        drivers=drivers,
        resolves=resolves,
        inside="shop-production",
    )


RESTART = {"attempts": 3, "interval_s": 60, "delay_s": 20}
ARM = {"attribute": "attr.cpu.arch", "operator": "=", "value": "arm64"}
SET = {"attribute": "node.class", "operator": "is_set", "value": ""}
VERSION = {"attribute": "attr.kernel.version", "operator": "version", "value": ">= 5.10, < 7"}
REGEXP = {"attribute": "node.unique.name", "operator": "regexp", "value": "^big-[0-9]+$"}


@pytest.mark.parametrize(
    "fields",
    [
        GOOD,
        WORKER,
        replace(GOOD, kind="private", health_path="/healthz?deep=1"),
        replace(GOOD, minimum=0, maximum=10),
        replace(GOOD, port=65535, memory_mb=1024, cpu_mhz=2000),
        TCP,
        replace(GOOD, protocol="http", ports={"metrics": 8080, "debug": 8080}),
        replace(GOOD, check_interval_s=119, check_timeout_s=300, drain_s=3600),
        replace(GOOD, user="www-data", memory_max_mb=128, disk_mb=64, kill_signal="SIGQUIT"),
        replace(WORKER, user="www-data", memory_max_mb=1024, restart=dict(RESTART, attempts=0)),
        replace(GOOD, spread="meta.rack", constraints=[ARM, SET, VERSION, REGEXP]),
        replace(GOOD, spread="${meta.rack}", constraints=[dict(ARM, attribute="${node.class}")]),
    ],
)
def test_good_fields_have_no_errors(fields: ServiceFields) -> None:
    assert errors(fields) == {}


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name": "a" * 16}, "name", "shorten it to 15"),
        ({"name": "blue"}, "name", "choose another name"),
        ({"name": "api"}, "name", "already has something called api"),
        ({"name": ""}, "name", "A name is needed"),
        ({"kind": "task"}, "kind", "choose web, private, worker, cron, singleton or static"),
        ({"artifact_id": None}, "artifact", "upload a .tar.gz or .zip"),
        ({"image": "nginx:1"}, "image", "keep one of them"),
        ({"image": "nginx:1", "artifact_id": None}, "image", "runs no containers"),
        ({"command": " "}, "command", "needs a command"),
        ({"command": "python3 'web.py"}, "command", "close every quote"),
        ({"command": "a\nb"}, "command", "more than one line"),
        ({"command": "'' x"}, "command", "name the program first"),
        ({"command": "x" * 2001}, "command", "shorten it to 2000"),
        ({"release_command": "python3 'm.py"}, "release_command", "close every quote"),
        ({"port": 0}, "port", "from 1 to 65535"),
        ({"port": 65536}, "port", "from 1 to 65535"),
        ({"port": None}, "port", "A port is needed"),
        ({"health_path": "healthz"}, "health_path", "write /healthz"),
        ({"health_path": "/a b"}, "health_path", "%20"),
        ({"health_path": "/%zz"}, "health_path", "%25"),
        ({"health_path": "//evil"}, "health_path", "one slash"),
        ({"cpu_mhz": 0}, "cpu_mhz", "too small"),
        ({"cpu_mhz": 2001}, "cpu_mhz", "more than the team's quota of 2000"),
        ({"memory_mb": -5}, "memory_mb", "too small"),
        ({"memory_mb": 1025}, "memory_mb", "more than the team's quota of 1024"),
        ({"start_limit_s": 0}, "start_limit_s", "from 1 to 3600 s"),
        ({"kill_timeout_s": 3601}, "kill_timeout_s", "from 1 to 3600 s"),
        ({"minimum": -1}, "minimum", "use 0 or more"),
        ({"minimum": 3, "maximum": 2}, "minimum", "lower the one or raise the other"),
        ({"maximum": 0, "minimum": 0}, "maximum", "use 1 or more"),
        ({"maximum": 11}, "maximum", "quota of 10 instances"),
        ({"protocol": "udp"}, "protocol", "choose http or tcp"),
        ({"protocol": "tcp"}, "protocol", "a web service is behind it: choose http"),
        ({"ports": {"http": 1}}, "ports", "the main port is called"),
        ({"ports": {"": 9100}}, "ports", "name it, such as metrics"),
        ({"ports": {"a-b": 9100}}, "ports", "use small letters and digits"),
        ({"ports": {"blue": 9100}}, "ports", "choose another name"),
        ({"ports": {"metrics": 0}}, "ports", "metrics: 0 is out of range"),
        ({"ports": {f"p{n}": 9000 + n for n in range(9)}}, "ports", "use 8 or fewer"),
        ({"check_interval_s": 0}, "check_interval_s", "from 1 to 300 s"),
        ({"check_interval_s": 120}, "check_interval_s", "check more often, or raise the limit"),
        ({"check_timeout_s": 301}, "check_timeout_s", "from 1 to 300 s"),
        ({"drain_s": 0}, "drain_s", "from 1 to 3600 s"),
        ({"user": "a b"}, "user", "such as nobody."),
        ({"user": "me:us"}, "user", "write the user alone"),
        ({"user": "root"}, "user", "may not run as root"),
        ({"user": "1000"}, "user", "write the user's name"),
        ({"user": "Root"}, "user", "may not run as root"),
        ({"user": "00"}, "user", "may not run as root"),
        ({"memory_max_mb": 127}, "memory_max_mb", "less than the 128 MB"),
        ({"memory_max_mb": 1025}, "memory_max_mb", "more than the team's quota of 1024"),
        ({"disk_mb": 63}, "disk_mb", "from 64 to"),
        ({"kill_signal": "SIGKILL"}, "kill_signal", "choose SIGTERM, SIGINT"),
        ({"spread": "rack"}, "spread", "meta.rack"),
        ({"spread": "${meta.rack"}, "spread", "meta.rack"),
        ({"constraints": [ARM, dict(ARM, attribute="")]}, "constraints.1", "is missing"),
        ({"constraints": [dict(ARM, attribute="arch")]}, "constraints.0", "attr.cpu.arch"),
        ({"constraints": [dict(ARM, operator="~")]}, "constraints.0", "compares nothing"),
        ({"constraints": [dict(ARM, value="")]}, "constraints.0", "A value is needed"),
        ({"constraints": [dict(ARM, value="${node.class}")]}, "constraints.0", "no plain value"),
        ({"constraints": [dict(SET, value="x")]}, "constraints.0", "leave the value empty"),
        ({"constraints": [dict(REGEXP, value="(")]}, "constraints.0", "a ( is not closed"),
        ({"constraints": [dict(REGEXP, value="a(?!b)")]}, "constraints.0", "of RE2, which Nomad"),
        ({"constraints": [dict(ARM, attribute="node.region")]}, "constraints.0", "no attribute"),
        ({"constraints": [dict(VERSION, value="new")]}, "constraints.0", ">= 1.2, < 2"),
        ({"constraints": [dict(VERSION, value=">= 1..2")]}, "constraints.0", ">= 1.2, < 2"),
        ({"constraints": [ARM] * 11}, "constraints", "use 10 or fewer"),
        ({"restart": dict(RESTART, attempts=-1)}, "restart", "from 0 to 100 restarts"),
        ({"restart": dict(RESTART, interval_s=4, delay_s=1)}, "restart", "from 5 to 86400 s"),
        ({"restart": dict(RESTART, delay_s=0)}, "restart", "from 1 to 86400 s"),
        ({"restart": dict(RESTART, delay_s=21)}, "restart", "do not fit into 60 s"),
    ],
)
def test_a_bad_field_is_named_with_what_to_do(
    change: dict[str, object], field: str, said: str
) -> None:
    found = errors(replace(GOOD, **change))  # type: ignore[arg-type]

    assert list(found) == [field]
    assert said in found[field][0]


def test_a_worker_has_no_port_and_no_check() -> None:
    found = errors(replace(WORKER, port=8080, health_path="/"))

    assert list(found) == ["port", "health_path"]


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": "tcp"},
        {"ports": {"metrics": 1}},
        {"check_interval_s": 3},
        {"check_timeout_s": 3},
        {"drain_s": 9},
    ],
)
def test_a_worker_has_nothing_of_what_is_asked_from_outside(change: dict[str, object]) -> None:
    found = errors(replace(WORKER, **change))  # type: ignore[arg-type]

    assert list(found) == list(change)
    assert "A worker has no" in str(found)


def test_tcp_is_for_cells_in_which_names_resolve_and_has_no_path() -> None:
    assert "choose http" in errors(TCP, resolves=False)["protocol"][0]
    assert "leave it empty" in errors(replace(TCP, health_path="/x"))["health_path"][0]


def test_an_image_has_each_port_once_and_may_name_its_own_users() -> None:
    assert errors(replace(IMAGE, user="0:0"), ("docker",)) == {}
    assert errors(replace(IMAGE, user="1000"), ("docker",)) == {}
    for ports in ({"metrics": 8080}, {"metrics": 9100, "debug": 9100}):
        found = errors(replace(IMAGE, ports=ports), ("docker",))
        assert "give each its own" in found["ports"][0]


def test_a_port_is_named_so_that_consul_takes_its_entry() -> None:
    room = 63 - len("shop-production-web--")
    assert room > 15, "this app's names are short"
    found = service_errors(
        replace(GOOD, ports={"metrics": 9100}),
        limits=LIMITS,
        taken=(),
        drivers=("raw_exec",),
        inside=f"{'a' * 24}-{'b' * 15}",
    )
    assert found == {}
    found = service_errors(
        replace(GOOD, name="c" * 15, ports={"metrics": 9100}),
        limits=LIMITS,
        taken=(),
        drivers=("raw_exec",),
        inside=f"{'a' * 24}-{'b' * 15}",
    )
    assert "shorten the name to 5 or fewer" in found["ports"][0]


def test_a_cluster_of_containers_takes_images_only() -> None:
    image = replace(GOOD, artifact_id=None, image="nginx:1", command="")

    assert errors(image, ("docker",)) == {}
    assert "artifact" in errors(GOOD, ("docker",))
    assert "image" in errors(replace(GOOD, artifact_id=None), ("docker",))
    assert "image" in errors(replace(image, image="has space"), ("docker",))


def test_all_errors_are_said_at_once() -> None:
    found = errors(replace(GOOD, name="Web", port=0, memory_mb=0))

    assert set(found) == {"name", "port", "memory_mb"}
