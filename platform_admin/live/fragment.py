"""A part of a page that asks for itself again, and costs a 204 while nothing changed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from hashlib import blake2s

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

MOVING_S = 2
AT_REST_S = 10
END_OF_POLLING = 286
SHARED_S = 1.0
SENTENCE = "parts/_sentence.html"
# Ages grow and form tokens are masked anew on every rendering: neither is a change.
_NOISE = re.compile(r'(<time[^>]*>)[^<]*|(name="csrfmiddlewaretoken" value=")[^"]*')


@dataclass(frozen=True)
class Fragment:
    """One live part: its id on the page, where it asks for itself, and what it shows.

    It asks every 2 s while something moves, every 10 s at rest, and no more once it ended.
    `asides` are the templates of pieces that stand elsewhere on the page and change with it. It is
    an `element` of its own in the page.
    """

    name: str
    url: str
    template: str
    context: Mapping[str, object]
    moving: bool = False
    ended: bool = False
    asides: tuple[str, ...] = ()
    element: str = "div"

    @property
    def every_s(self) -> int | None:
        if self.ended:
            return None
        return MOVING_S if self.moving else AT_REST_S


_shared: dict[Hashable, tuple[float, Fragment]] = {}


def shared(key: Hashable, make: Callable[[], Fragment]) -> Fragment:
    """The fragment as another viewer got it within the last second, or made now.

    So it costs the same for one viewer and for a hundred. The key names what is shown, and all
    of the viewer that it depends on.
    """
    now = time.monotonic()
    made_at, found = _shared.get(key, (-SHARED_S, None))
    if found is None or now - made_at >= SHARED_S:
        for old in [each for each, (at, _) in list(_shared.items()) if now - at >= SHARED_S]:
            _shared.pop(old, None)
        found = make()
        _shared[key] = (now, found)
    return found


def html(request: HttpRequest, fragment: Fragment) -> SafeString:
    """The fragment as the page shows it at first."""
    return _rendered(request, fragment)[0]


def aside_html(request: HttpRequest, fragment: Fragment, template: str) -> SafeString:
    """One of the pieces that stand elsewhere, as the page shows it at first."""
    return render_to_string(template, dict(fragment.context), request=request)


def answer(request: HttpRequest, fragment: Fragment, *, ahead: str = "") -> HttpResponse:
    """The fragment as its own response: 204 when it was seen, 286 when it will not change.

    What is `ahead` of it is new, and stays on the page where the fragment stood.
    """
    body, seen = _rendered(request, fragment)
    for template in fragment.asides:
        context = {**fragment.context, "aside": True}
        body += render_to_string(template, context, request=request)
    if fragment.ended:
        return _uncached(HttpResponse(ahead + body, status=END_OF_POLLING))
    if request.GET.get("seen") == seen and not ahead:
        return _uncached(HttpResponse(status=204))
    return _uncached(HttpResponse(ahead + body))


def _rendered(request: HttpRequest, fragment: Fragment) -> tuple[SafeString, str]:
    inner = render_to_string(fragment.template, dict(fragment.context), request=request)
    beside = "".join(aside_html(request, fragment, each) for each in fragment.asides)
    seen = _digest(f"{fragment.every_s}{beside}{inner}")
    frame = {"fragment": fragment, "inner": inner, "seen": seen, "every": fragment.every_s}
    page = render_to_string("parts/live.html", frame).strip()
    return mark_safe(page), seen  # noqa: S308 - rendered above


def _digest(text: str) -> str:
    return blake2s(_NOISE.sub(r"\1\2", text).encode(), digest_size=8).hexdigest()


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
