from __future__ import annotations

from django.contrib import admin

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.site import site
from platform_admin.models import ServiceLimits
from platform_admin.pages.limits import certainty


@admin.register(ServiceLimits, site=site)
class ServiceLimitsAdmin(ReadOnlyAdmin):
    """What was measured of each service's instances, for each of its newest releases."""

    fields = (
        "service", "release", "holds", "confidence", "held_at", "start_up_s", "start_ups", "stop_s",
        "stops",
    )  # fmt: skip
    list_display = (
        "service",
        "release",
        "holds",
        "how_sure",
        "start_up_s",
        "start_ups",
        "stop_s",
        "stops",
        when("held_at", "held"),
    )
    list_display_links = ("service",)
    list_filter = ("service__environment__app__team",)
    list_select_related = ("service",)
    search_fields = ("service__slug_row__slug",)
    ordering = ("service__slug_row", "-release")

    @admin.display(description="how sure", ordering="confidence")
    def how_sure(self, row: ServiceLimits) -> str:
        return "" if row.holds is None else f"{certainty(row.confidence)}, {row.confidence:.2f}"
