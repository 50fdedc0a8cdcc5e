"""Secrets: their values go in and never come out; what is shown is number, key and date."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from platform_admin.admin.asking import Done, Question, ask
from platform_admin.admin.base import ReadOnlyInline
from platform_admin.admin.forms import hidden_text, text
from platform_admin.admin.unfolded import UnfoldAdmin
from platform_admin.models import Credential, SecretVersion, Service
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.environ import Within
from platform_admin.verbs.secrets import set_secret


class SecretForm(forms.Form):
    """A secret and its new value."""

    name = text("Name")
    value = hidden_text("Value", "It is encrypted and never shown again.")


class SecretVersionInline(ReadOnlyInline):
    model = SecretVersion
    fields = ("number", "key_id", "author", "created_at")
    ordering = ("-number",)
    verbose_name_plural = "versions"


class CredentialInline(ReadOnlyInline):
    model = Credential
    fields = ("user", "key_id", "created_at")


def ask_secret(
    model_admin: UnfoldAdmin,
    request: HttpRequest,
    row: Model,
    within: Within,
    service: Service | None,
    name: str = "",
) -> HttpResponse:
    """The form of a secret of this scope; saved, its page."""
    question = Question(
        title=f"Set a secret of {service or within}",
        sentences=("The draft uses the new value from the next release on.",),
        button="Save",
        form=SecretForm,
        initial={"name": name},
    )

    def do(actor: Actor, given: dict[str, Any]) -> Done:
        made = set_secret(actor, within, service, given["name"], given["value"])
        return Done(f"{given['name']} has version {made.number} now.", made.variable)

    return ask(model_admin, request, row, question, do)
