"""The example app, made through the same verbs as everybody's."""

from __future__ import annotations

import io
import shlex
import sys
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from examples.shop import archive
from jobs.deploy.preview import address
from jobs.deploy.values import values
from platform_admin.demo.load.connection import Target
from platform_admin.demo.people import actor
from platform_admin.models import App, Artifact, Environment, Team
from platform_admin.rules.fields import PROCESSES, ServiceFields
from platform_admin.rules.policy import PolicyFields
from platform_admin.rules.traffic import EXAMPLE
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.cells import make_cell
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.policies import save_policy
from platform_admin.verbs.resources import create_resource
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.services import create_service
from platform_admin.verbs.variables import set_variables

APP, ENVIRONMENT = EXAMPLE
OWNER, CELL = "dana", "local"
REDIS = LinkFields("REDIS_URL", "cache")
WORKER_POLICY = PolicyFields(mode="on", queue="orders", drain_s=30, down_window_s=60)


def refused() -> str:
    """Why this cluster can not run the shop, as a sentence; "" where it can."""
    if PROCESSES.isdisjoint(settings.MUSTER_DRIVERS):
        return "it is made of archives, and MUSTER_DRIVERS runs images."
    return ""


@transaction.atomic
def shop() -> Environment:
    """The example's environment, made where it is missing: all of it or nothing."""
    present = Environment.objects.filter(app__slug=APP, slug=ENVIRONMENT).first()
    where = make_cell(SYSTEM, CELL)
    if present is not None:
        return present
    team = Team.objects.get(slug="demo")
    owner = actor(OWNER)
    if App.objects.filter(slug=APP).exists():
        raise LookupError(f"The app {APP} has no environment {ENVIRONMENT} any more.")
    environment = create_app(owner, team=team, name=APP, environment=ENVIRONMENT, cell=where)
    create_resource(owner, environment, name="cache", kind="redis", memory_mb=64)
    _services(environment, team)
    set_variables(owner, environment, None, {"VERSION": "1"})
    set_secret(owner, environment, None, "SIGNING_KEY", "only an example")
    return environment


def _services(environment: Environment, team: Team) -> None:
    python = shlex.quote(sys.executable)
    owner = actor(OWNER)
    web = _fields("web", "web", archived("web", team), f"{python} -m gunicorn web:app")
    api = _fields("api", "private", archived("api", team), f"{python} -m gunicorn api:app")
    worker = _fields("worker", "worker", archived("worker", team), f"{python} work.py")
    migrates = replace(api, release_command=f"{python} migrate.py")
    made = {
        fields.name: create_service(owner, environment, fields)
        for fields in (web, migrates, worker)
    }
    save_policy(owner, made["web"], PolicyFields(mode="on", latency_ms=200))
    save_policy(owner, made["worker"], WORKER_POLICY)
    set_links(owner, made["web"], [LinkFields("API_URL", "api"), REDIS])
    set_links(owner, made["api"], [REDIS])
    set_links(owner, made["worker"], [REDIS])


def _fields(name: str, kind: str, artifact: Artifact, command: str) -> ServiceFields:
    reached = kind != "worker"
    return ServiceFields(
        name=name,
        kind=kind,
        artifact_id=artifact.pk,
        command=command,
        port=8080 if reached else None,
        health_path="/health" if reached else "",
        cpu_mhz=100,
        memory_mb=128,
        minimum=2 if name == "web" else 1,
        maximum=4,
    )


def archived(part: str, team: Team) -> Artifact:
    """The team's artifact with this part of the example, uploaded where it is missing."""
    return upload_artifact(actor(OWNER), team, f"shop-{part}.tar.gz", io.BytesIO(archive(part)))


def redis_url(environment: Environment) -> str:
    """Where the example's worker takes its orders from, resolved as of now.

    LookupError where the worker has no link to a redis any more.
    """
    document = draft(environment)
    worker = document.service("worker")
    found = values(environment, document, worker) if worker else {}
    if REDIS.variable not in found:
        raise LookupError(f"The worker of {environment} has no link {REDIS.variable} any more.")
    return found[REDIS.variable]


def target(environment: Environment, path: str) -> Target:
    """Where the example's web is reached: the edge's public entry point, by the app's own name."""
    web = draft(environment).service("web")
    url = address(environment, web) if web else ""
    if not url:
        raise LookupError(f"{environment} has no web that an edge leads to.")
    edge, _, port = environment.cell.web_address.rpartition(":")
    return Target(edge, int(port), urlsplit(url).netloc, path)
