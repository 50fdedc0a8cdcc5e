#!/usr/bin/env python3
"""Django's commands for Muster; `migrate` works as the role that owns the tables."""

from __future__ import annotations

import os
import sys

OWNER_COMMANDS = frozenset({"migrate"})


def main() -> None:
    """Runs the command of the arguments."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_admin.settings")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ["MUSTER_AS_OWNER"] = "yes"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
