from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.site import site
from platform_admin.models import Cell
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.cells import choose_https, choose_link_form

HTTPS = ("tls_entry_point", "tls_port", "certificate_resolver", "domains_lead_to")


class CellForm(VerbForm):
    """Which form of address links use, and how the edge answers domains by HTTPS."""

    class Meta:
        model = Cell
        fields = ("link_form", *HTTPS)
        help_texts = {"link_form": "Links take the new form with their next deployment."}

    def call(self, actor: Actor) -> Cell:
        given = self.cleaned_data
        cell = choose_link_form(actor, self.instance, given["link_form"])
        return choose_https(actor, cell, **{name: given[name] for name in HTTPS})


@admin.register(Cell, site=site)
class CellAdmin(VerbAdmin):
    """The clusters; what they are comes from the settings, links' form and HTTPS from here."""

    form = CellForm
    addable = False
    fields = (
        "name", "region", "link_form", *HTTPS, "web_address", "private_address",
        "first_port", "last_port", "largest_count", "observed_at", "observation_error",
        "sampled_at", "sampling_error",
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
