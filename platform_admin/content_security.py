"""What a page of ours may load and run, told to the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"
ADMIN = "/admin/"

_COMMON = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The admin's theme evaluates expressions in attributes and writes styles into the page.
_ADMIN = _COMMON | {
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}


def policy(path: str) -> str:
    """The policy for the page at this path."""
    directives = _ADMIN if path.startswith(ADMIN) else _COMMON
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class ContentSecurityMiddleware:
    """Adds the policy to each response that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response with its policy."""
        response = self.get_response(request)
        response.headers.setdefault(HEADER, policy(request.path))
        return response
