"""The secrets of one installation: made once, kept in the state folder, readable by us alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from local.launch.state import write_private


def _word() -> str:
    return secrets.token_urlsafe(32)


def _token() -> str:
    return str(uuid.uuid4())


def _encryption_key() -> str:
    return "k1:" + base64.b64encode(os.urandom(32)).decode()


MAKERS: Mapping[str, Callable[[], str]] = {
    "postgres": _word,
    "postgres_owner": _word,
    "postgres_application": _word,
    "valkey": _word,
    "django": _word,
    "encryption": _encryption_key,
    "keeper": _word,
    "nomad": _token,
    "consul": _token,
    "nomad_management": _token,
    "consul_management": _token,
    "consul_nomad": _token,
    "consul_traefik": _token,
}


def load_or_make(path: Path) -> Mapping[str, str]:
    """Every secret by its name; what the file lacks is made and stored, what it has stays."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: make() for name, make in MAKERS.items() if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=1))
    return known
