from __future__ import annotations

from django.conf import settings
from django.db import models

from platform_admin.models.app import Environment
from platform_admin.models.release import Release
from platform_admin.models.service import Service


class Deployment(models.Model):
    """One attempt to bring a release live; resumable, held by whoever has the lease."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        EMPTYING = "emptying", "emptying the idle colours"
        RESERVING = "reserving", "reserving quota"
        PROVISIONING = "provisioning", "providing resources"
        COMMANDING = "commanding", "running release commands"
        ROLLING = "rolling", "rolling out"
        CLEANING = "cleaning", "cleaning up"
        UNDOING = "undoing", "putting back what was live"
        SUCCEEDED = "succeeded", "succeeded"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    ENDED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
    RESERVED = (State.PROVISIONING, State.COMMANDING, State.ROLLING, State.CLEANING)

    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="deployments"
    )
    number = models.PositiveIntegerField()
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deployments")
    services = models.ManyToManyField(Service, related_name="deployments", blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    reason = models.TextField(blank=True, help_text="Why it failed, in a sentence.")
    waits_for = models.TextField(blank=True, help_text="What it waits for now, in a sentence.")
    proof = models.TextField(blank=True, help_text="The log lines that prove the reason.")
    restart = models.BooleanField(
        default=False, help_text="Brings up again what is live: no release command, no resources."
    )
    cancel_requested = models.BooleanField(default=False)
    cancel_reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is in its state, outages not counted."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not worked on before this.")
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "number"], name="deployment_number"),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="deployment_due")]

    def __str__(self) -> str:
        return f"{self.environment} deployment {self.number}"

    @property
    def ended(self) -> bool:
        return self.state in self.ENDED


class DeploymentStep(models.Model):
    """One named step of a deployment, with its time and output."""

    class State(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="steps")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    output = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deployment", "service", "name"],
                name="one_row_a_step",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deployment}: {self.name}"
