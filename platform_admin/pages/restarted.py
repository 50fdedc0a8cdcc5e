"""Restarting a service, or all that is live of an environment: a deployment each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platform_admin.models import Deployment, Environment, Service
from platform_admin.pages.access import of_environment, of_service
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import restarts
from platform_admin.verbs.errors import Invalid


@of_service(Permission.DEPLOY)
@require_POST
def restart(request: HttpRequest, service: Service) -> HttpResponse:
    """Restarts the service, then its deployment's page, or its own where that is refused."""
    try:
        made = restarts.restart(actor_of(request), service)
    except Invalid as error:
        messages.error(request, str(error))
        environment = service.environment
        return redirect("service", environment.app.slug, environment.slug, service.name)
    return _to_deployment(made)


@of_environment(Permission.DEPLOY)
@require_POST
def restart_all(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Restarts all that is live, then the deployment's page, or the environment's for several."""
    try:
        made = restarts.restart_all(actor_of(request), environment)
    except Invalid as error:
        messages.error(request, str(error))
        return redirect("environment_settings", environment.app.slug, environment.slug)
    if len(made) == 1:
        return _to_deployment(made[0])
    numbers = ", ".join(str(each.number) for each in made)
    messages.success(request, f"Restarting, as deployments {numbers}: one for each live release.")
    return redirect("environment", environment.app.slug, environment.slug)


def _to_deployment(made: Deployment) -> HttpResponse:
    environment = made.environment
    return redirect("deployment", environment.app.slug, environment.slug, made.number)
