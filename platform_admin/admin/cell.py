from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.site import site
from platform_admin.models import Cell
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.cells import choose_link_form


class LinkFormForm(VerbForm):
    """Which form of address links use."""

    class Meta:
        model = Cell
        fields = ("link_form",)
        help_texts = {"link_form": "Links take the new form with their next deployment."}

    def call(self, actor: Actor) -> Cell:
        return choose_link_form(actor, self.instance, self.cleaned_data["link_form"])


@admin.register(Cell, site=site)
class CellAdmin(VerbAdmin):
    """The clusters; what they are comes from the settings, how links are written from here."""

    form = LinkFormForm
    addable = False
    fields = (
        "name", "region", "link_form", "web_address", "private_address", "first_port", "last_port",
        "largest_count", "observed_at", "observation_error", "sampled_at", "sampling_error",
    )  # fmt: skip
    readonly_fields = (
        "name", "region", "web_address", "private_address", "first_port", "last_port",
        "largest_count", "observed_at", "observation_error", "sampled_at", "sampling_error",
    )  # fmt: skip
    list_display = (
        "name", "region", "link_form", "web_address", "private_address",
        when("observed_at", "observed"), "observation_error",
        when("sampled_at", "measured"), "sampling_error",
    )  # fmt: skip
    search_fields = ("name", "region")
    ordering = ("name",)

    def view_on_site(self, cell: Cell) -> str:
        return reverse("status")
