from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.workers import runs_several, takes_jobs, workers
from tests.platform_admin.rules.checklist.made import API, GOOD, WEB, WORKER, doc, drafted


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("honcho", "start"), "honcho"),
        (("/usr/bin/supervisord", "-n"), "supervisord"),
        (("python3", "web.py", "&", "python3", "work.py"), "&"),
        (("sh", "-c", "python3 web.py & python3 work.py"), "&"),
        (("bash", "-lc", "a & wait"), "&"),
        (("sh", "-c", "migrate && exec serve"), ""),
        (("sh", "-c", "serve > log 2>&1"), ""),
        (("sh", "-c", "serve &> log"), ""),
        (("serve", "--query", "a=1&b=2"), ""),
        (("python3", "foreman_report.py"), ""),
    ],
)
def test_a_command_runs_one_program_or_several(command: tuple[str, ...], word: str) -> None:
    assert runs_several(doc("web", command=command)) == word


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("celery", "-A", "shop", "worker"), "celery"),
        (("python3", "manage.py", "rqworker", "orders"), "rqworker"),
        (("/opt/bin/rq", "worker", "orders"), "rq worker"),
        (("rq", "info"), ""),
        (("gunicorn", "web:app", "--workers", "3"), ""),
        (("gunicorn", "worker"), ""),
    ],
)
def test_a_command_takes_jobs_or_does_not(command: tuple[str, ...], word: str) -> None:
    assert takes_jobs(doc("web", command=command)) == word


def test_a_web_service_that_starts_several_is_named() -> None:
    found = workers(drafted(command=("honcho", "start")))

    assert found.word == "no"
    assert "web: its command starts several programs in one instance (honcho)" in found.evidence
    assert found.where == (Place("service_settings", "web"),)


def test_the_same_command_of_the_same_program_is_one_service_twice() -> None:
    same = {"command": WORKER.doc.command, "artifact": WORKER.doc.artifact}

    assert "web runs the same command as worker" in workers(drafted(**same)).evidence
    assert workers(drafted(command=WORKER.doc.command)).word == "yes"


def test_a_web_service_that_takes_jobs_is_named() -> None:
    found = workers(drafted(command=("rq", "worker", "orders")))

    assert "web is a web service, but its command takes jobs (rq worker)" in found.evidence


def test_a_queue_whose_worker_was_never_live_is_named() -> None:
    found = workers(replace(GOOD, services=(WEB, replace(WORKER, live=None))))

    assert found.evidence == "worker should take the jobs of orders, but was never live."
    assert found.where == (Place("plan"),)


def test_the_evidence_counts_both() -> None:
    assert workers(GOOD).evidence == (
        "1 worker for the jobs of orders, and 2 services with a port. Each command starts one"
        " program."
    )
    assert workers(replace(GOOD, services=(API,))).evidence.startswith("No worker, and 1 service")
