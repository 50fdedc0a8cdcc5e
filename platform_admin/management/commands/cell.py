from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.cells import make_cell


class Command(BaseCommand):
    """Makes the cell that environments live in; harmless when it is there."""

    help = "Make the cell of the Nomad, Consul and edges that the settings name."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the cell's name."""
        parser.add_argument("name", nargs="?", default="local")

    def handle(self, *args: object, **options: object) -> None:
        """Print the cell."""
        cell = make_cell(SYSTEM, str(options["name"]))
        self.stdout.write(
            f"{cell.name}: region {cell.region}, resource ports"
            f" {cell.first_port} to {cell.last_port}"
        )
