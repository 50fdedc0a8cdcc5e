from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import json_block, when
from platform_admin.admin.site import site
from platform_admin.models import Colour
from platform_admin.pages.registered import job_by_hand


@admin.register(Colour, site=site)
class ColourAdmin(ReadOnlyAdmin):
    """The two jobs of each service: what Nomad acknowledged, and the job as it is registered."""

    fieldsets = (
        (None, {"fields": ("service", "colour", "release", "verified", "bears_slug", "drift")}),
        (
            "Counts",
            {"fields": ("acknowledged", "acknowledged_at", "at_most", "stand_by", "mark", "index")},
        ),
        ("Job", {"fields": ("registered",), "description": "As nomad job run -json takes it."}),
    )
    list_display = (
        "__str__",
        "release",
        "acknowledged",
        when("acknowledged_at", "acknowledged at"),
        "at_most",
        "verified",
        "bears_slug",
        "drift",
    )
    list_filter = ("colour", "verified", "bears_slug", "service__environment__app__team")
    list_select_related = ("service", "release__environment__app")
    search_fields = ("service__slug_row__slug", "drift")
    ordering = ("service__slug_row", "colour")

    @admin.display(description="job")
    def registered(self, colour: Colour) -> SafeString | str:
        return json_block(job_by_hand(colour)) or "It is not registered."
