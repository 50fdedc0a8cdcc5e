"""What a page is looked at with: a wide screen or a phone, light or dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Screen:
    """A screen by its size in CSS pixels; a touched one has no hover and a coarse pointer."""

    name: str
    width: int
    height: int
    touch: bool = False
    scheme: Scheme = "light"

    def __str__(self) -> str:
        return f"{self.name}-{self.scheme}"


WIDE_LIGHT = Screen("wide", 1280, 900)
WIDE_DARK = Screen("wide", 1280, 900, scheme="dark")
PHONE_LIGHT = Screen("phone", 360, 740, touch=True)
PHONE_DARK = Screen("phone", 360, 740, touch=True, scheme="dark")
