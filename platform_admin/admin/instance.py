from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.site import site
from platform_admin.models import Instance
from platform_admin.rules import state


@admin.register(Instance, site=site)
class InstanceAdmin(ReadOnlyAdmin):
    """What was last observed to run."""

    fields = (
        "allocation", "cell", "environment", "service", "resource", "job", "colour", "number",
        "release", "how", "desired_status", "client_status", "node", "address", "port", "restarts",
        "started_at", "ended_at", "last_event", "seen_at",
    )  # fmt: skip
    list_display = (
        "__str__",
        "how",
        "team",
        "release",
        "node",
        "address",
        "port",
        "restarts",
        when("started_at", "started"),
        when("seen_at", "seen"),
    )
    list_filter = (
        "healthy", "draining", "ended", "client_status", "cell", "environment__app__team"
    )  # fmt: skip
    list_select_related = ("environment__app__team",)
    search_fields = ("job", "allocation", "node", "address")
    ordering = ("job", "number")

    @admin.display(description="state", ordering="healthy")
    def how(self, instance: Instance) -> str:
        """The state in a word with its shape."""
        if instance.ended:
            return f"{state.OFF.shape} ended"
        if instance.draining:
            return f"{state.STARTING.shape} draining"
        if instance.healthy:
            return f"{state.HEALTHY.shape} healthy"
        return f"{state.STARTING.shape} not healthy"

    @admin.display(description="team", ordering="environment__app__team__slug")
    def team(self, instance: Instance) -> str:
        return str(instance.environment.app.team)

    def view_on_site(self, instance: Instance) -> str:
        environment = instance.environment
        address = [environment.app.slug, environment.slug]
        if instance.service:
            return reverse("service", args=[*address, instance.service.name])
        if instance.resource:
            return reverse("resource", args=[*address, instance.resource.name])
        return reverse("environment", args=address)
