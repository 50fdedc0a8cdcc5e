"""The locks of draft and releases; the order is: quota, app, environment, cell, service rows."""

from __future__ import annotations

from platform_admin.models import App, Environment, Service


def locked_environment(environment: Environment) -> Environment:
    """The environment, locked to the end of the transaction.

    Draft and numbers change under it, so that a release never freezes half of a change. The
    lock lets rows be inserted that point here.
    """
    return (
        Environment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("app__team", "cell")
        .get(pk=environment.pk)
    )


def locked_app(app: App) -> list[Environment]:
    """The app's environments, the app and they locked to the end of the transaction.

    What is the app's own is in the draft of each. The app comes first, so that two who change
    it never wait for each other half way; who locks one environment takes no lock of the app.
    """
    App.objects.select_for_update(no_key=True).get(pk=app.pk)
    rows = Environment.objects.select_for_update(of=("self",), no_key=True).filter(app=app)
    return list(rows.select_related("app__team", "cell").order_by("pk"))


def locked_service(service: Service) -> Service:
    """The service as it stands now, locked to the end of the transaction."""
    return (
        Service.objects.select_for_update(of=("self",), no_key=True)
        .select_related("environment__app__team", "environment__cell", "rollout")
        .get(pk=service.pk)
    )
