"""What the edge answers for a service that has no healthy instance.

The edge sends such requests here with the header `X-Muster-Fallback`: the slug, signed by Muster,
or anybody who reaches Muster could ask by it how a service is. Their Host is the app's own, so
this stands before everything that looks at hosts, sessions or paths.
"""

from __future__ import annotations

import logging
import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from jobs.document.types import PUBLIC
from platform_admin.models import Deployment, Service
from platform_admin.rules.signed import slug_of

HEADER = "X-Muster-Fallback"
RETRY_AFTER_S = 5
STARTING, ASLEEP, DOWN, NEVER = "starting", "asleep", "down", "not live"
SUSPENDED, GOING = "suspended", "being deleted"
SENTENCES = {
    STARTING: "It is starting and will answer in a moment.",
    ASLEEP: "None of its instances runs at the moment.",
    DOWN: "None of its instances answers at the moment.",
    NEVER: "It has never been live yet.",
    SUSPENDED: "It was switched off, and answers once somebody resumes it.",
    GOING: "It will not answer again.",
}
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{display:grid;place-content:center;min-height:90vh;margin:0 24px;"
    "font:1.0625rem/1.5 system-ui,sans-serif;background:#f7f7f5;color:#1c1c1a}"
    "h1{font-size:1.625rem;margin:0 0 8px}p{margin:0;color:#5c5c56}"
    "@media(prefers-color-scheme:dark)"
    "{body{background:#141416;color:#ececee}p{color:#a3a3ac}}"
)
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
KNOWN_S = 1.0
MOST_KNOWN = 4096
_log = logging.getLogger(__name__)
_known: dict[str, tuple[float, tuple[str, str | None]]] = {}


class FallbackMiddleware:
    """Answers what the edge could not give to an instance; passes on all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """503 for a request that fell back, else the response of the rest."""
        named = request.headers.get(HEADER)
        if named is None:
            return self.get_response(request)
        return answer(request, slug_of(named, settings.SECRET_KEY))


def answer(request: HttpRequest, slug: str | None) -> HttpResponse:
    """503 with when to try again: a page for browsers of a web service, else a line of text.

    Without a slug nothing is looked up, and nothing said but that.
    """
    word, kind = _remembered(slug, time.monotonic())
    browser = kind in PUBLIC and "text/html" in request.headers.get("Accept", "")
    response = _page(word) if browser else _line(slug, word)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # An app's visitors are no errors of ours: Django would log each 503 as one.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _remembered(slug: str | None, now: float) -> tuple[str, str | None]:
    """What was found of the service within the last second, in this process, or is found now.

    A load on one dead app asks the database once a second, and not once a request: threads that
    answer it would else be missing for the pages.
    """
    if slug is None:
        return DOWN, None
    at, found = _known.get(slug, (now - KNOWN_S, (DOWN, None)))
    if now - at < KNOWN_S:
        return found
    found = _found(slug)
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[slug] = now, found
    return found


def _found(slug: str) -> tuple[str, str | None]:
    """The word for the service's state, and its kind; "down" where nothing is known."""
    try:
        service = Service.objects.filter(slug_row_id=slug).select_related("rollout").first()
        return (DOWN, None) if service is None else (_word(service), service.kind)
    except DatabaseError:
        _log.exception("The database does not say what %s is", slug)
        return DOWN, None


def _word(service: Service) -> str:
    if service.deletion_id is not None:
        return GOING
    if service.suspended_at is not None:
        return SUSPENDED
    moving = Deployment.objects.filter(services=service).exclude(state__in=Deployment.ENDED)
    if moving.exists():
        return STARTING
    if service.rollout.live is None:
        return NEVER
    if service.desired == 0:
        return ASLEEP
    trying = service.instances.filter(ended=False, draining=False, healthy=False)
    return STARTING if trying.filter(restarts=0).exists() else DOWN


def _page(word: str) -> HttpResponse:
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="{RETRY_AFTER_S}">'
        f"<title>This app is {escape(word)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>This app is {escape(word)}</h1>"
        f"<p>{escape(SENTENCES[word])} This page asks again every {RETRY_AFTER_S} seconds.</p>"
        "</main></body></html>"
    )
    response = HttpResponse(body, status=503)
    response["Content-Security-Policy"] = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'"
    return response


def _line(slug: str | None, word: str) -> HttpResponse:
    text = f"{slug or 'This'} is {word}. {SENTENCES[word]} Try again in {RETRY_AFTER_S} s.\n"
    return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
