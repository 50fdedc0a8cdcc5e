from __future__ import annotations

from django.db import models

from platform_admin.models.app import Environment
from platform_admin.models.service import Service


class Domain(models.Model):
    """A host name of an environment's own, unique on the platform; live at once, in no release.

    It leads to `service`, or sends its visitors to the domain `redirect_to`. Without either, once
    its service is gone, it is kept for the environment and answers nothing.

    `accepted_at`: since when requests for it are routed: from its start, or once its `token` was
    found in the DNS where the operator asks for that. `leads_here`: whether the DNS names the
    edge's address, None where that was not asked or not answered yet; `checked_error` is why not.
    `waited_s`: from the last look at the DNS to the next.
    """

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="domains")
    host = models.CharField(max_length=253, unique=True)
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="domains"
    )
    redirect_to = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="redirected"
    )
    permanent = models.BooleanField(
        default=True, help_text="Whether browsers may remember where it redirects to."
    )
    only_https = models.BooleanField(
        "HTTPS only", default=True, help_text="Whether HTTP is sent on to HTTPS."
    )
    token = models.CharField(max_length=43)
    accepted_at = models.DateTimeField(null=True, blank=True)
    leads_here = models.BooleanField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_error = models.CharField(max_length=400, blank=True)
    check_at = models.DateTimeField(null=True, blank=True)
    waited_s = models.PositiveIntegerField(default=0)
    certificate = models.TextField(blank=True, help_text="PEM, uploaded; empty: the edge's own.")
    certificate_ends_at = models.DateTimeField(null=True, blank=True)
    sealed_key = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(service__isnull=True) | models.Q(redirect_to__isnull=True),
                name="domain_leads_or_redirects",
            ),
        ]

    def __str__(self) -> str:
        return self.host


class Path(models.Model):
    """A path below a domain that leads to another service of its environment."""

    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="paths")
    prefix = models.CharField(max_length=200)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="paths")
    strips = models.BooleanField(
        "take it off", default=False, help_text="Whether the service sees the path without it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain", "prefix"], name="path_of_domain"),
        ]

    def __str__(self) -> str:
        return f"{self.domain}{self.prefix}"
