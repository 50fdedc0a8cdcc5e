"""What is done to an environment as a whole: restart, suspend, resume, delete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.models import Environment
from platform_admin.pages import trail
from platform_admin.pages.access import of_environment
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission


@of_environment(Permission.VIEW_APP)
def settings(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The environment's settings."""
    staying = environment.services.filter(deletion__isnull=True).order_by("name")
    services = list(staying.select_related("rollout"))
    address = [environment.app.slug, environment.slug]
    context = {
        "environment": environment,
        "suspended": [row.name for row in services if row.suspended_at is not None],
        "awake": [row.name for row in services if row.suspended_at is None],
        "live": [row.name for row in services if row.rollout.live and row.suspended_at is None],
        "resources": list(environment.resources.order_by("name").values_list("name", flat=True)),
    }
    where = trail.of_environment(actor_of(request), environment)
    return page(
        request,
        "environment/settings.html",
        context,
        title=f"Settings of {environment}",
        trail=trail.then(where, "settings", reverse("environment_settings", args=address)),
    )
