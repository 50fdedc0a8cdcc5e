"""The page between a button and its verb: what will happen, a few fields, and yes or no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.enums import ActionVariant

from platform_admin.admin.forms import blame
from platform_admin.admin.unfolded import UnfoldAdmin
from platform_admin.pages.render import actor_of
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import VerbError

Button = TypeVar("Button", bound=Callable[..., HttpResponse])


@dataclass(frozen=True)
class Question:
    """What the page asks: sentences that say what happens, and the word on the button.

    `renamed` says which field of the form a verb's field is.
    """

    title: str
    sentences: tuple[str, ...]
    button: str
    form: type[forms.Form] = forms.Form
    initial: dict[str, Any] | None = None
    renamed: dict[str, str] | None = None
    disturbs: bool = False


@dataclass(frozen=True)
class Done:
    """What the verb brought about, and the row whose page shows it; None is the list."""

    said: str
    shown: Model | None


Do = Callable[[Actor, dict[str, Any]], Done]


def button(title: str, icon: str) -> Callable[[Button], Button]:
    """Makes a method a button of a row's page; the method is a view that gets the row's id."""

    def decorate(method: Button) -> Button:
        method.short_description = title  # type: ignore[attr-defined]
        method.icon = icon  # type: ignore[attr-defined]
        method.attrs = {}  # type: ignore[attr-defined]
        method.variant = ActionVariant.DEFAULT  # type: ignore[attr-defined]
        return method

    return decorate


def found(model_admin: UnfoldAdmin, request: HttpRequest, object_id: str) -> Any:
    """The row of the address."""
    row = model_admin.get_object(request, object_id)
    if row is None:
        raise Http404(f"There is no {model_admin.opts.verbose_name} {object_id}.")
    return row


def ask(
    model_admin: UnfoldAdmin, request: HttpRequest, row: Model, question: Question, do: Do
) -> HttpResponse:
    """The question; answered yes, `do` is called, and the page of what it made follows.

    What the verb refuses stands at the fields, or, where there are none, is a message.
    """
    asked = request.method == "POST"
    form = question.form(request.POST if asked else None, initial=question.initial)
    if not form.is_valid():
        return _page(model_admin, request, row, question, form)
    try:
        with transaction.atomic():
            done = do(actor_of(request), form.cleaned_data)
    except VerbError as error:
        if form.fields:
            blame(form, error, question.renamed or {})
            return _page(model_admin, request, row, question, form)
        messages.error(request, str(error))
        return redirect(_address(row))
    messages.success(request, done.said)
    return redirect(_address(done.shown) if done.shown else _list(model_admin))


def _page(
    model_admin: UnfoldAdmin,
    request: HttpRequest,
    row: Model,
    question: Question,
    form: forms.Form,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": question.title,
        "question": question,
        "form": form,
        "opts": model_admin.opts,
        "original": row,
        "back": _address(row),
    }
    request.current_app = model_admin.admin_site.name
    status = 422 if form.is_bound and form.errors else 200
    return TemplateResponse(request, "admin/asking.html", context, status=status)


def _address(row: Model) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def _list(model_admin: UnfoldAdmin) -> str:
    meta = model_admin.opts
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
