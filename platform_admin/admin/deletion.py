"""Deleting from the admin: the same verb, with the same sentences and the same name to type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from platform_admin.admin.asking import Done, Question, ask
from platform_admin.admin.forms import text
from platform_admin.admin.unfolded import UnfoldAdmin
from platform_admin.pages.losses import losses, stays
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deletions import delete, name_of, path_of
from platform_admin.verbs.obstacles import Target, obstacles


class NameForm(forms.Form):
    """The name, typed to say that it is meant."""

    name = text("Its name", required=False)


def ask_deletion(model_admin: UnfoldAdmin, request: HttpRequest, target: Target) -> HttpResponse:
    """What is lost, and the form for its name; typed, it is on its way."""
    question = Question(
        title=f"Delete {path_of(target)}?",
        sentences=(
            *obstacles(target).sentences,
            "What is lost, for ever:",
            *losses(target),
            stays(target),
            f"Type {name_of(target)} to say that you mean it.",
        ),
        button="Delete",
        form=NameForm,
        disturbs=True,
    )

    def do(actor: Actor, given: dict[str, Any]) -> Done:
        deletion = delete(actor, target, given["name"])
        return Done(f"{deletion.name} is being deleted.", target)

    return ask(model_admin, request, target, question, do)
