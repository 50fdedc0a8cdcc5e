from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import json_block, when
from platform_admin.admin.site import site
from platform_admin.models import AuditEvent


@admin.register(AuditEvent, site=site)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what to which object; nobody changes it, the database neither."""

    fields = (
        "at", "actor_name", "address", "verb", "team", "object_kind", "object_name", "was", "became"
    )  # fmt: skip
    list_display = (
        when("at", "when"),
        "actor_name",
        "verb",
        "object_kind",
        "object_name",
        "team",
        "address",
    )
    list_display_links = ("verb",)
    list_filter = ("verb", "object_kind", "team")
    list_select_related = ("team",)
    search_fields = ("actor_name", "object_name", "verb")
    date_hierarchy = "at"
    ordering = ("-at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """The rows without the two documents, which a list of them would not show."""
        rows: QuerySet[AuditEvent] = super().get_queryset(request)
        match: Any = request.resolver_match
        listed = match is not None and str(match.url_name).endswith("_changelist")
        return rows.defer("before", "after") if listed else rows

    @admin.display(description="before")
    def was(self, event: AuditEvent) -> SafeString | str:
        return json_block(event.before)

    @admin.display(description="after")
    def became(self, event: AuditEvent) -> SafeString | str:
        return json_block(event.after)
