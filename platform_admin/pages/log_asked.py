"""What of whose log was asked for, by the query of an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from jobs.logs.place import Place, read_place
from jobs.logs.read import STREAMS

BOTH = "both"
LONGEST_SEARCH = 100
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Asked:
    """An instance ("" for all that run), one stream or both, words to look for, and places.

    `at` is what to show, `before` what to look before, `after` what to go on from.
    """

    instance: str = ""
    stream: str = BOTH
    words: str = ""
    at: Place | None = None
    before: Place | None = None
    after: Place | None = None

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams that were asked for."""
        return STREAMS if self.stream == BOTH else (self.stream,)


def read_asked(request: HttpRequest) -> Asked:
    """What was asked for; Http404 for what is no id of an instance, no stream or no place."""
    given = request.GET
    instance, stream = given.get("instance", ""), given.get("stream", "") or BOTH
    if instance and not _UUID.fullmatch(instance):
        raise Http404("There is no such instance: the ids of instances are UUIDs.")
    if stream not in (BOTH, *STREAMS):
        raise Http404("There is no such stream: an instance writes to stdout and to stderr.")
    return Asked(
        instance=instance,
        stream=stream,
        words=given.get("q", "").strip()[:LONGEST_SEARCH],
        at=_place(given, "at"),
        before=_place(given, "before"),
        after=_place(given, "after"),
    )


def _place(given: Mapping[str, str], name: str) -> Place | None:
    text = given.get(name, "")
    found = read_place(text)
    if text and found is None:
        raise Http404("There is no such place: one is a file's number and an offset, e.g. 3.4096.")
    return found


def query(instance: str, stream: str = "", **more: object) -> str:
    """The end of an address that asks for this; what is empty is left out."""
    given = {"instance": instance, "stream": "" if stream == BOTH else stream, **more}
    said = urlencode({name: str(value) for name, value in given.items() if value not in ("", None)})
    return f"?{said}"
