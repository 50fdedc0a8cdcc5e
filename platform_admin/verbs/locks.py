"""The locks of draft and releases; the order is: quota, app, environment, cell, service rows.

What is being deleted is no longer changed: locking it is refused.
"""

from __future__ import annotations

from typing import TypeVar

from platform_admin.models import App, Environment, Resource, Service
from platform_admin.verbs.errors import Going, Unknown

Row = TypeVar("Row", App, Environment, Resource, Service)


def locked_app(app: App) -> App:
    """The app, locked to the end of the transaction. Going; Unknown: it is gone."""
    found = (
        App.objects.select_for_update(of=("self",), no_key=True)
        .select_related("team")
        .filter(pk=app.pk)
        .first()
    )
    return _staying(found)


def locked_environment(environment: Environment) -> Environment:
    """The environment, locked to the end of the transaction. Going; Unknown: it is gone.

    Draft and numbers change under it, so that a release never freezes half of a change. The
    lock lets rows be inserted that point here.
    """
    found = (
        Environment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("app__team", "cell")
        .filter(pk=environment.pk)
        .first()
    )
    return _staying(found)


def locked_environments(app: App) -> list[Environment]:
    """The app's environments, the app and they locked to the end of the transaction.

    What is the app's own is in the draft of each. The app comes first, so that two who change
    it never wait for each other half way; who locks one environment takes no lock of the app.
    """
    locked_app(app)
    rows = Environment.objects.select_for_update(of=("self",), no_key=True).filter(app=app)
    return list(rows.select_related("app__team", "cell").order_by("pk"))


def locked_service(service: Service) -> Service:
    """The service as it stands now, locked likewise. Going; Unknown: it is gone."""
    found = (
        Service.objects.select_for_update(of=("self",), no_key=True)
        .select_related("environment__app__team", "environment__cell", "rollout")
        .filter(pk=service.pk)
        .first()
    )
    return _staying(found)


def staying_resource(resource: Resource) -> Resource:
    """The resource as it stands now; its environment is locked. Going; Unknown: it is gone."""
    rows = Resource.objects.select_related("environment__app__team", "environment__cell")
    return _staying(rows.filter(pk=resource.pk).first())


def _staying(row: Row | None) -> Row:
    if row is None:
        raise Unknown("There is nothing here.")
    if row.deletion_id is not None:
        raise Going(row)
    return row
