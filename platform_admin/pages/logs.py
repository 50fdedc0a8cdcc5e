"""What the instances of a service wrote last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.live import logs as live
from platform_admin.live.fragment import html
from platform_admin.live.service import line
from platform_admin.models import Service
from platform_admin.pages import trail
from platform_admin.pages.access import of_service
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission


@of_service(Permission.VIEW_LOGS)
def logs(request: HttpRequest, service: Service) -> HttpResponse:
    """The last lines of all instances, or of the one that was asked for."""
    environment = service.environment
    chosen = live.instance_of(request)
    rows = service.instances.order_by("ended", "colour", "number", "-seen_at")[:12]
    context = {
        "environment": environment,
        "service": service,
        "tab": "logs",
        "instances": [line(row) for row in rows],
        "chosen": chosen,
        "logs": html(request, live.fragment(service, chosen)),
    }
    here = reverse("service_logs", args=[environment.app.slug, environment.slug, service.name])
    where = trail.then(trail.of_service(actor_of(request), service), "logs", here)
    return page(request, "service/logs.html", context, title=f"Logs of {service}", trail=where)
