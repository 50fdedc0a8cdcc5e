"""The list of processes: what runs under ./run besides Postgres and Valkey, one row each."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGTERM, Signals

from local.launch.asking import Question, http
from local.launch.ports import Ports
from local.launch.process import Command


@dataclass(frozen=True)
class Row:
    """A process: its name, what it is for, arguments (of Python), how it differs from the others.

    Without its launcher it goes at once, frozen or not: nothing that it holds is lost by that.
    """

    name: str
    purpose: str
    arguments: tuple[str, ...]
    stop_within_s: float = 10.0
    pipe: bool = False
    on_orphan: Signals | None = SIGKILL
    asks: Question | None = None


@dataclass(frozen=True)
class Step:
    """Something that runs once, to its end, before Muster is ready.

    With `shown` what it notes on the way is said; with `of` it runs only when one of these files
    or folders of the checkout has changed since it last ended well; with `named` it gets the name
    of the example.
    """

    name: str
    title: str
    arguments: tuple[str, ...]
    shown: bool = False
    of: tuple[str, ...] = ()
    named: bool = False


def cluster(ports: Ports, folder: Path) -> tuple[tuple[Row, ...], ...]:
    """The local cluster, in groups; a later group is ended before the ones above it.

    The keeper ends all tasks when its pipe closes, so no signal may be faster; one that is frozen
    is woken for that.
    """
    tasks = f"{ports.tasks.start}-{ports.tasks.stop - 1}"
    keeper, consul = _local(ports["keeper"]), _local(ports["consul"])
    return (
        (
            _part(
                "consul_api", "knows where everything is (in place of Consul)",
                http(ports["consul"], "/v1/status/leader"), port=ports["consul"],
                state=folder / "consul",
            ),
            _part(
                "edge", "leads requests to the apps (in place of Traefik)",
                http(ports["edge_api"], "/ping"), web=ports["web"], private=ports["private"],
                direct=ports["direct"], api=ports["edge_api"], consul=consul, root="traefik",
            ),
        ),
        (
            _part(
                "keeper", "runs the apps' instances", http(ports["keeper"], "/v1/node"),
                port=ports["keeper"], state=folder / "keeper", ports=tasks,
                stop_within_s=45, pipe=True, on_orphan=SIGCONT,
            ),
        ),
        (
            _part(
                "nomad_api", "decides what runs (in place of Nomad)",
                http(ports["nomad"], "/v1/status/leader"), port=ports["nomad"],
                state=folder / "nomad", keeper=keeper,
                consul=consul,
            ),
        ),
    )  # fmt: skip


BEFORE = (
    Step("migrate", "Tables", ("manage.py", "migrate", "--no-input")),
    Step(
        "collectstatic",
        "Static files",
        ("manage.py", "collectstatic", "--no-input", "--clear", "-v0"),
        of=("requirements.txt", "static", "platform_admin/settings.py"),
    ),
    Step("seed", "Demo team and users", ("manage.py", "seed"), named=True),
)
AFTER = (
    Step("deploy_demo", "The example app", ("manage.py", "deploy_demo"), shown=True, named=True),
)

# On which ports (by their names) each part of the cluster answers.
PORTS_OF: Mapping[str, tuple[str, ...]] = {
    "consul_api": ("consul",),
    "edge": ("web", "private", "direct", "edge_api"),
    "keeper": ("keeper",),
    "nomad_api": ("nomad",),
}
PORTS_OF_REAL = ("consul", "web", "private", "direct", "edge_api", "nomad", "nomad_rpc",
                 "nomad_serf", "consul_server", "consul_lan")  # fmt: skip


def platform(ports: Ports, bind: str) -> tuple[Row, ...]:
    """Muster itself; deploying has two workers, each other queue one.

    gunicorn ends its own workers, so it is asked to go, not killed.
    """
    return (
        Row(
            "gunicorn",
            "serves these pages and the admin",
            ("-m", "gunicorn", "platform_admin.wsgi:application", "--bind",
             f"{bind}:{ports['muster']}", "--worker-class", "gthread", "--workers", "2",
             "--threads", "8", "--timeout", "60", "--graceful-timeout", "5",
             "--no-control-socket", "--access-logfile", "-"),
            on_orphan=SIGTERM,
            asks=http(ports["muster"], "/healthz"),
        ),
        _worker("deploy-1", "takes the steps of deployments", "deploy"),
        _worker("deploy-2", "takes the steps of deployments", "deploy"),
        _worker("default", "takes up what is due", "default"),
        _worker("observe", "posts counts to Nomad and mends routes", "observe"),
        _worker("scale", "measures and decides counts", "scale"),
        _worker("replay", "replays the past under other policies", "replay"),
        _worker("dump", "copies databases into files", "dump"),
        _worker("fetch", "fetches programs from git", "fetch"),
        _worker("traffic", "sends traffic to the example", "traffic"),
        Row("cron", "enqueues what comes again", ("manage.py", "cron")),
        Row("observe", "writes down what runs", ("manage.py", "observe")),
    )  # fmt: skip


def command(row: Row, *, env: Mapping[str, str], checkout: Path, logs: Path) -> Command:
    """The row as it is started, by the Python that runs us."""
    return Command(
        row.name,
        (sys.executable, *row.arguments),
        env,
        checkout,
        logs / f"{row.name}.log",
        on_orphan=row.on_orphan,
        stop_within_s=row.stop_within_s,
        pipe=row.pipe,
        purpose=row.purpose,
        asks=row.asks,
    )


def _part(
    name: str,
    purpose: str,
    asks: Question,
    *,
    stop_within_s: float = 10.0,
    pipe: bool = False,
    on_orphan: Signals | None = SIGKILL,
    **options: object,
) -> Row:
    arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
    module = ("-m", f"local.cluster.{name}")
    return Row(name, purpose, (*module, *arguments), stop_within_s, pipe, on_orphan, asks)


def _worker(name: str, purpose: str, *queues: str) -> Row:
    """A worker of these queues."""
    # At RQ's usual verbosity every tick would be four lines a second.
    kind = ("--worker-class", "jobs.worker.Worker", "--worker-ttl", "60", "--verbosity", "0")
    return Row(f"worker-{name}", purpose, ("manage.py", "rqworker", *queues, *kind))


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"
