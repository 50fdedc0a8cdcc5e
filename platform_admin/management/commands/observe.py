from __future__ import annotations

from django.core.management.base import BaseCommand

from jobs.observe.loop import run


class Command(BaseCommand):
    """Runs the observer until SIGTERM."""

    help = "Keep the table of what runs, from Nomad and Consul."

    def handle(self, *args: object, **options: object) -> None:
        """Observe until told to stop."""
        run()
