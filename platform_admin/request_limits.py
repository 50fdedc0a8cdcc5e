"""What is refused before anything of it is read: bodies that are too large, null characters."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The forms that take an archive: of a new service, of its settings, and the field by itself.
TAKES_AN_ARCHIVE = re.compile(
    r"/[a-z0-9-]+/[a-z0-9]+/(new|new/live/preview|live/archive|[a-z0-9]+/settings(/live/preview)?)/"
)
MEGABYTE = 2**20


class RequestLimitsMiddleware:
    """413 for a body larger than what its address takes, 400 for a null character.

    Django writes an upload to the disk before any view is asked; gunicorn reads no more than the
    length that was announced. Without a session nobody uploads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or the refusal."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _plain("An address has no null characters.", 400)
        largest = _largest(request)
        if _length(request) > largest:
            said = f"That is larger than the {largest // MEGABYTE} MB that are taken here."
            return _plain(said, 413)
        return self.get_response(request)


def _largest(request: HttpRequest) -> int:
    """The bytes that a body may have: an archive's forms have room for the other fields too."""
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    if signed_in and TAKES_AN_ARCHIVE.fullmatch(request.path):
        return (2 * int(settings.MUSTER_ARTIFACT_LIMIT_MB) + 1) * MEGABYTE
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) + MEGABYTE


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _plain(said: str, status: int) -> HttpResponse:
    return HttpResponse(said, status=status, content_type="text/plain")
