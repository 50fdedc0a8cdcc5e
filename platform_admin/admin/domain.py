from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.site import site
from platform_admin.models import Domain, Path
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.domains import change_domain, check_now, create_domain, remove_domain


class NewDomainForm(VerbForm):
    """A new domain."""

    class Meta:
        model = Domain
        fields = ("environment", "host", "service", "redirect_to", "permanent", "only_https")

    def call(self, actor: Actor) -> Domain:
        given = dict(self.cleaned_data)
        return create_domain(actor, given.pop("environment"), given.pop("host"), **given)


class TargetForm(VerbForm):
    """Where a domain leads."""

    class Meta:
        model = Domain
        fields = ("service", "redirect_to", "permanent", "only_https")

    def call(self, actor: Actor) -> Domain:
        return change_domain(actor, self.instance, **self.cleaned_data)


class PathInline(ReadOnlyInline):
    """The paths of a domain."""

    model = Path
    fields = ("prefix", "service", "strips")


@admin.register(Domain, site=site)
class DomainAdmin(VerbAdmin):
    """Names of teams' own; a certificate shows its end, and its key never."""

    add_form = NewDomainForm
    add_fields = ("environment", "host", "service", "redirect_to", "permanent", "only_https")
    form = TargetForm
    fields = (
        "environment", "host", "service", "redirect_to", "permanent", "only_https",
        "accepted_at", "leads_here", "checked_at", "checked_error", "certificate_ends_at",
    )  # fmt: skip
    readonly_fields = (
        "environment", "host", "accepted_at", "leads_here", "checked_at", "checked_error",
        "certificate_ends_at",
    )  # fmt: skip
    autocomplete_fields = ("environment", "service", "redirect_to")
    inlines = (PathInline,)
    actions_detail = ("ask_dns", "remove")
    list_display = (
        "host", "environment", "service", "redirect_to", when("accepted_at", "routed"),
        "leads_here", when("certificate_ends_at", "certificate ends"),
    )  # fmt: skip
    list_filter = ("leads_here", "environment__app__team")
    list_select_related = ("environment__app", "service", "redirect_to")
    search_fields = ("host", "environment__slug", "environment__app__slug")
    ordering = ("host",)

    @button("Check now", "travel_explore")
    def ask_dns(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks the DNS about the domain."""
        row = found(self, request, object_id)
        question = Question(
            title=f"Ask the DNS about {row}?",
            sentences=("What it says stands here in a moment.",),
            button="Check now",
        )

        def do(actor: Actor, given: object) -> Done:
            check_now(actor, row)
            return Done(f"The DNS is asked about {row}.", row)

        return ask(self, request, row, question, do)

    @button("Remove", "delete")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes the domain away."""
        row = found(self, request, object_id)
        question = Question(
            title=f"Remove {row}?",
            sentences=(
                "It stops answering at once; its paths and its uploaded certificate go with it.",
            ),
            button="Remove",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            remove_domain(actor, row)
            return Done(f"{row} is gone.", None)

        return ask(self, request, row, question, do)

    def view_on_site(self, domain: Any) -> str:
        environment = domain.environment
        return reverse("domain", args=[environment.app.slug, environment.slug, domain.host])
