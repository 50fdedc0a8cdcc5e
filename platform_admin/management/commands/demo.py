from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from platform_admin.demo.run.example import NotReady
from platform_admin.demo.run.report import as_json
from platform_admin.demo.run.summary import summary
from platform_admin.demo.run.whole import whole


class Interrupted(BaseException):
    """Somebody asked for the end."""


class Command(BaseCommand):
    """Sends three loads to the example, and judges what Muster made of them."""

    help = "Send load to the example app in three phases, and say how Muster kept up."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json FILE`."""
        parser.add_argument("--json", type=Path, help="write the summary there as JSON too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a timeline and a summary; code 1 where something was not as it should be."""
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGINT, _interrupt)
        try:
            report = whole(self._say)
        except NotReady as error:
            raise CommandError(str(error)) from error
        except Interrupted:
            raise CommandError("Interrupted: what the run had changed is put back.") from None
        self._say(f"\n{summary(report)}")
        if options["json"] is not None:
            options["json"].write_text(json.dumps(as_json(report), indent=1) + "\n")
        if not report.ok:
            raise SystemExit(1)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _interrupt(number: int, frame: object) -> None:
    """Once: what is put back then is not interrupted by a second Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Interrupted
