from __future__ import annotations

from django.core.management.base import BaseCommand

from platform_admin.demo.people import PEOPLE, people
from platform_admin.demo.shop import CELL, runs_here, shop
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.cells import make_cell


class Command(BaseCommand):
    """Makes the demo's teams, users and example app where they are missing."""

    help = "Make the demo's teams, users and example app where they are missing."

    def handle(self, *args: object, **options: object) -> None:
        """Print the demo users and their passwords."""
        passwords = people()
        make_cell(SYSTEM, CELL)
        if runs_here():
            shop()
        for person in PEOPLE:
            self.stdout.write(f"{person.name:<6} {passwords[person.name]:<14} {person.says}")
