from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.forms import VerbForm, text
from platform_admin.admin.site import site
from platform_admin.models import Link, Service
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.locks import locked_environment


def others(service: Service, but: Link | None) -> list[LinkFields]:
    """The service's links without `but`, which stay so while its environment is locked."""
    locked_environment(service.environment)
    rows = service.links.select_related("to_service", "to_resource").order_by("variable")
    kept = [row for row in rows if but is None or row.variable != but.variable]
    return [LinkFields(row.variable, row.target, row.property, row.database) for row in kept]


class LinkForm(VerbForm):
    """One link; the verb takes all of its service, so the others go with it as they are."""

    target = text("Leads to", "The name of a service or resource in the same environment.")
    property = text("Property", "Such as url, host or port; of a resource also user and password.")

    class Meta:
        model = Link
        fields = ("service", "variable", "database")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("target", self.instance.target)
        self.initial.setdefault("property", self.instance.property)

    def call(self, actor: Actor) -> Link:
        given = self.cleaned_data
        service = self._service()
        assert service is not None
        kept = others(service, self.instance if self.instance.pk else None)
        said = (given["variable"], given["target"], given["property"], given["database"])
        new = LinkFields(*said)
        made = set_links(actor, service, [*kept, new])
        return next(row for row in made if row.variable == new.variable)

    def names(self) -> dict[str, str]:
        """The verb counts links, and this one comes last: what is wrong with it stands here."""
        fields = ("variable", "target", "property", "database")
        place = range(self._count() + 1)
        return {f"links.{index}.{field}": field for index in place for field in fields}

    def _count(self) -> int:
        service = self._service()
        return service.links.count() if service else 0

    def _service(self) -> Service | None:
        """The one that was chosen, or that the link has already."""
        chosen: Service | None = self.cleaned_data.get("service")
        return chosen or (self.instance.service if self.instance.service_id else None)


@admin.register(Link, site=site)
class LinkAdmin(VerbAdmin):
    """What a service gets from another service or a resource, as a variable."""

    form = LinkForm
    add_form = LinkForm
    fields = ("service", "variable", "target", "property", "database")
    readonly_fields = ("service",)
    autocomplete_fields = ("service",)
    actions_detail = ("remove",)
    list_display = ("service", "variable", "leads_to", "property")
    list_filter = ("service__environment__app__team",)
    list_select_related = ("service", "to_service", "to_resource")
    search_fields = ("service__slug_row__slug", "variable")
    ordering = ("service__slug_row", "variable")

    @admin.display(description="leads to")
    def leads_to(self, link: Link) -> str:
        return link.target

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The list: the verb makes the rows anew, so this one's page is gone."""
        self.message_user(request, f"{obj} is saved in the draft.", "success")
        return self.response_post_save_change(request, obj)

    @button("Remove", "link_off")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes the link out of the draft."""
        link = found(self, request, object_id)
        question = Question(
            title=f"Remove {link.variable} from {link.service}?",
            sentences=("From the next release on the service has no such variable.",),
            button="Remove",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            set_links(actor, link.service, others(link.service, link))
            return Done(f"{link.variable} is out of the draft.", link.service)

        return ask(self, request, link, question, do)

    def view_on_site(self, link: Link) -> str:
        service = link.service
        environment = service.environment
        address = [environment.app.slug, environment.slug, service.name]
        return reverse("service_settings", args=address)
