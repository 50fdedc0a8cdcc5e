from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from platform_admin.models.app import Environment
from platform_admin.models.service import Service


class Variable(models.Model):
    """A plain value or a secret, of an environment or, more specific, of one service.

    A secret's `value` is empty: its values stand encrypted in its SecretVersions. A removed one
    stands in no draft, and keeps its versions for the releases that name them.
    """

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="variables")
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="variables"
    )
    name = models.CharField(max_length=80)
    secret = models.BooleanField(default=False)
    value = models.TextField(blank=True)
    removed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "service", "name", "secret"],
                name="variable_of_a_sort",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["environment", "service", "name"],
                condition=Q(removed=False),
                name="variable_name",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(removed=False) | Q(secret=True), name="only_secrets_are_removed"
            ),
            models.CheckConstraint(
                condition=Q(secret=False) | Q(value=""), name="secret_has_no_plain_value"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SecretVersion(models.Model):
    """One value that a secret had, encrypted; releases name it by its number."""

    variable = models.ForeignKey(Variable, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=40)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variable", "number"], name="secret_version"),
        ]

    def __str__(self) -> str:
        return f"{self.variable} version {self.number}"
