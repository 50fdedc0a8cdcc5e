"""The example with all kinds and links: its file, made the draft by the verb of the page."""

from __future__ import annotations

import io
import sys

from django.conf import settings
from django.db import transaction

from examples.warehouse import PARTS, archive, file
from jobs.document.as_yaml import parsed
from jobs.document.file import read_file
from jobs.resources import KINDS
from platform_admin.demo import shop
from platform_admin.demo.people import actor
from platform_admin.demo.shop import CELL, OWNER
from platform_admin.models import Environment, Resource, Team
from platform_admin.rules.addresses import Closed, refusal
from platform_admin.rules.generated import Shape
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.cells import make_cell
from platform_admin.verbs.credentials import password
from platform_admin.verbs.external import External, register_external
from platform_admin.verbs.files import apply_file
from platform_admin.verbs.resources import create_resource, kinds_here
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.variables import set_variables

APP, ENVIRONMENT = "warehouse", "production"
# Where the one node is, at which the managed redis is entered as somebody else's.
NODE = "127.0.0.1"
APP_VARIABLES = {"COMPANY": "Quay and Crane", "REGION": "north"}
# What the file names and does not bring: one that somebody typed, and one that nobody knows.
SECRETS: dict[str, str | Shape] = {"CARRIER_TOKEN": "only an example", "LABEL_KEY": Shape()}


def refused() -> str:
    """Why this cluster can not run the warehouse, as a sentence; "" where it can."""
    if said := shop.refused():
        return said
    if "postgres" not in kinds_here():
        return "it has a postgres, and this cluster names no place for its data."
    if refusal(NODE, 1, Closed(allowed=tuple(settings.MUSTER_EXTERNAL_NETWORKS))):
        return "its partner is on this machine, which MUSTER_EXTERNAL_NETWORKS does not allow."
    return ""


@transaction.atomic
def warehouse() -> Environment:
    """The example's environment, made where it is missing: all of it or nothing."""
    where = make_cell(SYSTEM, CELL)
    present = Environment.objects.filter(app__slug=APP, slug=ENVIRONMENT).first()
    if present is not None:
        return present
    owner, team = actor(OWNER), Team.objects.get(slug="demo")
    environment = create_app(owner, team=team, name=APP, environment=ENVIRONMENT, cell=where)
    set_variables(owner, environment.app, None, APP_VARIABLES)
    _register_partner(environment)
    apply_file(owner, environment, read_file(parsed(_text(team)).value))
    for name, value in SECRETS.items():
        set_secret(owner, environment, None, name, value)
    return environment


def _register_partner(environment: Environment) -> Resource:
    """A redis that runs elsewhere: the managed one, by its address and login."""
    owner = actor(OWNER)
    queue = create_resource(owner, environment, name="queue", kind="redis")
    login = queue.credentials.get(user=KINDS["redis"].user)
    given = External(NODE, queue.port, login.user, password(login))
    return register_external(owner, environment, name="partner", kind="redis", given=given)


def _text(team: Team) -> str:
    """The file, with the hashes of the archives that are uploaded for it."""
    owner = actor(OWNER)
    uploaded = {
        part: upload_artifact(owner, team, f"warehouse-{part}.tar.gz", io.BytesIO(archive(part)))
        for part in PARTS
    }
    return file(sys.executable, {part: row.sha256 for part, row in uploaded.items()})
