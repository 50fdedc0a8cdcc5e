"""Each job, registered and read back: a cluster drops the keys that it does not know in silence.

Against the local cluster always, and against real agents where they are at hand.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from jobs.nomad import Nomad
from jobs.nomad.texts import lends_no_memory
from jobs.specs import consul_entries, variable_path, with_slug, without_slug
from tests.jobs.agents import Cluster
from tests.jobs.specs.cases import jobs
from tests.jobs.specs.test_golden import FOLDER

NAMES = sorted(jobs())


def missing(rendered: Any, stored: Any, path: str = "job") -> list[str]:
    """The paths of all that was sent and does not stand there with its value."""
    if isinstance(rendered, dict) and isinstance(stored, dict):
        pairs = [(key, rendered[key], stored.get(key)) for key in rendered]
    elif isinstance(rendered, list) and isinstance(stored, list) and len(rendered) == len(stored):
        pairs = [(str(i), *pair) for i, pair in enumerate(zip(rendered, stored, strict=True))]
    else:
        return [] if rendered == stored else [f"{path}: sent {rendered!r}, stands {stored!r}"]
    return [found for key, sent, got in pairs for found in missing(sent, got, f"{path}.{key}")]


@contextmanager
def registered(nomad: Nomad, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The job as Nomad stores it; an id of its own keeps what runs there already out of this."""
    # No count: what the tasks do is another question, and some name what does not exist.
    group = {**job["TaskGroups"][0], "Count": 0}
    job_id = f"{job['ID']}-{uuid.uuid4().hex[:6]}"
    mine = {**job, "ID": job_id, "Name": job_id, "TaskGroups": [group]}
    nomad.register(mine)
    try:
        stored = nomad.job(job["Namespace"], job_id)
        assert stored is not None
        yield {"sent": mine, "stored": dict(stored.spec)}
    finally:
        nomad.stop(job["Namespace"], job_id, purge=True)


def for_this(cluster: Cluster, name: str) -> None:
    """A skip of what the local cluster is not made for: it runs no containers."""
    if cluster.kind == "local" and name.endswith("_image"):
        pytest.skip("the local cluster has no container driver")


@pytest.mark.parametrize("name", NAMES)
def test_every_rendered_key_is_found_again_with_its_value(cluster: Cluster, name: str) -> None:
    for_this(cluster, name)
    with registered(cluster.nomad, jobs()[name]) as job:
        assert missing(job["sent"], job["stored"]) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_registration_warns_of_memory_that_the_cluster_does_not_lend_alone(
    cluster: Cluster, name: str
) -> None:
    for_this(cluster, name)
    with registered(cluster.nomad, jobs()[name]) as job:
        warnings = cluster.nomad.register(job["sent"]).warnings
        assert cluster.nomad.plan(job["sent"]).warnings == warnings
        if "MemoryMaxMB" in job["sent"]["TaskGroups"][0]["Tasks"][0]["Resources"]:
            # A cluster that was given may be set to lend it.
            assert not warnings or lends_no_memory(warnings)
        else:
            assert warnings == ""


def test_a_misspelt_key_would_be_found() -> None:
    sent = {"TaskGroups": [{"Name": "main", "Disconect": {"Replace": True}}]}
    stored = {"TaskGroups": [{"Name": "main", "Disconnect": None, "Count": 0}]}
    assert missing(sent, stored) == [
        "job.TaskGroups.0.Disconect: sent {'Replace': True}, stands None"
    ]


def test_the_slug_comes_and_goes_on_the_stored_job(cluster: Cluster) -> None:
    slug = f"shop-production-{uuid.uuid4().hex[:8]}"
    with registered(cluster.nomad, jobs()["web"]) as job:
        added = with_slug(job["stored"], slug)
        cluster.nomad.register(added)
        bearing = cluster.nomad.job(added["Namespace"], added["ID"])
        assert bearing is not None
        colour, named = consul_entries(dict(bearing.spec))
        assert (named["Name"], named["Tags"]) == (slug, [])
        assert (named["Meta"], named["Checks"]) == (colour["Meta"], colour["Checks"])
        cluster.nomad.register(without_slug(dict(bearing.spec), slug))
        bare = cluster.nomad.job(added["Namespace"], added["ID"])
        assert bare is not None
        assert consul_entries(dict(bare.spec)) == [colour]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", [["plan"], ["run", "-detach"]])
def test_the_command_line_takes_the_golden_file_as_it_stands(
    cluster: Cluster, name: str, command: list[str]
) -> None:
    if cluster.kind != "dev":
        # A cluster that was given may run jobs of these very names.
        pytest.skip("needs nomad and consul on the PATH, to start agents of its own")
    address = cluster.nomad._door._settings.address
    line = ["nomad", "job", *command, "-json", f"-address={address}"]
    job = jobs()[name]
    try:
        done = subprocess.run(
            [*line, str(FOLDER / f"{name}.json")], capture_output=True, text=True, check=False
        )
        # A plan says 1 where it would change something.
        assert done.returncode in ((0, 1) if command == ["plan"] else (0,)), done.stderr
        assert "Error" not in done.stderr
    finally:
        cluster.nomad.stop(job["Namespace"], job["ID"], purge=True)


def test_the_variable_of_a_job_lies_where_only_that_job_reads() -> None:
    job = jobs()["web"]
    (template,) = job["TaskGroups"][0]["Tasks"][0]["Templates"]
    assert f'"{variable_path(job["ID"])}"' in template["EmbeddedTmpl"]
