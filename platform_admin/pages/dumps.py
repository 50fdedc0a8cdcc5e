"""Dumps of a database: asked for, downloaded, deleted."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from platform_admin.models import Resource
from platform_admin.pages.access import of_resource
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.dumps import ask_dump, delete_dump, open_dump
from platform_admin.verbs.errors import Invalid


@of_resource(Permission.COPY_DATA)
@require_POST
def ask(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Asks for a dump, then shows the resource's page, where it appears."""
    try:
        ask_dump(actor_of(request), resource, request.POST.get("database", ""))
    except Invalid as error:
        messages.error(request, str(error))
    return _back(resource)


@of_resource(Permission.COPY_DATA)
@require_safe
def download(request: HttpRequest, resource: Resource, dump: UUID) -> FileResponse:
    """The file, for pg_restore; 404 where there is none."""
    found, stream = open_dump(actor_of(request), resource, dump)
    name = f"{resource.slug}-{found.database}-{found.asked_at:%Y-%m-%dT%H%M}.dump"
    response = FileResponse(
        stream, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@of_resource(Permission.COPY_DATA)
@require_POST
def delete(request: HttpRequest, resource: Resource, dump: UUID) -> HttpResponse:
    """Deletes a dump, or ends the one that is being made."""
    delete_dump(actor_of(request), resource, dump)
    messages.success(request, "The dump is deleted.")
    return _back(resource)


def _back(resource: Resource) -> HttpResponse:
    environment = resource.environment
    return redirect("resource", environment.app.slug, environment.slug, resource.name)
