"""Which statements change rows, and whether a verb sends them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

VERBS = "/platform_admin/verbs/"
CHANGES = ("INSERT", "UPDATE", "DELETE")
SESSION = "django_session"


@dataclass
class Written:
    """The statements that changed rows: those that a verb sent, and those around the verbs."""

    by_verbs: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.startswith(CHANGES) and SESSION not in sql:
            (self.by_verbs if _inside_a_verb() else self.around).append(sql)
        return execute(sql, params, many, context)


@contextmanager
def watched() -> Iterator[Written]:
    """What is written inside of the block."""
    written = Written()
    with connection.execute_wrapper(written):
        yield written


def _inside_a_verb() -> bool:
    frame = sys._getframe()
    found = False
    while frame is not None and not found:
        found = VERBS in frame.f_code.co_filename
        frame = frame.f_back  # type: ignore[assignment]
    return found
