from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.site import site
from platform_admin.models import Membership
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.teams import add_member, remove_member


class NewMembershipForm(VerbForm):
    """Somebody for a team; who is in it already gets this role."""

    class Meta:
        model = Membership
        fields = ("team", "user", "role")

    def call(self, actor: Actor) -> Membership:
        given = self.cleaned_data
        return add_member(actor, given["team"], given["user"], given["role"])


class RoleForm(VerbForm):
    """Another role."""

    class Meta:
        model = Membership
        fields = ("role",)

    def call(self, actor: Actor) -> Membership:
        member = self.instance
        return add_member(actor, member.team, member.user, self.cleaned_data["role"])


@admin.register(Membership, site=site)
class MembershipAdmin(VerbAdmin):
    """Who may do what in which team."""

    add_form = NewMembershipForm
    form = RoleForm
    fields = ("team", "user", "role")
    readonly_fields = ("team", "user")
    autocomplete_fields = ("team", "user")
    actions_detail = ("remove",)
    actions_row = ("remove",)
    list_display = ("user", "team", "role")
    list_filter = ("role", "team")
    list_select_related = ("team", "user")
    search_fields = ("user__username", "team__slug", "team__name")
    ordering = ("team__slug", "user__username")

    @button("Remove", "person_remove")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes the person out of the team."""
        member = found(self, request, object_id)
        question = Question(
            title=f"Remove {member.user} from {member.team}?",
            sentences=(
                f"{member.user} will no longer see the team's apps.",
                "What they made stays. They can be added again.",
            ),
            button="Remove",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            remove_member(actor, member.team, member.user)
            return Done(f"{member.user} is no member of {member.team} any more.", None)

        return ask(self, request, member, question, do)

    def view_on_site(self, member: Membership) -> str:
        return reverse("team", args=[member.team.slug])
