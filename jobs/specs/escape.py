"""Keeps Nomad from reading what people typed as templates."""

from __future__ import annotations


def literal(text: str) -> str:
    """The text as a driver's config has to say it: Nomad parses that as HCL templates."""
    return text.replace("${", "$${").replace("%{", "%%{")


def check_path(path: str) -> str:
    """The path of a check without Nomad's interpolation, which knows no escape there.

    A percent-encoded dollar sign is the same path to every HTTP server.
    """
    return path.replace("${", "%24%7B")
