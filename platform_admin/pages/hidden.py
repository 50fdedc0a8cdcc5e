"""What a log must not show: Muster's own secrets, should one ever stand in a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings

MARK = "(hidden)"
SHORTEST = 8
_IN_URL = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+(?=@)")


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text with a mark in place of each secret, and of each password in a URL."""
    for secret in secrets:
        text = text.replace(secret, MARK)
    return _IN_URL.sub(rf"\1:{MARK}", text)


def own() -> tuple[str, ...]:
    """The secrets of this Muster; too short a one would take words out of every line."""
    database = settings.DATABASES["default"].get("PASSWORD", "")
    queues = unquote(urlsplit(settings.REDIS_URL).password or "")
    keys = settings.MUSTER_ENCRYPTION_KEYS.split(",")
    found = (
        settings.SECRET_KEY,
        settings.NOMAD_TOKEN,
        settings.CONSUL_HTTP_TOKEN,
        str(database),
        queues,
        *(key.partition(":")[2] for key in keys),
    )
    return tuple(each for each in found if len(each) >= SHORTEST)
