"""The right side of the service form, while one types; and its archive, once chosen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from platform_admin.models import Environment, Service
from platform_admin.pages.access import of_environment, of_service
from platform_admin.pages.become import become
from platform_admin.pages.render import actor_of
from platform_admin.pages.typed import typed_service, with_archive
from platform_admin.rules.permissions import Permission


@of_environment(Permission.CHANGE_DRAFT)
@require_POST
def of_new(request: HttpRequest, environment: Environment) -> HttpResponse:
    """What a new service becomes as it is typed now."""
    return _preview(request, environment, None)


@of_service(Permission.CHANGE_DRAFT)
@require_POST
def of_settings(request: HttpRequest, service: Service) -> HttpResponse:
    """What a service becomes as it is typed now."""
    return _preview(request, service.environment, service)


@of_environment(Permission.UPLOAD_ARTIFACT)
@require_POST
def archive(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The form's archive field, with the upload stored or refused."""
    typed = with_archive(request, actor_of(request), environment, None)
    context = {
        "environment": environment,
        "form": typed.form,
        "artifact": typed.artifact,
        "refused": "archive" in typed.form.errors,
    }
    response = render(request, "service/_archive.html", context)
    return trigger_client_event(response, "archive-stored", after="swap")


def _preview(
    request: HttpRequest, environment: Environment, service: Service | None
) -> HttpResponse:
    typed = typed_service(request, actor_of(request), environment, service)
    context = {"environment": environment, "service": service}
    return render(
        request, "service/_become.html", context | {"become": become(typed, environment, service)}
    )
