"""The golden jobs on a real Nomad: each planned, and run where their driver is at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.specs import variable_path
from tests.jobs import agents
from tests.jobs.agents import Cluster, until
from tests.jobs.specs.golden_files import archives, at_hand, keys
from tests.jobs.specs.test_golden import FOLDER
from tests.jobs.specs.test_service_runs import served

pytestmark = [pytest.mark.real, pytest.mark.full, pytest.mark.timeout(300)]

JOBS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))
}
ELSEWHERE = {"postgres", "postgres_bound", "postgres_isolated"}
"""They need a folder of their own: tests/jobs/resources runs one."""


def driver(job: dict[str, Any]) -> str:
    return str(job["TaskGroups"][0]["Tasks"][0]["Driver"])


RUN = sorted(
    name for name, job in JOBS.items() if driver(job) == "raw_exec" and name not in ELSEWHERE
)
PLANNED = [pytest.param(name, id=f"{name}-by-{driver(JOBS[name])}") for name in JOBS]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Real agents of our own: these jobs have the very names of a shop that may be live."""
    if agents.given():
        pytest.skip("the environment names a cluster, which may run jobs of these names")
    with agents.cluster("real", tmp_path_factory.mktemp("real")) as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is served."""
    found = tmp_path_factory.mktemp("served")
    (found / "artifacts").mkdir()
    return found


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """Where the archives are served."""
    with served(folder) as found:
        yield found


@pytest.fixture(scope="module")
def hashes(folder: Path) -> dict[str, str]:
    """The archives' SHA-256, by format."""
    return archives(folder / "artifacts")


@pytest.mark.parametrize("name", PLANNED)
def test_it_is_planned_without_a_warning_but_for_what_nomad_must_be_set_to(
    real: Cluster, name: str
) -> None:
    """The containers' jobs go no further: no container driver is at hand."""
    plan = real.nomad.plan(JOBS[name])
    assert "unknown" not in plan.warnings.lower()


@pytest.mark.parametrize("name", RUN)
def test_it_runs(real: Cluster, url: str, hashes: dict[str, str], name: str) -> None:
    job = at_hand(JOBS[name], url, hashes)
    if job["TaskGroups"][0]["Tasks"][0].get("User") and os.geteuid() != 0:
        pytest.skip("only root runs a task as another user")
    runs(real, job)


@pytest.mark.parametrize("name", ["worker", "web", "run"])
def test_it_runs_isolated(real: Cluster, url: str, hashes: dict[str, str], name: str) -> None:
    if not any("exec" in node.drivers for node in real.nomad.nodes()):
        pytest.skip("the driver exec is not healthy here: it needs root and control groups")
    job = at_hand(JOBS[name], url, hashes)
    job["TaskGroups"][0]["Tasks"][0]["Driver"] = "exec"
    runs(real, job)


def runs(real: Cluster, job: dict[str, Any]) -> None:
    """Register it with its Variable and see its instance run, pass its checks or end well."""
    nomad, namespace, job_id = real.nomad, job["Namespace"], job["ID"]
    path = variable_path(job_id)
    values = dict.fromkeys(keys(job), "a value")
    if values:
        nomad.put_variable(namespace, path, values, cas=None)
    try:
        nomad.register(job)
        watched = nomad.force(namespace, job_id) if "Periodic" in job else job_id
        until(lambda: ended_well(real, namespace, watched, job), within_s=90)
    finally:
        nomad.stop(namespace, job_id, purge=True)
        if values:
            nomad.delete_variable(namespace, path)


def ended_well(real: Cluster, namespace: str, job_id: str, job: dict[str, Any]) -> bool:
    """Whether it is where it should be; fails at once where an instance failed."""
    found = real.nomad.job_allocations(namespace, job_id)
    failed = [each for each in found if each.client_status == "failed"]
    assert not failed, [event for each in failed for event in real.nomad.events(each.id)]
    if job["Type"] == "batch":
        return any(each.client_status == "complete" for each in found)
    listens = job["TaskGroups"][0]["Tasks"][0].get("Services")
    return any(each.running for each in found) and (
        not listens or bool(real.consul.health(listens[0]["Name"]))
    )
