"""The forms of resources."""

from __future__ import annotations

from typing import Any

from django import forms

from platform_admin.forms.numbers import WholeNumber
from platform_admin.models import Resource
from platform_admin.rules.postgres import CONNECTIONS, DATABASE
from platform_admin.verbs.external import External
from platform_admin.verbs.login_rotations import Typed
from platform_admin.verbs.resources import kinds_here, usual_memory_mb, versions

CONNECTIONS_HELP = "How many may be open at once. A change starts it anew with the next deployment."


def _word(label: str, placeholder: str = "", help_text: str = "") -> forms.CharField:
    """A field for one word as programs write it; what is missing is the verb's to say."""
    attrs = {"autocomplete": "off", "spellcheck": "false", "placeholder": placeholder}
    return forms.CharField(
        label=label, required=False, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )


def _name() -> forms.CharField:
    return _word(
        "Name", "store", "Lower-case letters and digits, at most 15. Links and addresses name it."
    )


def _password() -> forms.CharField:
    """A password goes in and never comes out."""
    return forms.CharField(
        label="Password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ResourceSizeForm(forms.Form):
    """How large a resource is; of a postgres also how many it lets in."""

    cpu_mhz = WholeNumber(label="CPU", initial=100)
    memory_mb = WholeNumber(label="Memory", initial=64)
    max_connections = WholeNumber(
        label="Connections", help_text=CONNECTIONS_HELP, initial=CONNECTIONS
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != Resource.Kind.POSTGRES:
            del self.fields["max_connections"]


class ResourceForm(forms.Form):
    """A new resource that Muster runs; what is left empty is what its kind usually gets."""

    kind = forms.ChoiceField(label="Kind", initial=Resource.Kind.REDIS)
    name = _name()
    cpu_mhz = WholeNumber(label="CPU", initial=100)
    memory_mb = WholeNumber(label="Memory", required=False)
    version = forms.ChoiceField(
        label="Version of a postgres",
        required=False,
        help_text="For its whole life: a newer one is a new resource, filled from a dump.",
    )
    max_connections = WholeNumber(
        label="Connections of a postgres", required=False, help_text="How many may be open at once."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, usual = kinds_here(), self.fields["memory_mb"]
        _choose(self, "kind", [each for each in Resource.Kind.choices if each[0] in kinds])
        known = ", ".join(f"{usual_memory_mb(kind)} MB for a {kind}" for kind in kinds)
        usual.help_text = f"Empty: {known}."
        if Resource.Kind.POSTGRES in kinds:
            _choose(self, "version", [(each, each) for each in versions()])
            self.fields["max_connections"].help_text += f" Empty: {CONNECTIONS}."
        else:
            del self.fields["version"], self.fields["max_connections"]


class HowForm(forms.Form):
    """How a server elsewhere is entered; its password goes in and never comes out."""

    host = _word("Host", "db.example.com", "A name or an address that the cluster's nodes reach.")
    port = WholeNumber(label="Port", required=False)
    user = _word("User")
    password = _password()
    database = _word("Database", DATABASE, "Of a postgres: the one that links lead into.")

    def given(self, usual_port: int) -> External:
        """What was typed, for the verb."""
        found = self.cleaned_data
        return External(
            host=found["host"],
            port=usual_port if found["port"] is None else found["port"],
            user=found["user"],
            password=found["password"],
            database=found.get("database", ""),
        )


class ExternalForm(HowForm):
    """A new resource that somebody else runs."""

    kind = forms.ChoiceField(
        label="Kind", choices=Resource.Kind.choices, initial=Resource.Kind.POSTGRES
    )
    name = _name()
    field_order = ("kind", "name", "host", "port", "user", "password", "database")


class ChangedForm(HowForm):
    """Another way into the same resource."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = "Empty: the one that it has stays."
        if kind != Resource.Kind.POSTGRES:
            del self.fields["database"]


class LoginForm(forms.Form):
    """The next login: of a server elsewhere it is typed, Muster's own are made."""

    user = _word("User", help_text="Another one, or the same with another password.")
    password = _password()

    def __init__(self, *args: Any, external: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not external:
            self.fields.clear()

    def typed(self) -> Typed | None:
        """What was typed, for the verb; None where nothing is to be."""
        return Typed(**self.cleaned_data) if self.fields else None


class DatabaseForm(forms.Form):
    """One more database in a postgres."""

    database = _word("Another database", "orders", "It is made by the next deployment.")


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
