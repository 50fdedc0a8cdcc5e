from __future__ import annotations

from django.apps import AppConfig


class PlatformAdminConfig(AppConfig):
    """The only app with models."""

    name = "platform_admin"
    verbose_name = "Muster"
    default_auto_field = "django.db.models.BigAutoField"
