from __future__ import annotations

from django.db import models


class Cell(models.Model):
    """A Nomad region, its Consul and its edges; every environment lives in one."""

    class LinkForm(models.TextChoices):
        PATH = "path", "path of the edge's private port"
        DNS = "dns", "name that Consul resolves"

    name = models.SlugField(max_length=24, unique=True)
    region = models.CharField(max_length=64, default="global")
    link_form = models.CharField(max_length=4, choices=LinkForm, default=LinkForm.PATH)
    web_address = models.CharField(
        max_length=255, blank=True, help_text="Host and port of the edge's public entry point."
    )
    private_address = models.CharField(
        max_length=255, blank=True, help_text="Host and port of the edge's private entry point."
    )
    tls_entry_point = models.CharField(
        max_length=64, blank=True, help_text="The edge's entry point for HTTPS; empty: none."
    )
    tls_port = models.PositiveIntegerField(
        default=443, help_text="The port of that entry point as browsers reach it."
    )
    certificate_resolver = models.CharField(
        max_length=64,
        blank=True,
        help_text="What gets certificates at the edge; empty: only uploaded ones.",
    )
    domains_lead_to = models.CharField(
        max_length=253,
        blank=True,
        help_text="What DNS has to name; empty: the host of the web address.",
    )
    first_port = models.PositiveIntegerField(default=15000)
    last_port = models.PositiveIntegerField(default=19999)
    largest_count = models.PositiveIntegerField(
        default=1000, help_text="The hull of every job's scaling block."
    )
    observed_at = models.DateTimeField(null=True, blank=True)
    observation_error = models.CharField(max_length=400, blank=True)
    sampled_at = models.DateTimeField(null=True, blank=True)
    sampling_error = models.CharField(
        max_length=400, blank=True, help_text="What could not be measured last time, and why."
    )

    def __str__(self) -> str:
        return self.name
