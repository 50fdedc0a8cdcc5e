"""What the values that stand in a form of variables would restart, while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from platform_admin.models import App, Environment, Service
from platform_admin.pages import restarts
from platform_admin.pages.access import of_app, of_environment, of_service
from platform_admin.pages.owner import Owner
from platform_admin.pages.variables import typed_values
from platform_admin.rules.permissions import Permission


@of_app(Permission.CHANGE_DRAFT)
@require_POST
def of_app_form(request: HttpRequest, app: App) -> HttpResponse:
    """What would restart in the app's environments."""
    return _restarts(request, Owner(app))


@of_environment(Permission.CHANGE_DRAFT)
@require_POST
def of_environment_form(request: HttpRequest, environment: Environment) -> HttpResponse:
    """What would restart in the environment."""
    return _restarts(request, Owner(environment))


@of_service(Permission.CHANGE_DRAFT)
@require_POST
def of_service_form(request: HttpRequest, service: Service) -> HttpResponse:
    """Whether the service would restart."""
    return _restarts(request, Owner(service.environment, service))


def _restarts(request: HttpRequest, owner: Owner) -> HttpResponse:
    """The piece of the page; `secret` in the query: the name is a secret's, without a value."""
    if "secret" in request.GET:
        found = restarts.of_secret(owner, request.POST.get("name", "").strip())
    else:
        found = restarts.of_values(owner, typed_values(request))
    return render(request, "variables/_restarts.html", {"restarts": found})
