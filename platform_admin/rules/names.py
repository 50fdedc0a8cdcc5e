from __future__ import annotations

import re

APP_LENGTH = 24
PART_LENGTH = 15
VARIABLE_LENGTH = 80

RESERVED_PARTS = frozenset(
    {"blue", "green", "cmd", "live", "new", "plan", "resources", "releases", "deployments"}
    | {"settings", "scaling", "logs", "variables", "checklist", "domains"}
)
"""Names that no environment, service or resource may have: addresses and jobs use them."""

RESERVED_APPS = frozenset(
    {"new", "search", "teams", "status", "admin", "api", "static", "media", "accounts"}
    | {
        "artifacts",
        "healthz",
        "favicon",
        "robots",
        "traefik",
        "consul",
        "nomad",
        "muster",
        "default",
    }
)
"""Names that no app and no team may have: the pages' first words, and the parts' own names."""

RESERVED_VARIABLES = frozenset({"PORT"})
RESERVED_PREFIXES = ("NOMAD_", "MUSTER_")

_APP = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_PART = re.compile(r"[a-z][a-z0-9]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def app_name_error(name: str) -> str | None:
    """What is wrong with the name of an app or a team, as a sentence; None if nothing is."""
    if not name:
        return "A name is needed, such as shop."
    if len(name) > APP_LENGTH:
        return _too_long(name, APP_LENGTH)
    if "--" in name or not _APP.fullmatch(name):
        return (
            f"{name!r} is not a name: use small letters, digits and single hyphens,"
            " with a letter first and no hyphen last."
        )
    return _taken_by_muster(name) if name in RESERVED_APPS else None


def part_name_error(name: str) -> str | None:
    """What is wrong with an environment's, service's or resource's name; None if nothing is."""
    if not name:
        return "A name is needed, such as web."
    if len(name) > PART_LENGTH:
        return _too_long(name, PART_LENGTH)
    if not _PART.fullmatch(name):
        return f"{name!r} is not a name: use small letters and digits, with a letter first."
    return _taken_by_muster(name) if name in RESERVED_PARTS else None


def variable_name_error(name: str) -> str | None:
    """What is wrong with an environment variable's name, as a sentence; None if nothing is."""
    if not name:
        return "A variable needs a name, such as LOG_LEVEL."
    if len(name) > VARIABLE_LENGTH:
        return _too_long(name, VARIABLE_LENGTH)
    if not _VARIABLE.fullmatch(name):
        return (
            f"{name!r} is not a variable's name: use letters, digits and underscores,"
            " with no digit first."
        )
    if name in RESERVED_VARIABLES or name.upper().startswith(RESERVED_PREFIXES):
        return f"{name} is set by Muster or Nomad itself: choose another name."
    return None


def _too_long(name: str, limit: int) -> str:
    return f"{name!r} has {len(name)} characters: shorten it to {limit} or fewer."


def _taken_by_muster(name: str) -> str:
    return f"{name!r} is a word that Muster's own addresses use: choose another name."
