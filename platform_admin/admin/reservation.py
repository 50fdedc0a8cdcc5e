from __future__ import annotations

from django.contrib import admin

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.site import site
from platform_admin.models import Reservation


@admin.register(Reservation, site=site)
class ReservationAdmin(ReadOnlyAdmin):
    """What each service and resource has reserved of its team's quota."""

    fields = ("team", "service", "resource", "desired", "instances", "cpu_mhz", "memory_mb")
    list_display = ("of", "team", "desired", "instances", "cpu_mhz", "memory_mb")
    list_filter = ("team",)
    list_select_related = ("team", "service", "resource")
    search_fields = ("service__slug_row__slug", "resource__slug_row__slug")
    ordering = ("team__slug", "id")

    @admin.display(description="of")
    def of(self, reservation: Reservation) -> str:
        return str(reservation.service or reservation.resource or reservation.run)
