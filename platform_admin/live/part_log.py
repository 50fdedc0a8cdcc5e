"""The live part of a part's page: how it is, its facts, and the end of its log."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from platform_admin.live.fragment import Fragment, answer
from platform_admin.pages import part_log
from platform_admin.pages.access import operators
from platform_admin.pages.part_condition import lately
from platform_admin.pages.part_lines import Line, lines
from platform_admin.pages.parts import Told, told
from platform_admin.pages.words import size

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Asked:
    """Which file of a part's log, and the words that its lines shall have."""

    age: int
    words: str

    @property
    def query(self) -> str:
        """The same as the end of an address, "" where it is the log of now without words."""
        given = {"file": self.age or "", "q": self.words}
        said = urlencode({name: value for name, value in given.items() if value})
        return f"?{said}" if said else ""


@operators
def log(request: HttpRequest, part: str) -> HttpResponse:
    """The fragment as it is now."""
    return answer(request, fragment(*line_of(part), asked_of(request)))


def line_of(name: str) -> tuple[Told, Line]:
    """The part that has this name in the launcher's table; Http404 for every other name."""
    found = told()
    all_of_them = lines(found, timezone.now()) if found else []
    line = next((each for each in all_of_them if each.part.name == name), None)
    if found is None or line is None:
        raise Http404("There is no such part: /status/ lists those that run.")
    return found, line


def asked_of(request: HttpRequest) -> Asked:
    """What was asked for; Http404 for a file that can not be."""
    age, words = request.GET.get("file", "") or "0", request.GET.get("q", "").strip()
    if age not in {str(each) for each in range(part_log.OLDEST + 1)}:
        raise Http404("There is no such log: the newest is 0, the oldest 3.")
    return Asked(int(age), words[:LONGEST_SEARCH])


def fragment(told: Told, line: Line, asked: Asked) -> Fragment:
    """State, facts and log; it moves while the log was written to in the last seconds."""
    part, now = line.part, timezone.now()
    path = part_log.path_of(part, asked.age)
    found = part_log.excerpt(path, asked.words)
    return Fragment(
        name="part",
        url=reverse("status_part_live", args=[part.name]) + asked.query,
        template="status/_part.html",
        context={
            "line": line,
            "part": part,
            "lately": lately(part, now),
            "old": told.old(now),
            "told": told,
            "asked": asked,
            "log": found,
            "text": "\n".join(found.lines),
            "size": size(found.size),
            "searched": size(found.searched),
            "hidden": found.found - len(found.lines),
        },
        moving=not line.fine or (asked.age == 0 and part_log.written_lately(path, now)),
    )
