"""One part of Muster: what it is for, how it is, why it ended last, and its log."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse

from platform_admin.live import part_log as live
from platform_admin.live.fragment import html
from platform_admin.pages import part_log
from platform_admin.pages.access import operators
from platform_admin.pages.parts import Told
from platform_admin.pages.render import page
from platform_admin.pages.trail import Part as Place

FILES = ("This start", "The start before", "Two starts before", "Three starts before")


@operators
def part(request: HttpRequest, part: str) -> HttpResponse:
    """Its state and facts, and the end of its log, or of what has the words that are asked for."""
    told, line = live.line_of(part)
    asked = live.asked_of(request)
    found = part_log.files(line.part)
    context = {
        "part": line.part,
        "asked": asked,
        "files": [(each.age, FILES[each.age], each.size) for each in found],
        "fragment": html(request, live.fragment(told, line, asked)),
    }
    return page(request, "status/part.html", context, title=part, trail=_trail(told, part))


@operators
def log(request: HttpRequest, part: str) -> StreamingHttpResponse:
    """A log as a file, 20 MiB of its end at most; Http404 for one that is not there."""
    _, line = live.line_of(part)
    age = live.asked_of(request).age
    path = part_log.path_of(line.part, age)
    if not path.is_file():
        raise Http404("This log is not there any more.")
    response = StreamingHttpResponse(
        part_log.download(path), content_type="text/plain; charset=utf-8"
    )
    name = f"{line.part.name}.log" + (f".{age}" if age else "")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _trail(told: Told, name: str) -> tuple[Place, ...]:
    others = tuple(
        Place(each.name, reverse("status_part", args=[each.name])) for each in told.parts
    )
    here = reverse("status_part", args=[name])
    return (Place("status", reverse("status")), Place(name, here, others))
