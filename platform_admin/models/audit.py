from __future__ import annotations

from django.conf import settings
from django.db import models

from platform_admin.models.team import Team


class AuditEvent(models.Model):
    """Who did what to which object, in the transaction of the change.

    The application's database role may insert and read these rows, nothing else.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    actor_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=40)
    team = models.ForeignKey(
        Team, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    object_kind = models.CharField(max_length=40)
    object_name = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-at"], name="audit_of_team")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.object_kind} {self.object_name}"
