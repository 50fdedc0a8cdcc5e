"""What was typed of a program from git: the fetch that the form names, or has just asked for."""

from __future__ import annotations

from django.http import HttpRequest

from platform_admin.forms.errors import show
from platform_admin.forms.git import GitFields
from platform_admin.models import Artifact, Fetch, Team
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.fetches import ask_fetch, cancel_fetch, fetch_of

FIELDS = {"address": "git_address", "ref": "git_ref", "folder": "git_folder"}
BUTTONS = ("fetch", "cancel_fetch")
"""Of the form without scripts: what they do comes before what is typed is looked at."""


def typed_fetch(request: HttpRequest, actor: Actor, team: Team, form: GitFields) -> Fetch | None:
    """The fetch that counts now; its buttons did what they say. Errors stand at the fields."""
    known = fetch_of(team, form.cleaned_data.get("fetched"))
    if "fetch" in request.POST:
        return asked(actor, team, form) or known
    if "cancel_fetch" in request.POST and known is not None:
        return cancel_fetch(actor, team, known.pk)
    return known


def asked(actor: Actor, team: Team, form: GitFields) -> Fetch | None:
    """The fetch of what was typed, None where it is refused: the fields say why."""
    try:
        return ask_fetch(actor, team, *form.place())
    except Invalid as error:
        show(form, error.errors, renamed=FIELDS)
        return None


def brought(form: GitFields, fetch: Fetch | None) -> Artifact | None:
    """What the fetch brought; None, and the field says why, where that is not what was typed."""
    said = _missing(form, fetch)
    if said:
        show(form, {"git_address": [said]})
        return None
    return fetch.artifact if fetch else None


def _missing(form: GitFields, fetch: Fetch | None) -> str:
    if fetch is None:
        return "Nothing is fetched yet: press Fetch, and save when it is there."
    if (fetch.address, fetch.ref, fetch.folder) != form.place():
        return "This is not what was fetched: press Fetch again, and save when it is there."
    if fetch.under_way:
        return "It is being fetched: save when it is there."
    if fetch.artifact is None:
        return f"It could not be fetched: {fetch.error}"
    return ""
