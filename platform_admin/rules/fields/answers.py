"""How a static service answers."""

from __future__ import annotations

from platform_admin.rules import static
from platform_admin.rules.fields.errors import Found
from platform_admin.rules.fields.identity import STATIC
from platform_admin.rules.fields.service import ServiceFields


def answer_errors(fields: ServiceFields) -> Found:
    """What is wrong with the fallback, the redirects and the headers, which no other kind has."""
    if fields.kind == STATIC:
        yield "fallback", static.fallback_error(fields.fallback)
        yield "redirects", static.redirects_error(fields.redirects)
        yield "headers", static.headers_error(fields.headers)
        return
    for name in ("fallback", "redirects", "headers"):
        if getattr(fields, name):
            yield name, "Only a static service has this: leave it empty."
