"""What holds for the job of any service that a document may describe."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.document import ConstraintDoc, LinkDoc, PortDoc, SecretRef, ServiceDoc
from jobs.specs import release_command_job, service_job, variable_keys
from jobs.specs.names import ONE_JOB
from jobs.specs.service import KINDS
from tests.jobs.specs.cases import API, BARE, CONTAINERS, HOST, IMAGE, WEB, WORKER

SHOP: dict[str, Any] = {"app": "shop", "environment": "production"}
HOUR = 3600 * 10**9

limits = st.integers(1, 10**6)
kinds = st.sampled_from(sorted(set(KINDS) - ONE_JOB))
typed = st.text(max_size=20) | st.text('$%{}\\"\n a', max_size=20)
ESCAPES = re.compile(r"\$\$\{|%%\{")


def made(service: ServiceDoc, **more: Any) -> dict[str, Any]:
    """The blue job of a service on the nodes' own drivers."""
    given: dict[str, Any] = {"colour": "blue", "release": 1, "place": HOST, **more}
    return service_job(service, **SHOP, **given)


def group(job: dict[str, Any]) -> dict[str, Any]:
    """The job's one group."""
    (found,) = job["TaskGroups"]
    return dict(found)


def task(job: dict[str, Any]) -> dict[str, Any]:
    """The job's one task."""
    (found,) = group(job)["Tasks"]
    return dict(found)


@settings(deadline=None)
@given(kinds, limits, limits)
def test_nomad_makes_no_deployment_and_its_deadlines_fit_each_other(
    kind: str, start_s: int, kill_s: int
) -> None:
    service = ServiceDoc(
        "x", kind, command=("x",), port=80, start_limit_s=start_s, kill_timeout_s=kill_s
    )
    job = made(service)
    rules = group(job)["Update"]
    for where in (job["Update"], rules):
        assert (where["MaxParallel"], where["Canary"]) == (0, 0)
    assert rules["ProgressDeadline"] > task(job)["KillTimeout"] == kill_s * 10**9
    assert rules["MinHealthyTime"] < rules["HealthyDeadline"] < rules["ProgressDeadline"]


@pytest.mark.parametrize("service", [WEB, API, WORKER], ids=lambda one: one.kind)
def test_an_instance_is_kept_and_another_one_runs_while_its_node_is_cut_off(
    service: ServiceDoc,
) -> None:
    cut_off = {"LostAfter": HOUR, "Replace": True, "Reconcile": "keep_original"}
    assert group(made(service))["Disconnect"] == cut_off


@pytest.mark.parametrize("service", [WEB, API, WORKER], ids=lambda one: one.kind)
def test_what_keeps_failing_is_tried_again_at_least_every_two_minutes(
    service: ServiceDoc,
) -> None:
    rules = group(made(service))["ReschedulePolicy"]
    assert (rules["Unlimited"], rules["DelayFunction"]) == (True, "constant")
    assert rules["Delay"] <= rules["MaxDelay"] <= 120 * 10**9


def test_a_service_with_a_port_is_out_of_consul_before_it_is_told_to_stop() -> None:
    for service in (WEB, API):
        assert task(made(service))["ShutdownDelay"] == HOST.shutdown_delay_s * 10**9
    assert "ShutdownDelay" not in task(made(WORKER))


@pytest.mark.parametrize("service", [WEB, API, WORKER], ids=lambda one: one.kind)
def test_every_task_is_told_to_stop_by_the_same_signal(service: ServiceDoc) -> None:
    assert task(made(service))["KillSignal"] == "SIGTERM"


@pytest.mark.parametrize("service", [WEB, API, WORKER], ids=lambda one: one.kind)
def test_only_the_entry_in_consul_tells_the_release(service: ServiceDoc) -> None:
    one, two = made(service, release=1), made(service, release=2)
    for job in (one, two):
        for entry in task(job).get("Services", ()):
            del entry["Meta"]["release"]
    assert one == two


def test_a_count_is_no_part_of_a_job_but_where_it_is_asked_for() -> None:
    assert group(made(WEB))["Count"] == 0
    assert group(made(WEB, count=3))["Count"] == 3
    bounds = group(made(WEB))["Scaling"]
    assert (bounds["Min"], bounds["Max"]) == (0, HOST.largest_count)


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Z]{1,5}", fullmatch=True), st.text(min_size=8)))
def test_no_value_stands_in_a_job_and_every_name_in_its_template(values: dict[str, str]) -> None:
    job = made(ServiceDoc("x", "worker", command=("x",), variables=values))
    bare = made(ServiceDoc("x", "worker", command=("x",), variables=dict.fromkeys(values, "")))
    assert job == bare
    text = "".join(one["EmbeddedTmpl"] for one in task(job).get("Templates", ()))
    assert [line.split("=")[0] for line in text.splitlines()[1:-1]] == sorted(values)


def test_the_keys_are_those_of_variables_secrets_and_links() -> None:
    service = ServiceDoc(
        "x",
        "worker",
        variables={"B": "1", "D": "2"},
        secrets={"A": SecretRef("service", 1), "D": SecretRef("service", 1)},
        links=(LinkDoc("C", "store"),),
    )
    assert variable_keys(service) == ("A", "B", "C", "D")


def test_a_service_without_variables_reads_none() -> None:
    assert variable_keys(BARE) == ()
    assert "Templates" not in task(
        service_job(BARE, colour="blue", release=1, place=CONTAINERS, **SHOP)
    )


def test_a_release_command_is_tried_once_and_replaced_never() -> None:
    job = release_command_job(API, deployment=3, place=HOST, **SHOP)
    rules = group(job)
    assert (rules["RestartPolicy"]["Attempts"], rules["RestartPolicy"]["Mode"]) == (0, "fail")
    assert rules["ReschedulePolicy"] == {"Attempts": 0, "Unlimited": False}
    assert rules["Disconnect"]["Replace"] is False
    assert "Update" not in job
    assert "Update" not in rules


def test_a_release_command_has_the_services_variables_and_source_but_no_port() -> None:
    job = release_command_job(API, deployment=3, place=HOST, **SHOP)
    service = task(made(API))
    assert task(job)["Artifacts"] == service["Artifacts"]
    assert task(job)["Config"]["command"] == "python3"
    assert "nomad/jobs/shop-production-api--cmd-3" in task(job)["Templates"][0]["EmbeddedTmpl"]
    assert {"Services", "ShutdownDelay"}.isdisjoint(task(job))
    assert "Networks" not in group(job)


def test_a_container_without_a_command_runs_what_its_image_says() -> None:
    job = service_job(BARE, colour="blue", release=1, place=CONTAINERS, **SHOP)
    assert task(job)["Config"] == {"image": BARE.image}


@pytest.mark.parametrize(
    ("service", "place", "what"),
    [(IMAGE, HOST, None), (WEB, CONTAINERS, "has no image"), (BARE, HOST, "has no command")],
)
def test_a_driver_says_what_it_misses(service: ServiceDoc, place: Any, what: str | None) -> None:
    if what is None:
        assert task(made(service, place=place))["Driver"] == "raw_exec"
        return
    with pytest.raises(ValueError, match=what):
        made(service, place=place)


@settings(deadline=None)
@given(kinds, typed, typed)
def test_whatever_is_typed_is_json_and_leaves_nomad_nothing_to_evaluate(
    kind: str, word: str, path: str
) -> None:
    service = ServiceDoc("x", kind, command=("x", word), port=80, health_path=f"/${{{path}")
    job = json.loads(json.dumps(made(service)))
    typed_words = () if kind == "static" else task(job)["Config"].get("args", ())
    for argument in typed_words:
        assert unescaped(argument) == word
    for entry in task(job).get("Services", ()):
        assert "${" not in entry["Checks"][0]["Path"]


def unescaped(text: str) -> str:
    """What HCL makes of a text; fails where it would evaluate something."""
    rest = ESCAPES.sub("|", text)
    assert "${" not in rest
    assert "%{" not in rest
    return ESCAPES.sub(lambda found: found[0][1:], text)


@pytest.mark.parametrize(("asked", "found"), [(None, 5), (2, 5), (9, 9)])
def test_an_instance_drains_for_as_long_as_the_edge_needs_at_least(
    asked: int | None, found: int
) -> None:
    assert task(made(replace(WEB, drain_s=asked)))["ShutdownDelay"] == found * 10**9


def test_a_container_is_told_the_ports_that_it_maps_and_a_process_the_nodes() -> None:
    ports = (PortDoc("metrics", 9100),)
    contained = made(replace(IMAGE, ports=ports), place=CONTAINERS)
    (network,) = group(contained)["Networks"]
    mapped = [{"Label": "http", "To": 8000}, {"Label": "metrics", "To": 9100}]
    assert network["DynamicPorts"] == mapped
    assert task(contained)["Config"]["ports"] == ["http", "metrics"]
    (network,) = group(made(replace(WEB, ports=ports)))["Networks"]
    assert network["DynamicPorts"] == [{"Label": "http"}, {"Label": "metrics"}]
    for job in (contained, made(replace(WEB, ports=ports))):
        assert task(job)["Env"]["PORT_METRICS"] == "${NOMAD_PORT_metrics}"


def test_a_release_command_listens_nowhere() -> None:
    service = replace(IMAGE, ports=(PortDoc("metrics", 9100),))
    job = release_command_job(service, **SHOP, deployment=1, place=CONTAINERS)
    assert "ports" not in task(job)["Config"]
    assert "Networks" not in group(job)


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("./serve", "app/serve"),
        ("bin/serve", "app/bin/serve"),
        ("python3", "python3"),
        ("/bin/sh", "/bin/sh"),
    ],
)
def test_a_program_of_the_archive_is_named_as_nomad_finds_it(program: str, found: str) -> None:
    assert task(made(replace(WORKER, command=(program,))))["Config"]["command"] == found
    bare = replace(WORKER, artifact=None, archive=None, command=(program,))
    assert task(made(bare))["Config"]["command"] == program


def test_an_archive_becomes_the_users_where_the_service_names_one() -> None:
    [archive] = task(made(replace(WORKER, user="nobody")))["Artifacts"]
    assert archive["Chown"] is True
    assert "Chown" not in task(made(WORKER))["Artifacts"][0]


@pytest.mark.parametrize("attribute", ["meta.rack", "${meta.rack}"])
def test_an_attribute_is_interpolated_by_nomad(attribute: str) -> None:
    service = replace(WEB, constraints=(ConstraintDoc(attribute, "=", "r1"),), spread=attribute)
    job = made(service)
    held = {"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "r1"}
    assert job["Constraints"] == [held]
    assert job["Spreads"] == [{"Attribute": "${meta.rack}", "Weight": 100}]
