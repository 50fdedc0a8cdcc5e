from __future__ import annotations

from django.db import IntegrityError, transaction

from platform_admin.models import App, Cell, Environment, Team
from platform_admin.rules.fields import collected
from platform_admin.rules.names import app_name_error, part_name_error
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_app
from platform_admin.verbs.scope import require


@transaction.atomic
def create_app(actor: Actor, *, team: Team, name: str, environment: str, cell: Cell) -> Environment:
    """The first environment of a new app. Invalid: name, environment."""
    require(actor, team, Permission.CREATE_APP)
    found = [("name", app_name_error(name)), ("environment", part_name_error(environment))]
    if errors := collected(found):
        raise Invalid(errors)
    app = _insert_app(App(slug=name, team=team))
    audit.record(actor, "create app", app, team=team, after={"name": name})
    return _insert_environment(actor, Environment(app=app, slug=environment, cell=cell))


@transaction.atomic
def create_environment(actor: Actor, app: App, name: str, cell: Cell) -> Environment:
    """A further environment of an app. Invalid: environment."""
    require(actor, app.team, Permission.CREATE_APP)
    app = locked_app(app)
    if errors := collected([("environment", part_name_error(name))]):
        raise Invalid(errors)
    return _insert_environment(actor, Environment(app=app, slug=name, cell=cell))


def _insert_app(app: App) -> App:
    try:
        with transaction.atomic():
            app.save(force_insert=True)
    except IntegrityError as error:
        said = f"An app is already called {app.slug} on this platform: choose another name."
        raise Invalid({"name": [said]}) from error
    return app


def _insert_environment(actor: Actor, environment: Environment) -> Environment:
    try:
        with transaction.atomic():
            environment.save(force_insert=True)
    except IntegrityError as error:
        said = (
            f"{environment.app} already has an environment called {environment.slug}:"
            " choose another name."
        )
        raise Invalid({"environment": [said]}) from error
    after = {"name": environment.slug, "cell": environment.cell.name}
    audit.record(actor, "create environment", environment, team=environment.app.team, after=after)
    return environment
