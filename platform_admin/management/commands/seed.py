from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from examples import NAMES
from platform_admin.demo.examples import EXAMPLES
from platform_admin.demo.people import PEOPLE, people
from platform_admin.demo.shop import CELL
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.cells import make_cell


class Command(BaseCommand):
    """Makes the demo's teams, users and example app where they are missing."""

    help = "Make the demo's teams, users and example app where they are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """`shop` or `warehouse`."""
        parser.add_argument("example", nargs="?", choices=NAMES, default=NAMES[0])

    def handle(self, *args: object, **options: str) -> None:
        """Print the demo users and their passwords."""
        passwords = people()
        make_cell(SYSTEM, CELL)
        example = EXAMPLES[options["example"]]
        if not example.refused():
            example.make()
        for person in PEOPLE:
            self.stdout.write(f"{person.name:<6} {passwords[person.name]:<14} {person.says}")
