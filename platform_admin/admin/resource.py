from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import ReadOnlyInline, VerbAdmin
from platform_admin.admin.deletion import ask_deletion
from platform_admin.admin.forms import VerbForm
from platform_admin.admin.secret import CredentialInline
from platform_admin.admin.site import site
from platform_admin.models import Database, Dump, Resource
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.resources import change_resource, create_resource, forget_node


class NewResourceForm(VerbForm):
    """A new resource; its port and login are made for it."""

    class Meta:
        model = Resource
        fields = (
            *("environment", "kind", "name", "cpu_mhz", "memory_mb"),
            *("version", "max_connections"),
        )

    def call(self, actor: Actor) -> Resource:
        given = dict(self.cleaned_data)
        return create_resource(actor, given.pop("environment"), **given)


class SizeForm(VerbForm):
    """Another size of one instance."""

    class Meta:
        model = Resource
        fields = ("cpu_mhz", "memory_mb", "max_connections")

    def call(self, actor: Actor) -> Resource:
        given = self.cleaned_data
        return change_resource(
            actor,
            self.instance,
            cpu_mhz=given["cpu_mhz"],
            memory_mb=given["memory_mb"],
            max_connections=given["max_connections"],
        )


class DatabaseInline(ReadOnlyInline):
    model = Database
    fields = ("name", "created_at")
    ordering = ("name",)


class DumpInline(ReadOnlyInline):
    model = Dump
    fields = ("database", "state", "size", "author_name", "asked_at", "finished_at", "error")


@admin.register(Resource, site=site)
class ResourceAdmin(VerbAdmin):
    """The stores that Muster runs."""

    add_form = NewResourceForm
    add_fields = (
        *("environment", "kind", "name", "cpu_mhz", "memory_mb"),
        *("version", "max_connections"),
    )
    form = SizeForm
    fields = (
        *("environment", "name", "kind", "cell", "external", "host", "port", "version"),
        *("data_node", "cpu_mhz", "memory_mb", "max_connections"),
    )
    readonly_fields = (
        *("environment", "name", "kind", "cell", "external", "host", "port", "version"),
        "data_node",
    )
    autocomplete_fields = ("environment",)
    inlines = (CredentialInline, DatabaseInline, DumpInline)
    actions_detail = ("forget", "delete_it")
    list_display = ("__str__", "team", "kind", "cell", "port", "cpu_mhz", "memory_mb")
    list_filter = ("kind", "external", "cell", "environment__app__team")
    list_select_related = ("environment__app__team", "cell")
    search_fields = ("slug_row__slug",)
    ordering = ("slug_row",)

    @admin.display(description="team", ordering="environment__app__team__slug")
    def team(self, resource: Resource) -> str:
        return str(resource.environment.app.team)

    @button("Delete", "delete")
    def delete_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes it away for ever."""
        return ask_deletion(self, request, found(self, request, object_id))

    @button("Let it begin anew", "link_off")
    def forget(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes the node away that had its data, once that is lost."""
        resource = found(self, request, object_id)
        question = Question(
            title=f"Let {resource} begin anew?",
            sentences=(
                f"Its data are on the node {resource.data_node or 'of none yet'}.",
                "Its next deployment may start it on another node, and with no data at all.",
            ),
            button="Begin anew",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            return Done(f"{resource} is bound to no node any more.", forget_node(actor, resource))

        return ask(self, request, resource, question, do)

    def view_on_site(self, resource: Resource) -> str:
        environment = resource.environment
        return reverse("resource", args=[environment.app.slug, environment.slug, resource.name])
