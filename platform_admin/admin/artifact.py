from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from platform_admin.admin.base import ReadOnlyAdmin
from platform_admin.admin.columns import when
from platform_admin.admin.site import site
from platform_admin.models import Artifact


@admin.register(Artifact, site=site)
class ArtifactAdmin(ReadOnlyAdmin):
    """Uploaded archives; they come through the service form."""

    fields = ("filename", "sha256", "team", "format", "size", "uploaded_by", "created_at")
    list_display = (
        "filename", "short", "team", "size", "uploaded_by", when("created_at", "uploaded"),
    )  # fmt: skip
    list_filter = ("format", "team")
    list_select_related = ("team", "uploaded_by")
    search_fields = ("filename", "sha256", "team__slug")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.display(description="hash", ordering="sha256")
    def short(self, artifact: Artifact) -> str:
        return artifact.sha256[:12]

    @admin.display(description="size", ordering="size_bytes")
    def size(self, artifact: Artifact) -> str:
        return str(filesizeformat(artifact.size_bytes))

    def view_on_site(self, artifact: Artifact) -> str:
        return reverse("team", args=[artifact.team.slug])
