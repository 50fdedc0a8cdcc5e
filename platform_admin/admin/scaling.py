from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import json_block, text_block, when
from platform_admin.admin.site import site
from platform_admin.models import ScalingEvent
from platform_admin.pages.decision import decision
from platform_admin.pages.who import who


@admin.register(ScalingEvent, site=site)
class ScalingEventAdmin(ReadOnlyAdmin):
    """Each change of a count, and each new reason for keeping it, with who and why."""

    fields = (
        "service", "at", "origin", "actor", "outcome", "before", "after", "why", "steps",
        "policy_version", "stored",
    )  # fmt: skip
    list_display = (when("at", "when"), "service", "why", "outcome", "by")
    list_display_links = ("service",)
    list_filter = ("outcome", "origin", "service__environment__app__team")
    list_select_related = ("service__policy", "actor")
    search_fields = ("service__slug_row__slug", "reason")
    date_hierarchy = "at"
    ordering = ("-at", "-id")

    @admin.display(description="why")
    def why(self, row: ScalingEvent) -> str:
        return decision(row, whole=False).sentence

    @admin.display(description="by")
    def by(self, row: ScalingEvent) -> str:
        return who(row)

    @admin.display(description="step by step")
    def steps(self, row: ScalingEvent) -> SafeString | str:
        """Each step with the count before and after it, what it used, what would change it."""
        lines = decision(row).steps
        return text_block(
            "\n".join(
                f"{step.name:<14} {step.before:>4} to {step.after:<4} {step.used}"
                + (f"  ({step.otherwise})" if step.otherwise else "")
                for step in lines
            )
        )

    @admin.display(description="the numbers that were used")
    def stored(self, row: ScalingEvent) -> SafeString | str:
        return json_block(row.numbers)
