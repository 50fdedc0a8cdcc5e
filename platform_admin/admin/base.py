"""What all pages of the admin share: nothing is written but by verbs, and verbs say what is wrong.

OperatorAdmin        no delete, no bulk actions; history is the audit
├── ReadOnlyAdmin    looks only
└── VerbAdmin        adds and changes through the verb of its form
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from platform_admin.admin.forms import VerbForm
from platform_admin.admin.unfolded import UnfoldAdmin, UnfoldInline
from platform_admin.pages.render import actor_of
from platform_admin.verbs.errors import VerbError


class OperatorAdmin(UnfoldAdmin):
    """Pages of one noun; every way to write around a verb is closed."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """What the audit says of this object."""
        found = self.get_object(request, object_id)
        about = {"object_kind": self.opts.model_name or "", "object_name": str(found)[:200]}
        address = reverse("admin:platform_admin_auditevent_changelist")
        return redirect(f"{address}?{urlencode(about)}")

    def construct_change_message(
        self, request: Any, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Nothing: the verb wrote the audit."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the verb wrote the audit."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the verb wrote the audit."""


class ReadOnlyAdmin(OperatorAdmin):
    """Pages to look at."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VerbAdmin(OperatorAdmin):
    """Pages whose forms call verbs: `add_form` for a new row, `form` for one that is there.

    A verb that refuses takes the whole request back, and its sentences stand at their fields.
    """

    add_form: type[VerbForm] | None = None
    addable = True
    changeable = True
    add_fields: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.addable

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.changeable

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """The form; where the verb refused, the form again with what it said."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except VerbError as error:
            request.refused = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None and self.add_form is not None:
            kwargs["form"] = self.add_form
        made: Any = super().get_form(request, obj, change=change, **kwargs)
        made.refused = getattr(request, "refused", None)
        return made

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None and self.add_fields:
            return [(None, {"fields": self.add_fields})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def save_form(self, request: Any, form: Any, change: bool) -> Any:
        """The row as it stands: only the verb changes it."""
        return form.instance

    def save_model(self, request: Any, obj: Model, form: Any, change: bool) -> None:
        """Calls the form's verb, and makes the row what the verb made of it."""
        saved = form.call(actor_of(request))
        obj.pk = saved.pk
        obj.refresh_from_db()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: rows that hang on this one have verbs of their own."""


class ReadOnlyInline(UnfoldInline):
    """Rows that hang on another, to look at; the column `opens` leads to a row's own page."""

    extra = 0
    can_delete = False
    hide_title = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="")
    def opens(self, row: Any) -> SafeString:
        """The way to the row's own page."""
        meta = row._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        return format_html('<a class="text-link" href="{}">Open</a>', address)
