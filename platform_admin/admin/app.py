from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from platform_admin.admin.asking import button, found
from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.deletion import ask_deletion
from platform_admin.admin.forms import VerbForm, text
from platform_admin.admin.secret import ask_secret
from platform_admin.admin.site import site
from platform_admin.models import App, Cell, Environment
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.apps import create_app


class AppForm(VerbForm):
    """A new app with its first environment."""

    name = text("Name", "Unique on the platform; it stands in addresses.")
    environment = text("Environment", "The first running copy.", initial="production")
    cell = forms.ModelChoiceField(
        queryset=Cell.objects.order_by("name"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = App
        fields = ("team",)

    def call(self, actor: Actor) -> App:
        given = self.cleaned_data
        made = create_app(
            actor,
            team=given["team"],
            name=given["name"],
            environment=given["environment"],
            cell=given["cell"],
        )
        return made.app


class EnvironmentInline(ReadOnlyInline):
    model = Environment
    fields = ("slug", "cell", "created_at", "opens")


@admin.register(App, site=site)
class AppAdmin(VerbAdmin):
    """Apps and who owns them."""

    add_form = AppForm
    add_fields = ("team", "name", "environment", "cell")
    changeable = False
    autocomplete_fields = ("team",)
    fields = ("slug", "team", "created_at")
    readonly_fields = ("created_at",)
    inlines = (EnvironmentInline,)
    actions_detail = ("new_secret", "delete_it")
    list_display = ("slug", "team", "environments_of", when("created_at", "made"))
    list_filter = ("team",)
    list_select_related = ("team",)
    search_fields = ("slug", "team__slug", "team__name")
    date_hierarchy = "created_at"
    ordering = ("slug",)

    @admin.display(description="environments")
    def environments_of(self, app: App) -> str:
        return ", ".join(app.environments.order_by("slug").values_list("slug", flat=True))

    @button("Delete", "delete")
    def delete_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes it away for ever."""
        return ask_deletion(self, request, found(self, request, object_id))

    @button("Set a secret", "key")
    def new_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A secret for all services in all environments of the app."""
        app = found(self, request, object_id)
        return ask_secret(self, request, app, app, None)

    def view_on_site(self, app: App) -> str:
        return reverse("app", args=[app.slug])
