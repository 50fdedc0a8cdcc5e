from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.forms import VerbForm, number, text
from platform_admin.admin.limits import limits_of, limits_text
from platform_admin.admin.site import site
from platform_admin.models import App, Membership, Quota, Team
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.quota import limits_of as limits_of_quota
from platform_admin.verbs.teams import create_team

DEFAULT = limits_of_quota(Quota())


class TeamForm(VerbForm):
    """A new team with its quota."""

    namespace = text(
        "Namespace", "Nomad's namespace for the team's jobs. Empty: its slug.", required=False
    )
    instances = number("Instances", DEFAULT.instances)
    cpu_mhz = number("CPU", DEFAULT.cpu_mhz)
    memory_mb = number("Memory", DEFAULT.memory_mb)
    surge_percent = number(
        "Surge", DEFAULT.surge_percent, "What deployments may take above the quota."
    )

    class Meta:
        model = Team
        fields = ("slug", "name")

    def call(self, actor: Actor) -> Team:
        given = self.cleaned_data
        return create_team(
            actor,
            slug=given["slug"],
            name=given["name"],
            namespace=given["namespace"],
            limits=limits_of(given),
        )


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "role", "opens")


class QuotaInline(ReadOnlyInline):
    model = Quota
    fields = ("instances", "cpu_mhz", "memory_mb", "surge_percent", "opens")


class AppInline(ReadOnlyInline):
    model = App
    fields = ("slug", "created_at", "opens")


@admin.register(Team, site=site)
class TeamAdmin(VerbAdmin):
    """Teams are made here; what they may use is changed at their quota."""

    add_form = TeamForm
    add_fields = (
        "slug", "name", "namespace", "instances", "cpu_mhz", "memory_mb", "surge_percent"
    )  # fmt: skip
    changeable = False
    fields = ("slug", "name", "namespace")
    inlines = (QuotaInline, MembershipInline, AppInline)
    list_display = ("slug", "name", "namespace", "people", "apps_of", "quota_of")
    list_select_related = ("quota",)
    search_fields = ("slug", "name", "namespace")
    ordering = ("slug",)

    @admin.display(description="people")
    def people(self, team: Team) -> int:
        return team.memberships.count()

    @admin.display(description="apps")
    def apps_of(self, team: Team) -> str:
        return ", ".join(team.apps.order_by("slug").values_list("slug", flat=True))

    @admin.display(description="quota")
    def quota_of(self, team: Team) -> str:
        return limits_text(team.quota)

    def view_on_site(self, team: Team) -> str:
        return reverse("team", args=[team.slug])
