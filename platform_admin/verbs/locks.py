"""The locks of draft and releases; the order is: quota, environment, cell, service rows."""

from __future__ import annotations

from platform_admin.models import Environment, Service


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


def locked_service(service: Service) -> Service:
    """The service as it stands now, locked to the end of the transaction."""
    return (
        Service.objects.select_for_update(of=("self",), no_key=True)
        .select_related("environment__app__team", "environment__cell", "rollout")
        .get(pk=service.pk)
    )
