from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from platform_admin.admin.asking import Done, Question, ask, button, found
from platform_admin.admin.base import VerbAdmin
from platform_admin.admin.forms import VerbForm, lines
from platform_admin.admin.secret import SecretVersionInline, ask_secret
from platform_admin.admin.site import site
from platform_admin.models import Service, Variable
from platform_admin.pages.owner import Owner
from platform_admin.verbs import environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.environ import Within
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.variables import remove_secret, set_variables


def values(within: Within, service: Service | None) -> dict[str, str]:
    """The plain values of a scope, which stay so while its environments are locked."""
    environ.locked(within)
    return environ.plain(environ.rows(within, service))


class PlainForm(VerbForm):
    """One plain variable; the verb takes all of its scope, so the others go with it."""

    value = lines("Value")

    def names(self) -> dict[str, str]:
        name = self.cleaned_data.get("name") or self.instance.name
        return {f"variables.{name}": "name" if "name" in self.fields else "value"}

    def save_in(self, actor: Actor, within: Within, service: Service | None, name: str) -> Variable:
        """The variable with the value that was typed."""
        value = self.cleaned_data["value"].replace("\r\n", "\n")
        given = values(within, service) | {name: value}
        rows = set_variables(actor, within, service, given)
        return next(row for row in rows if row.name == name)


class NewVariableForm(PlainForm):
    """A new plain variable."""

    class Meta:
        model = Variable
        fields = ("app", "environment", "service", "name")
        help_texts = {
            "app": "For all environments of the app; leave the next two empty.",
            "environment": "For one environment; leave the app empty.",
            "service": "Empty: for all services of the environment.",
        }

    def call(self, actor: Actor) -> Variable:
        given = self.cleaned_data
        within, service, name = self._within(), given["service"], given["name"]
        environ.check_scope(within, service)
        if name in values(within, service):
            said = f"{name} is there already: change it instead."
            raise Invalid({f"variables.{name}": [said]})
        return self.save_in(actor, within, service, name)

    def _within(self) -> Within:
        """The app or the environment that was chosen: one of them."""
        app, environment = self.cleaned_data["app"], self.cleaned_data["environment"]
        if (app is None) == (environment is None):
            raise Invalid({"environment": ["Choose either an app or an environment."]})
        found: Within = app or environment
        return found


class ValueForm(PlainForm):
    """Another value of a plain variable."""

    class Meta:
        model = Variable
        fields = ("value",)

    def call(self, actor: Actor) -> Variable:
        row = self.instance
        return self.save_in(actor, row.within, row.service, row.name)


@admin.register(Variable, site=site)
class VariableAdmin(VerbAdmin):
    """Plain variables and secrets of the draft; a secret shows its versions, never a value."""

    add_form = NewVariableForm
    add_fields = ("app", "environment", "service", "name", "value")
    form = ValueForm
    fields = ("app", "environment", "service", "name", "secret", "removed", "value")
    readonly_fields = ("app", "environment", "service", "name", "secret", "removed")
    autocomplete_fields = ("app", "environment", "service")
    inlines = (SecretVersionInline,)
    actions_detail = ("new_value", "remove")
    list_display = ("name", "scope", "secret", "removed", "shown")
    list_filter = ("secret", "removed", "environment__app__team", "app__team")
    list_select_related = ("app", "environment__app", "service")
    search_fields = (
        "name",
        "app__slug",
        "environment__slug",
        "environment__app__slug",
        "service__name",
    )
    ordering = (
        "app__slug",
        "environment__app__slug",
        "environment__slug",
        "service__name",
        "name",
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Secrets are not changed by this form: their value is never in it."""
        return obj is None or not obj.secret

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj and obj.secret else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields[:-1] if obj and obj.secret else self.fields

    @admin.display(description="of", ordering="environment__app__slug")
    def scope(self, variable: Variable) -> str:
        return str(variable.owner)

    @admin.display(description="value")
    def shown(self, variable: Variable) -> str:
        return "encrypted" if variable.secret else variable.value

    @button("New value", "key")
    def new_value(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Another version of a secret."""
        row = found(self, request, object_id)
        if not row.secret:
            self.message_user(request, f"{row} is no secret: change its value here.", "error")
            return self.response_post_save_change(request, row)
        return ask_secret(self, request, row, row.within, row.service, row.name)

    @button("Remove", "delete")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes the variable or secret out of the draft."""
        row = found(self, request, object_id)
        question = Question(
            title=f"Remove {row.name} from {row.owner}?",
            sentences=("From the next release on it is gone; releases that have it keep it.",),
            button="Remove",
            disturbs=True,
        )

        def do(actor: Actor, given: object) -> Done:
            if row.secret:
                remove_secret(actor, row.within, row.service, row.name)
            else:
                kept = values(row.within, row.service)
                kept.pop(row.name, None)
                set_variables(actor, row.within, row.service, kept)
            return Done(f"{row.name} is out of the draft.", None)

        return ask(self, request, row, question, do)

    def view_on_site(self, variable: Variable) -> str:
        return Owner(variable.within, variable.service).url()
