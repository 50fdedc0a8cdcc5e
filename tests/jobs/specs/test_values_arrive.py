"""What people type arrives in a real task as they typed it: variables and arguments."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

import pytest

from jobs.document import ServiceDoc
from jobs.specs import release_command_job, service_job, variable_keys, variable_path
from tests.jobs.agents import Cluster, until
from tests.jobs.specs.cases import HOST

VALUES = {
    "QUOTES": "he said \"hi\" and 'ho'",
    "NEWLINES": "two\nlines\r\n\tand a tab\n",
    "HASH": "a # b",
    "DOLLAR": "$HOME ${HOME} ${node.class} $$",
    "BRACES": '{{x}} {{ .HASH }} {{ key "a" }}',
    "PERCENT": "%{z} 100%",
    "EQUALS": "=a=b= ",
    "EMPTY": "",
    "BACKSLASHES": "\\n \\\\ \\",
    "UNICODE": "ünï✓ \u2028 \U0001f600",
    "CONTROLS": "\x01\x1b\x7f",
    "TICKS": "`ls` $(ls) <no value> & <b>",
    "LONG": "0123456789abcdef" * 1280,
    "QUOTES_AND_NEWLINES": ("\"'\n=#$\\`{{\r\n}}" * 2560)[: 30 * 1024],
}
ARGUMENTS = (
    "${HOME:-x}",
    '${upper("abc")}',
    "%{Y}",
    "~%{ if true }",
    "$${a}",
    "$$${a}",
    "%%{b}",
    "$%{",
    "\\${x}",
    "$PORT",
    "$",
    "100%",
    "a\nb",
    '"q"',
    "{{x}}",
    "é",
    "",
)
_TELL = (
    "import json, os, sys;"
    "print(json.dumps([sys.argv[1:], {key: os.environ.get(key) for key in %r}]), flush=True);"
)
_STAY = "import time; time.sleep(3600)"


def told(cluster: Cluster, job: dict[str, Any]) -> Any:
    """What the job's one instance printed, as JSON; the job and its Variable are gone after."""
    nomad, namespace, job_id = cluster.nomad, job["Namespace"], job["ID"]
    nomad.put_variable(namespace, variable_path(job_id), VALUES, cas=None)
    try:
        nomad.register(job)
        return json.loads(until(lambda: _printed(cluster, namespace, job_id), within_s=30))
    finally:
        nomad.stop(namespace, job_id, purge=True)
        nomad.delete_variable(namespace, variable_path(job_id))


def _printed(cluster: Cluster, namespace: str, job_id: str) -> str:
    logs = [
        cluster.nomad.logs(alloc.id) for alloc in cluster.nomad.job_allocations(namespace, job_id)
    ]
    return next((log for log in logs if log.endswith("\n")), "")


@pytest.fixture
def service() -> ServiceDoc:
    """A worker with every nasty value, whose program tells what it got and then stays."""
    tell = _TELL % list(VALUES)
    command = (sys.executable, "-c", tell + _STAY, *ARGUMENTS)
    return ServiceDoc(
        name=f"w{uuid.uuid4().hex[:8]}",
        kind="worker",
        command=command,
        release_command=(sys.executable, "-c", tell, *ARGUMENTS),
        kill_timeout_s=1,
        variables=VALUES,
    )


def test_variables_and_arguments_of_a_service_arrive_unchanged(
    cluster: Cluster, service: ServiceDoc
) -> None:
    assert set(variable_keys(service)) == set(VALUES)
    assert len(VALUES["QUOTES_AND_NEWLINES"]) == 30 * 1024
    shop: dict[str, Any] = {"app": "shop", "environment": "production", "place": HOST}
    job = service_job(service, colour="blue", release=1, count=1, **shop)
    assert told(cluster, job) == [list(ARGUMENTS), VALUES]


def test_variables_and_arguments_of_a_release_command_arrive_unchanged(
    cluster: Cluster, service: ServiceDoc
) -> None:
    shop: dict[str, Any] = {"app": "shop", "environment": "production", "place": HOST}
    job = release_command_job(service, deployment=1, **shop)
    assert told(cluster, job) == [list(ARGUMENTS), VALUES]
