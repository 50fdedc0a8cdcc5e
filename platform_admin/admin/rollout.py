from __future__ import annotations

from django.contrib import admin

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.site import site
from platform_admin.models import Rollout


@admin.register(Rollout, site=site)
class RolloutAdmin(ReadOnlyAdmin):
    """Where each service stands between its colours; only deployments write it."""

    fields = (
        "service", "state", "state_at", "live", "before", "new", "at", "next", "moving", "hold",
        "version", "deployment",
    )  # fmt: skip
    list_display = (
        "service", "state", "live", "new", "at", "next", "moving", "deployment",
        when("state_at", "since"),
    )  # fmt: skip
    list_filter = ("state", "moving", "live", "service__environment__app__team")
    list_select_related = ("service", "deployment__environment__app")
    search_fields = ("service__slug_row__slug",)
    ordering = ("service__slug_row",)
