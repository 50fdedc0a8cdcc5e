from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from platform_admin.models.app import App, Environment
from platform_admin.models.service import Service


class Variable(models.Model):
    """A plain value or a secret: of an app, or, more specific, an environment, or one service.

    It names the app only where it is the app's own. A secret's `value` is empty: its values stand
    encrypted in its SecretVersions. A removed one stands in no draft, and keeps its versions for
    the releases that name them.
    """

    app = models.ForeignKey(
        App, null=True, blank=True, on_delete=models.CASCADE, related_name="variables"
    )
    environment = models.ForeignKey(
        Environment, null=True, blank=True, on_delete=models.CASCADE, related_name="variables"
    )
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
                fields=["app", "environment", "service", "name", "secret"],
                name="variable_of_a_sort",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["app", "environment", "service", "name"],
                condition=Q(removed=False),
                name="variable_name",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(app__isnull=True) ^ Q(environment__isnull=True),
                name="variable_is_of_an_app_or_an_environment",
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=True) | Q(environment__isnull=False),
                name="service_variable_has_an_environment",
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

    @property
    def within(self) -> App | Environment:
        """The app or environment whose draft it is in."""
        found = self.environment or self.app
        assert found is not None
        return found

    @property
    def owner(self) -> App | Environment | Service:
        """What has it: the app, the environment or the service."""
        return self.service or self.within


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
