"""The theme's classes, as the type checker may know them: Django's, which they are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib import admin

    UnfoldSite = admin.AdminSite
    UnfoldAdmin = admin.ModelAdmin[Any]
    UnfoldInline = admin.TabularInline[Any, Any]
else:
    from unfold.admin import ModelAdmin as UnfoldAdmin
    from unfold.admin import TabularInline as UnfoldInline
    from unfold.sites import UnfoldAdminSite as UnfoldSite

__all__ = ["UnfoldAdmin", "UnfoldInline", "UnfoldSite"]
