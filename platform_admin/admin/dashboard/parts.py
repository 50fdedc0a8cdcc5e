"""Parts of Muster that are down, frozen, silent or keep dying, as the launcher tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from platform_admin.pages.condition import Condition
from platform_admin.pages.heard import Sign
from platform_admin.pages.part_lines import lines, wrong
from platform_admin.pages.parts import Told, told


@dataclass(frozen=True)
class Row:
    """What is not well, and where its page is."""

    how: Condition
    url: str


def parts(now: datetime, given: Mapping[int, Sign] | None = None) -> list[Row]:
    """Those that are not well; none where Muster was not started by `./run`.

    `given` are the signs of life of its processes, where somebody knows them already.
    """
    found = told()
    if found is None:
        return []
    return [Row(how, _url(found, how.name)) for how in wrong(found, lines(found, now, given), now)]


def _url(told: Told, name: str) -> str:
    return reverse("status_part", args=[name]) if told.named(name) else reverse("status")
