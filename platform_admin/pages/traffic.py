"""Traffic for the example, at the press of a button on its web service's page."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from redis import RedisError

from platform_admin.models import Service
from platform_admin.pages.access import of_service
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.rules.traffic import EXAMPLE
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.traffic import Traffic, start_traffic, stop_traffic, traffic

AWAY = "Nothing was done: the server of the queues cannot be reached. Try again in a moment."
_log = logging.getLogger(__name__)


def takes(service: Service) -> bool:
    """Whether traffic may be sent to it: only to the example's web service."""
    environment = service.environment
    where = (environment.app.slug, environment.slug)
    return where == EXAMPLE and service.kind == Service.Kind.WEB


def sent(service: Service) -> Traffic | None:
    """What is being sent or was sent last; None where nothing is known of any."""
    try:
        return traffic(service.environment) if takes(service) else None
    except RedisError:
        _log.warning("what traffic is sent to %s is not known", service, exc_info=True)
        return None


@of_service(Permission.SCALE)
@require_POST
def start(request: HttpRequest, service: Service) -> HttpResponse:
    """Sends traffic to the example, then shows the service's page."""
    try:
        start_traffic(actor_of(request), service.environment)
    except Invalid as error:
        messages.error(request, str(error))
    except RedisError:
        messages.error(request, AWAY)
    else:
        messages.success(request, "Traffic is on its way.")
    return _back(service)


@of_service(Permission.SCALE)
@require_POST
def stop(request: HttpRequest, service: Service) -> HttpResponse:
    """Stops the traffic, then shows the service's page."""
    try:
        stop_traffic(actor_of(request), service.environment)
    except RedisError:
        messages.error(request, AWAY)
    else:
        messages.success(request, "The traffic ends within a second or two.")
    return _back(service)


def _back(service: Service) -> HttpResponse:
    environment = service.environment
    return redirect("service", environment.app.slug, environment.slug, service.name)
