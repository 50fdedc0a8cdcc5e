"""Parts of Muster that are down, frozen, silent or keep dying, as the launcher tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from platform_admin.pages.condition import Condition
from platform_admin.pages.part_lines import lines, wrong
from platform_admin.pages.parts import Told, told


@dataclass(frozen=True)
class Row:
    """What is not well, and where its page is."""

    how: Condition
    url: str


def parts(now: datetime) -> list[Row]:
    """Those that are not well; none where Muster was not started by `./run`."""
    found = told()
    if found is None:
        return []
    return [Row(how, _url(found, how.name)) for how in wrong(found, lines(found, now), now)]


def _url(told: Told, name: str) -> str:
    return reverse("status_part", args=[name]) if told.named(name) else reverse("status")
