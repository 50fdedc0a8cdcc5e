"""Asking another service for JSON."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

TIMEOUT_S = 5


def ask(url: str, path: str, method: str = "GET") -> Any:
    """What the service at a link's address answers as JSON. OSError where it does not, or 4xx, 5xx.

    ValueError where it is no JSON.
    """
    request = Request(url.rstrip("/") + path, method=method)  # noqa: S310 the address of a link
    with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
        return json.load(answer)
