"""Suspending and resuming a service, or all services of an environment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platform_admin.models import Environment, Service
from platform_admin.pages.access import of_environment, of_service
from platform_admin.pages.render import actor_of
from platform_admin.pages.words import count
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import suspending
from platform_admin.verbs.errors import Invalid


@of_service(Permission.SCALE)
@require_POST
def suspend(request: HttpRequest, service: Service) -> HttpResponse:
    """Suspends the service, then its page."""
    suspending.suspend(actor_of(request), service)
    messages.success(request, f"{service.name} is suspended: its instances drain.")
    return _to_service(service)


@of_service(Permission.SCALE)
@require_POST
def resume(request: HttpRequest, service: Service) -> HttpResponse:
    """Resumes the service, then its page."""
    try:
        back = suspending.resume(actor_of(request), service)
    except Invalid as error:
        messages.error(request, f"{service.name} stays suspended. {error}")
    else:
        messages.success(request, f"{service.name} is back, with {_instances(back)}.")
    return _to_service(service)


@of_environment(Permission.SCALE)
@require_POST
def suspend_all(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Suspends all services of the environment, then its page."""
    done = suspending.suspend_all(actor_of(request), environment)
    many = count(len(done), "service")
    messages.success(request, f"{many} suspended: the instances drain, resources go on running.")
    return _to_environment(environment)


@of_environment(Permission.SCALE)
@require_POST
def resume_all(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Resumes all services of the environment, then its page."""
    try:
        done = suspending.resume_all(actor_of(request), environment)
    except Invalid as error:
        messages.error(request, f"Nothing was resumed. {error}")
    else:
        messages.success(request, f"{count(len(done), 'service')} back at work.")
    return _to_environment(environment)


def _instances(service: Service) -> str:
    return count(service.desired, "instance")


def _to_service(service: Service) -> HttpResponse:
    environment = service.environment
    return redirect("service", environment.app.slug, environment.slug, service.name)


def _to_environment(environment: Environment) -> HttpResponse:
    return redirect("environment", environment.app.slug, environment.slug)
