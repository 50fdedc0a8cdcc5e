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


def errors(fields: ServiceFields, drivers: tuple[str, ...] = ("raw_exec",)) -> dict[str, list[str]]:
    return service_errors(fields, limits=LIMITS, taken={"api", "cache"}, drivers=drivers)


@pytest.mark.parametrize(
    "fields",
    [
        GOOD,
        WORKER,
        replace(GOOD, kind="private", health_path="/healthz?deep=1"),
        replace(GOOD, minimum=0, maximum=10),
        replace(GOOD, port=65535, memory_mb=1024, cpu_mhz=2000),
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


def test_a_cluster_of_containers_takes_images_only() -> None:
    image = replace(GOOD, artifact_id=None, image="nginx:1", command="")

    assert errors(image, ("docker",)) == {}
    assert "artifact" in errors(GOOD, ("docker",))
    assert "image" in errors(replace(GOOD, artifact_id=None), ("docker",))
    assert "image" in errors(replace(image, image="has space"), ("docker",))


def test_all_errors_are_said_at_once() -> None:
    found = errors(replace(GOOD, name="Web", port=0, memory_mb=0))

    assert set(found) == {"name", "port", "memory_mb"}
