from __future__ import annotations

from django.contrib import admin

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.site import site
from platform_admin.models import ScalingEvent


@admin.register(ScalingEvent, site=site)
class ScalingEventAdmin(ReadOnlyAdmin):
    """Each change of a count, with who and why."""

    fields = ("service", "at", "origin", "actor", "before", "after", "reason")
    list_display = (
        when("at", "when"), "service", "before", "after", "origin", "actor", "reason",
    )  # fmt: skip
    list_display_links = ("service",)
    list_filter = ("origin", "service__environment__app__team")
    list_select_related = ("service", "actor")
    search_fields = ("service__slug_row__slug", "reason")
    date_hierarchy = "at"
    ordering = ("-at", "-id")
