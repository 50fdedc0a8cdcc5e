"""The stand-in for Nomad with real processes: what survives, what ends, and in which order."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from .processes import KEEPER_TOKEN, Cluster, events, job, running, until

SLEEP = "import time; print('up', flush=True); time.sleep(600)"
WEB = """
import http.server, os, signal, sys, time
def bye(*_):
    print("SIGTERM", time.time(), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, bye)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["NOMAD_PORT_http"])), Page).serve_forever()
"""
SERVICE: dict[str, Any] = {
    "Name": "shop-test-web", "PortLabel": "http", "Provider": "consul", "Tags": ["a=b"],
    "Checks": [{"Type": "http", "Path": "/", "Interval": 10**9, "Timeout": 10**9}],
}  # fmt: skip


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def pid_of(cluster: Cluster, alloc: dict[str, Any]) -> int:
    """The process that the allocation runs, as the task itself printed it."""
    return int(until(lambda: cluster.log(alloc)).split()[0])


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody fetched does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


PID = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


def test_a_killed_api_finds_its_tasks_and_their_ends_again(tmp_path: Path) -> None:
    with running(tmp_path) as cluster:
        cluster.register(job("stays", PID))
        cluster.register(job("ends", PID, kind="batch"))
        stays, ends = cluster.one("stays", "running"), cluster.one("ends", "running")
        pids = [pid_of(cluster, alloc) for alloc in (stays, ends)]
        cluster.kill("nomad_api")
        os.kill(pids[1], signal.SIGKILL)
        cluster.start("nomad_api")
        until(cluster.ready)
        again = cluster.one("stays", "running")
        assert again["ID"] == stays["ID"]
        assert events(again) == events(stays)
        assert alive(pids[0])
        until(lambda: "Terminated" in events(cluster.allocations("ends")[0]))
        gone = cluster.allocations("ends")[0]
        ended = next(e for e in gone["TaskStates"]["main"]["Events"] if e["Type"] == "Terminated")
        assert (ended["ExitCode"], ended["Signal"]) == (137, 9)


@pytest.mark.full
def test_an_api_that_lost_its_state_ends_what_it_knows_nothing_of(tmp_path: Path) -> None:
    with running(tmp_path) as cluster:
        cluster.register(job("lost", PID))
        pid = pid_of(cluster, cluster.one("lost", "running"))
        cluster.kill("nomad_api")
        (tmp_path / "nomad.json").unlink()

        cluster.start("nomad_api")

        until(lambda: not alive(pid), 30)
        until(cluster.ready)
        assert cluster.allocations("lost") == []


def test_everything_ends_when_the_keepers_pipe_closes(tmp_path: Path) -> None:
    with running(tmp_path) as cluster:
        cluster.register(job("deaf", "import signal; signal.signal(15, signal.SIG_IGN)\n" + PID))
        pid = pid_of(cluster, cluster.one("deaf", "running"))
        pipe = cluster.processes["keeper"].stdin
        assert pipe is not None
        pipe.close()
        cluster.processes["keeper"].wait(timeout=15)
        assert not alive(pid)


def test_a_new_keeper_ends_what_a_killed_one_left_and_the_task_starts_again(tmp_path: Path) -> None:
    with running(tmp_path) as cluster:
        cluster.register(job("orphan", PID))
        pid = pid_of(cluster, cluster.one("orphan", "running"))
        cluster.kill("keeper")
        assert alive(pid)
        cluster.start("keeper")
        until(lambda: not alive(pid))
        until(lambda: events(cluster.allocations("orphan")[0]).count("Started") == 2)


def test_a_killed_task_is_started_again(cluster: Cluster) -> None:
    cluster.register(job("killed", PID))
    pid = pid_of(cluster, cluster.one("killed", "running"))
    os.kill(pid, signal.SIGKILL)
    until(lambda: len(cluster.log(cluster.allocations("killed")[0]).split()) == 2)
    found = cluster.one("killed", "running")
    assert events(found)[-4:] == ["Started", "Terminated", "Restarting", "Started"]
    assert found["TaskStates"]["main"]["Restarts"] == 1


def test_a_stopped_task_leaves_consul_first_then_waits_then_gets_the_signal(
    cluster: Cluster,
) -> None:
    delay = 10**9
    cluster.register(job("order", WEB, Services=[SERVICE], ShutdownDelay=delay))
    alloc = cluster.one("order", "running")
    until(lambda: cluster.consul("/v1/health/service/shop-test-web?passing=1"))
    cluster.ask("DELETE", "/v1/job/order")
    until(lambda: not cluster.consul("/v1/health/service/shop-test-web"))
    draining = cluster.allocations("order")[0]
    assert (draining["DesiredStatus"], draining["ClientStatus"]) == ("stop", "pending")
    assert "SIGTERM" not in cluster.log(alloc)
    found = cluster.one("order", "complete")
    assert events(found)[-4:] == ["Killing", "Waiting for shutdown delay", "Terminated", "Killed"]
    waited = next(e for e in found["TaskStates"]["main"]["Events"] if e["Type"].startswith("Wait"))
    heard = float(cluster.log(alloc).split()[-1])
    assert heard * 10**9 >= waited["Time"] + delay


def test_a_services_meta_and_checks_change_in_place(cluster: Cluster) -> None:
    named = {**SERVICE, "Name": "shop-test-api"}
    cluster.register(job("place", WEB, Services=[named]))
    alloc = cluster.one("place", "running")
    until(lambda: cluster.consul("/v1/health/service/shop-test-api?passing=1"))
    changed = {
        **named,
        "Meta": {"release": "2"},
        "Checks": [{**SERVICE["Checks"][0], "Path": "/b"}],
    }
    cluster.register(job("place", WEB, Services=[changed]))

    def shown() -> bool:
        found = cluster.consul("/v1/health/service/shop-test-api?passing=1")
        return bool(found) and found[0]["Service"]["Meta"].get("release") == "2"

    until(shown)
    (entry,) = cluster.consul("/v1/health/service/shop-test-api")
    assert [c["Output"].split()[2] for c in entry["Checks"][1:]] == [
        f"http://127.0.0.1:{entry['Service']['Port']}/b:"
    ]
    assert cluster.one("place", "running")["ID"] == alloc["ID"]


def test_a_task_that_ignores_the_signal_is_killed_with_its_whole_group(cluster: Cluster) -> None:
    script = (
        "import os, signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(os.getpid(), child.pid, flush=True); time.sleep(600)"
    )
    cluster.register(job("deaf", script, KillTimeout=3 * 10**8))
    alloc = cluster.one("deaf", "running")
    pids = [int(pid) for pid in until(lambda: cluster.log(alloc)).split()]
    cluster.ask("DELETE", "/v1/job/deaf")
    found = cluster.one("deaf", "complete")
    ended = next(e for e in found["TaskStates"]["main"]["Events"] if e["Type"] == "Terminated")
    assert ended["Signal"] == signal.SIGKILL
    until(lambda: not any(alive(pid) for pid in pids))


def test_a_task_sees_nothing_of_the_environment_that_the_cluster_runs_in(cluster: Cluster) -> None:
    script = "import json, os; print(json.dumps(dict(os.environ)), flush=True)"
    cluster.register(job("env", script, kind="batch", Env={"OWN": "${NOMAD_TASK_NAME}"}))
    alloc = cluster.one("env", "complete")
    text = cluster.log(alloc)
    names = {name for name in json.loads(text) if not name.startswith("NOMAD_")}
    assert names - {"LC_CTYPE"} == {"PATH", "HOME", "OWN"}
    for secret in (KEEPER_TOKEN, "nomad-of-a-test", "consul-of-a-test", "not-for-tasks"):
        assert secret not in text


def test_a_service_that_consul_lost_is_registered_again(tmp_path: Path) -> None:
    with running(tmp_path) as cluster:
        cluster.register(job("web", WEB, Services=[SERVICE]))
        until(lambda: cluster.consul("/v1/health/service/shop-test-web?passing=1"))
        cluster.kill("consul_api")
        (tmp_path / "consul.json").unlink()
        cluster.start("consul_api")
        until(cluster.ready)
        until(lambda: cluster.consul("/v1/health/service/shop-test-web?passing=1"))


def test_a_job_too_large_waits_until_there_is_room(tmp_path: Path) -> None:
    with running(tmp_path, "--memory-mb", "100") as cluster:
        first, second = (job(name, PID, Resources={"CPU": 20, "MemoryMB": 60}) for name in "ab")
        cluster.register(first)
        evaluation = cluster.ask(
            "GET", f"/v1/evaluation/{cluster.register(second)['EvalID']}"
        ).json()
        assert evaluation["FailedTGAllocs"]["main"]["DimensionExhausted"] == {"memory": 1}
        assert evaluation["BlockedEval"]
        assert cluster.ask("GET", "/v1/job/b").json()["Status"] == "pending"
        cluster.ask("DELETE", "/v1/job/a")
        cluster.one("b", "running")
        assert cluster.ask("GET", "/v1/job/b").json()["Status"] == "running"


def test_a_failed_task_is_replaced_after_the_reschedule_delay(cluster: Cluster) -> None:
    fails = job("fails", "raise SystemExit(1)")
    fails["TaskGroups"][0]["RestartPolicy"] = {"Attempts": 0, "Mode": "fail"}
    policy = {"Unlimited": True, "Delay": 10**9 // 2, "DelayFunction": "constant"}
    fails["TaskGroups"][0]["ReschedulePolicy"] = policy
    cluster.register(fails)
    first, second = until(
        lambda: cluster.allocations("fails")[:2][1:] and cluster.allocations("fails")
    )[:2]
    assert (first["ClientStatus"], first["NextAllocation"]) == ("failed", second["ID"])
    assert events(first)[-2:] == ["Terminated", "Not Restarting"]
    cluster.ask("DELETE", "/v1/job/fails")


def served(data: bytes) -> Iterator[str]:
    """The address at which the archive is served."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/app.tar.gz"
    server.shutdown()
    server.server_close()


def archive() -> bytes:
    """A tar.gz with one script."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        member, text = tarfile.TarInfo("app/main.py"), b"import os; print('in', os.getcwd())"
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return held.getvalue()


@pytest.fixture(scope="module")
def artifact() -> Iterator[str]:
    yield from served(archive())


def with_artifact(name: str, source: str, digest: str) -> dict[str, Any]:
    found = job(name, "", kind="batch")
    task = found["TaskGroups"][0]["Tasks"][0]
    task["Config"] |= {"args": ["main.py"], "work_dir": "${NOMAD_TASK_DIR}/app"}
    options = {"checksum": f"sha256:{digest}"}
    task["Artifacts"] = [
        {"GetterSource": source, "GetterOptions": options, "RelativeDest": "local/"}
    ]
    found["TaskGroups"][0]["RestartPolicy"] = {"Attempts": 0, "Mode": "fail"}
    found["TaskGroups"][0]["ReschedulePolicy"] = {"Attempts": 0, "Unlimited": False}
    return found


def test_an_artifact_is_unpacked_before_the_task_starts(cluster: Cluster, artifact: str) -> None:
    digest = hashlib.sha256(requests.get(artifact, timeout=5).content).hexdigest()
    cluster.register(with_artifact("artifact", artifact, digest))
    alloc = cluster.one("artifact", "complete")
    assert cluster.log(alloc).startswith("in /")
    assert cluster.log(alloc).rstrip().endswith("/main/local/app")


def test_a_wrong_checksum_fails_with_the_reason(cluster: Cluster, artifact: str) -> None:
    cluster.register(with_artifact("wrong", artifact, "0" * 64))
    found = cluster.one("wrong", "failed")["TaskStates"]["main"]["Events"]
    told = next(e for e in found if e["Type"] == "Failed Artifact Download")
    assert "Checksums did not match" in told["DisplayMessage"]


def test_a_missing_variable_keeps_the_task_pending_and_a_missing_key_fails_it(
    cluster: Cluster,
) -> None:
    text = '{{- with nomadVar "nomad/jobs/waits" }}\nA={{ .A.Value | toJSON }}\n{{- end }}\n'
    template = {
        "EmbeddedTmpl": text, "DestPath": "${NOMAD_SECRETS_DIR}/app.env", "Envvars": True,
        "Once": True, "ChangeMode": "noop", "Perms": "0400", "ErrMissingKey": True,
    }  # fmt: skip
    script = "import os; print(os.environ['A'], end='', flush=True); " + PID
    cluster.register(job("waits", script, Templates=[template]))
    until(lambda: events(cluster.allocations("waits")[0]) == ["Received", "Task Setup"])
    value = 'it\'s "quoted" # $HOME {{x}} ${y} %{z}\n<two>=lines é'
    cluster.ask("PUT", "/v1/var/nomad/jobs/waits", {"Items": {"A": value, "B": "2"}})
    alloc = cluster.one("waits", "running")
    assert until(lambda: cluster.log(alloc)).startswith(value)
    cluster.ask("PUT", "/v1/var/nomad/jobs/waits", {"Items": {"B": "2"}})
    broken = job("broken", script, Templates=[template])
    cluster.register(broken)
    told = cluster.one("broken", "failed")["TaskStates"]["main"]["Events"][-1]
    assert told["Type"] == "Killing"
    assert told["DisplayMessage"].endswith('<.A.Value>: map has no entry for key "A"')


def test_a_run_that_takes_too_long_is_ended_and_counts_as_complete(cluster: Cluster) -> None:
    long = job("long", PID, kind="batch")
    long["TaskGroups"][0]["MaxRunDuration"] = 3 * 10**8
    cluster.register(long)
    found = cluster.one("long", "complete")
    assert found["ClientDescription"] == "allocation exceeded max_run_duration"
    assert events(found)[-3:] == ["Killing", "Terminated", "Killed"]


def test_a_command_that_is_not_there_fails_at_once_with_nomads_words(cluster: Cluster) -> None:
    cluster.register(job("absent", "", Config={"command": "/no/such"}))
    told = cluster.one("absent", "failed")["TaskStates"]["main"]["Events"]
    assert told[-2]["DisplayMessage"].endswith('desc = binary "/no/such" could not be found')
    assert told[-1]["DisplayMessage"] == "Error was unrecoverable"
    cluster.ask("DELETE", "/v1/job/absent")


def test_a_reader_that_waits_is_answered_when_something_changes(cluster: Cluster) -> None:
    index = cluster.ask("GET", "/v1/jobs").headers["X-Nomad-Index"]
    answers: list[requests.Response] = []

    def wait() -> None:
        answers.append(cluster.ask("GET", f"/v1/jobs?index={index}&wait=20s"))

    reader = threading.Thread(target=wait)
    reader.start()
    cluster.register(job("fresh", PID))
    reader.join(timeout=15)
    assert "fresh" in [row["ID"] for row in answers[0].json()]
    assert int(answers[0].headers["X-Nomad-Index"]) > int(index)
