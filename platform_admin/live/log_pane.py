"""One stream of an instance as it is shown: from some place on, with more before and after it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from jobs import servers
from jobs.errors import ClusterError, Missing
from jobs.logs.cut import whole_characters
from jobs.logs.place import Place
from jobs.logs.read import Piece, Stream, after, before
from jobs.logs.text import plain
from platform_admin.live.fragment import Fragment, answer
from platform_admin.models import Instance, Service
from platform_admin.pages.access import of_service
from platform_admin.pages.log_asked import query, read_asked
from platform_admin.rules.permissions import Permission

SHOWN_BYTES = 24 * 1024
NEXT_BYTES = 64 * 1024
LONGEST_REST = 8 * 1024
FAR_BYTES = 512 * 1024
"""So far behind what is written, a page that follows goes on at the end."""
MOST_SHOWN = 1024 * 1024
"""So much a page shows by following, before it asks to be loaded anew."""


@dataclass(frozen=True)
class Earlier:
    """What comes before the first byte that is shown."""

    name: str
    place: Place | None = None
    bytes: int = 0
    begins: bool = True
    page: str = ""
    part: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Pane:
    """A stream: what is before it, its text, and its end, where more may come.

    `marked` is the line that was asked for, and `below` what follows it. `size` is in bytes.
    """

    name: str
    earlier: Earlier
    above: str
    marked: str
    below: str
    tail: Fragment
    size: int
    problem: str = ""


@dataclass(frozen=True)
class Source:
    """A stream of an instance of a service."""

    service: Service
    instance: Instance
    name: str

    @property
    def stream(self) -> Stream:
        """Where it is read."""
        return Stream(servers.nomad(), self.instance.allocation, self.name)

    def page(self, **more: object) -> str:
        """The address of the page that shows it."""
        return self._address("service_logs", **more)

    def part(self, view: str, **more: object) -> str:
        """The address of a part of it."""
        return self._address(view, **more)

    def _address(self, view: str, **more: object) -> str:
        environment = self.service.environment
        address = [environment.app.slug, environment.slug, self.service.name]
        return reverse(view, args=address) + query(self.instance.allocation, self.name, **more)


def pane(source: Source, at: Place | None, *, mark: bool) -> Pane:
    """The end of the stream, or what stands around the place, of which the line may be marked."""
    try:
        above = before(source.stream, at, SHOWN_BYTES)
        below = after(source.stream, at, SHOWN_BYTES) if at else None
    except ClusterError as error:
        return _unread(source, at, error)
    if below is None:
        whole, tail = _end(source, above, shown=len(above.data))
        return Pane(source.name, _earlier(source, above), whole, "", "", tail, above.kept.size)
    whole, tail = _end(source, below, shown=len(below.data), by_hand=True)
    line, rest = _first_line(whole) if mark else ("", whole)
    earlier = _earlier(source, above)
    return Pane(source.name, earlier, plain(above.data), line, rest, tail, below.kept.size)


def _first_line(text: str) -> tuple[str, str]:
    line, end, rest = text.partition("\n")
    return line, f"{end}{rest}"


def _end(
    source: Source, piece: Piece, *, shown: int, by_hand: bool = False
) -> tuple[str, Fragment]:
    """The text of a piece, and what stands behind it: a line that is not whole yet waits there."""
    whole = len(piece.data)
    if piece.after == 0 and not source.instance.ended:
        whole = piece.data.rfind(b"\n") + 1
        if len(piece.data) - whole > LONGEST_REST:
            whole = whole_characters(piece.data)
    place = piece.place(whole)
    later = place if piece.after and by_hand else None
    full = shown > MOST_SHOWN and not later
    rest = plain(piece.data[whole:])
    tail = _tail(source, place, shown=shown, rest=rest, later=later, full=full, left=piece.after)
    return plain(piece.data[:whole]), tail


def _tail(source: Source, place: Place | None, *, shown: int = 0, **context: object) -> Fragment:
    """What follows the place. It asks for more while the instance runs, and while some is left."""
    stops = bool(context.get("later") or context.get("full") or context.get("gone"))
    over = source.instance.ended and not context.get("left") and not context.get("problem")
    asks = {"after": place or "", "shown": shown}
    return Fragment(
        name=f"tail-{source.name}",
        url=source.part("service_log_newer_live", **asks),
        template="service/_log_tail.html",
        context={
            "source": source,
            "instance": source.instance,
            "over": over,
            "nothing": not shown,
            "page": source.page(at=place),
            "part": source.part("service_log_newer_live", hand=1, **asks),
            **context,
        },
        moving=True,
        ended=stops or over,
        element="span",
    )


def _unread(source: Source, at: Place | None, error: ClusterError) -> Pane:
    """A pane without text: it was thrown away, has not begun, or Nomad does not give it now."""
    tail = _failed(source, at, error)
    return Pane(source.name, Earlier(source.name), "", "", "", tail, 0)


def _failed(source: Source, place: Place | None, error: ClusterError, shown: int = 0) -> Fragment:
    if not isinstance(error, Missing):
        return _tail(source, place, shown=shown, problem=str(error))
    return _tail(source, place, shown=shown, gone=source.instance.ended)


def _earlier(source: Source, piece: Piece) -> Earlier:
    place = piece.start
    return Earlier(
        name=source.name,
        place=place,
        bytes=piece.before,
        begins=piece.kept.begins,
        page=source.page(at=place),
        part=source.part("service_log_earlier_live", before=place),
    )


@of_service(Permission.VIEW_LOGS)
def newer(request: HttpRequest, service: Service) -> HttpResponse:
    """What was written since the place, and the end as it is now."""
    asked = read_asked(request)
    source = _source(service, asked.instance, asked.stream)
    if source is None:
        return answer(request, _forgotten(asked.stream))
    given = request.GET.get("shown", "")
    shown, by_hand = int(given) if given.isdecimal() else 0, "hand" in request.GET
    try:
        piece, skipped = _next(source, asked.after, by_hand=by_hand)
    except ClusterError as error:
        return answer(request, _failed(source, asked.after, error, shown))
    text, tail = _end(source, piece, shown=shown + len(piece.data), by_hand=by_hand)
    lines = {"text": text, "gap": piece.gap, "skipped": skipped}
    if skipped:
        lines["page"] = source.page(at=asked.after)
    ahead = render_to_string("service/_log_lines.html", lines) if text or piece.gap else ""
    return answer(request, tail, ahead=ahead)


def _next(source: Source, place: Place | None, *, by_hand: bool) -> tuple[Piece, int]:
    """What follows the place, or the end where that is too far; and the bytes between."""
    if place is None:
        return before(source.stream, None, SHOWN_BYTES), 0
    piece = after(source.stream, place, NEXT_BYTES)
    if by_hand or piece.after < FAR_BYTES:
        return piece, 0
    end = before(source.stream, None, SHOWN_BYTES)
    return end, max(0, end.before - piece.before)


@of_service(Permission.VIEW_LOGS)
def earlier(request: HttpRequest, service: Service) -> HttpResponse:
    """What was written before the place, and how to go on from there."""
    asked = read_asked(request)
    source = _source(service, asked.instance, asked.stream)
    if source is None or asked.before is None:
        raise Http404("There is no such place in a log of this service.")
    try:
        piece = before(source.stream, asked.before, NEXT_BYTES)
    except ClusterError as error:
        again = source.part("service_log_earlier_live", before=asked.before)
        page = source.page(at=asked.before)
        shown = Earlier(source.name, asked.before, 1, page=page, part=again, problem=str(error))
        context = {"earlier": shown, "text": ""}
    else:
        context = {"earlier": _earlier(source, piece), "text": plain(piece.data)}
    response = HttpResponse(render_to_string("service/_log_earlier.html", context))
    response["Cache-Control"] = "no-store"
    return response


def _source(service: Service, instance: str, stream: str) -> Source | None:
    """The stream, None where the service has no such instance any more; Http404 for both."""
    if stream not in ("stdout", "stderr"):
        raise Http404("Which of the two streams? It is stdout or stderr.")
    found = service.instances.filter(allocation=instance).first()
    return Source(service, found, stream) if found else None


def _forgotten(stream: str) -> Fragment:
    return Fragment(
        name=f"tail-{stream}",
        url="",
        template="service/_log_tail.html",
        context={"forgotten": True},
        ended=True,
        element="span",
    )
