from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.limits import limits_of, use_text
from platform_admin.admin.site import site
from platform_admin.models import Quota
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.quota import used
from platform_admin.verbs.teams import change_quota


class QuotaForm(VerbForm):
    """Other limits for a team."""

    class Meta:
        model = Quota
        fields = ("instances", "cpu_mhz", "memory_mb", "surge_percent")

    def call(self, actor: Actor) -> Quota:
        return change_quota(actor, self.instance.team, limits_of(self.cleaned_data))


@admin.register(Quota, site=site)
class QuotaAdmin(VerbAdmin):
    """What each team may use; a quota is made with its team."""

    form = QuotaForm
    addable = False
    fields = (
        "team", "instances", "cpu_mhz", "memory_mb", "surge_percent", "at_rest", "with_surge"
    )  # fmt: skip
    readonly_fields = ("team", "at_rest", "with_surge")
    list_display = ("team", "instances", "cpu_mhz", "memory_mb", "surge_percent", "with_surge")
    list_select_related = ("team",)
    search_fields = ("team__slug", "team__name")
    ordering = ("team__slug",)

    @admin.display(description="wanted at rest")
    def at_rest(self, quota: Quota) -> str:
        return use_text(used(quota.team)[0])

    @admin.display(description="reserved in all")
    def with_surge(self, quota: Quota) -> str:
        return use_text(used(quota.team)[1])

    def view_on_site(self, quota: Quota) -> str:
        return reverse("team", args=[quota.team.slug])
