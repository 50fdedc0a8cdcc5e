from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from platform_admin.models.team import Team


class Deletion(models.Model):
    """Something that is taken away with all that it has; resumable, held by who claimed it last.

    What goes points here, and its row goes last: what still points here is what is left to do.
    `kind` and `name` tell afterwards what it was. Nobody else works on it before `due_at`.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", "service"
        RESOURCE = "resource", "resource"
        ENVIRONMENT = "environment", "environment"
        APP = "app", "app"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="deletions")
    kind = models.CharField(max_length=11, choices=Kind)
    name = models.CharField(max_length=80, help_text="Where it stood, such as shop/production/web.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    done = ArrayField(models.TextField(), default=list, help_text="What is gone, in sentences.")
    waits_for = models.TextField(blank=True, help_text="What it waits for now, in a sentence.")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveBigIntegerField(
        default=0, help_text="Counts who took it up: an older one stops without writing."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deletion_due",
                condition=models.Q(finished_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"deletion of {self.name}"
