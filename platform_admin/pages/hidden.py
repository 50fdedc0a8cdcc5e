"""What a log must not show: Muster's own secrets, should one ever stand in a line."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

MARK = "(hidden)"
SHORTEST = 8
FILE = "secrets.json"
_log = logging.getLogger(__name__)
_IN_URL = re.compile(r"(://[^\s/:@]*):[^\s/@]+(?=@)")


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text with a mark in place of each secret, and of each password in a URL."""
    for secret in secrets:
        text = text.replace(secret, MARK)
    return _IN_URL.sub(rf"\1:{MARK}", text)


def own() -> tuple[str, ...]:
    """The secrets that this process was given, and all of the installation, the longest first.

    The latter where `./run` keeps them in the state folder: Postgres', the keeper's, and the tokens
    that rule Nomad and Consul are among them. Too short a one would take words out of every line.
    """
    found = {part for each in (*_given(), *_kept()) for part in (each, each.partition(":")[2])}
    return tuple(sorted((each for each in found if len(each) >= SHORTEST), key=len, reverse=True))


def _given() -> Iterable[str]:
    return (
        settings.SECRET_KEY,
        settings.NOMAD_TOKEN,
        settings.CONSUL_HTTP_TOKEN,
        str(settings.DATABASES["default"].get("PASSWORD", "")),
        unquote(urlsplit(settings.REDIS_URL).password or ""),
        *settings.MUSTER_ENCRYPTION_KEYS.split(","),
    )


def _kept() -> Iterable[str]:
    path = Path(settings.MUSTER_STATE, FILE)
    try:
        found: dict[str, str] = json.loads(path.read_text())
        return list(map(str, found.values()))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, AttributeError):
        _log.exception("%s can not be read: logs may show what is in it", path)
        return ()
