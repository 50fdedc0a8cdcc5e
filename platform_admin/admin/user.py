from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.forms import VerbForm, hidden_text
from platform_admin.admin.site import site
from platform_admin.models import Membership
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.users import UserFields, change_user, create_user, set_password

KNOWN = ("first_name", "last_name", "email", "is_superuser", "is_active")
LABELS = {"is_superuser": "Operator", "is_active": "Active"}
HELP = {
    "is_superuser": "Stands above all teams and may enter here.",
    "is_active": "Without it the person can not sign in; what they made stays.",
}


class PersonForm(VerbForm):
    """What is known of a person."""

    renamed = {"operator": "is_superuser", "active": "is_active"}

    class Meta:
        model = User
        fields = KNOWN
        labels = LABELS
        help_texts = HELP

    def call(self, actor: Actor) -> User:
        return change_user(actor, self.instance, self.person())

    def person(self) -> UserFields:
        """What was typed, for the verbs."""
        given = self.cleaned_data
        return UserFields(
            first_name=given["first_name"],
            last_name=given["last_name"],
            email=given["email"],
            operator=given["is_superuser"],
            active=given["is_active"],
        )


class NewPersonForm(PersonForm):
    """Somebody new, who signs in with this name and password."""

    password = hidden_text("Password", "Tell it to the person; it is never shown again.")

    class Meta:
        model = User
        fields = ("username", *KNOWN)
        labels = LABELS
        help_texts = HELP

    def call(self, actor: Actor) -> User:
        given = self.cleaned_data
        return create_user(actor, given["username"], given["password"], self.person())


class PasswordForm(forms.Form):
    """A new password."""

    password = hidden_text("Password", "All sessions of the person end.")


class TeamInline(ReadOnlyInline):
    model = Membership
    fields = ("team", "role", "opens")


@admin.register(User, site=site)
class UserAdmin(VerbAdmin):
    """The people, and which of them are operators."""

    add_form = NewPersonForm
    add_fields = ("username", "password", *KNOWN)
    form = PersonForm
    fields = ("username", *KNOWN, "last_login", "date_joined")
    readonly_fields = ("username", "last_login", "date_joined")
    inlines = (TeamInline,)
    actions_detail = ("set_password",)
    list_display = (
        "username",
        "full_name",
        "email",
        "is_superuser",
        "is_active",
        "teams",
        when("last_login", "signed in"),
    )
    list_filter = ("is_superuser", "is_active", "memberships__team")
    search_fields = ("username", "first_name", "last_name", "email")
    date_hierarchy = "date_joined"
    ordering = ("username",)

    @admin.display(description="name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="teams")
    def teams(self, user: Any) -> str:
        rows = user.memberships.select_related("team").order_by("team__slug")
        return ", ".join(f"{row.team.slug} ({row.role})" for row in rows)

    @button("Set password", "password")
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new password; one's own session goes on."""
        user = found(self, request, object_id)
        question = Question(
            title=f"Set the password of {user}",
            sentences=("It takes the place of the old one at once.",),
            button="Set password",
            form=PasswordForm,
            disturbs=True,
        )

        def do(actor: Actor, given: dict[str, Any]) -> Done:
            saved = set_password(actor, user, given["password"])
            if saved.pk == request.user.pk:
                update_session_auth_hash(request, saved)
            return Done(f"{saved} has a new password.", saved)

        return ask(self, request, user, question, do)
