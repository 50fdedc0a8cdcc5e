"""The WSGI app: redirects, then files, then the fallback or the page for what is not there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from local.files.rules import Rules

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Start = Callable[..., Any]

INDEX = "index.html"
NOT_FOUND = "/404.html"
SHOWN = ".well-known"
"""The one name with a dot at its beginning that is meant for browsers."""
# What asks for a part of a file, or whether it changed, is not meant for the page of an error.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")


class Site(WhiteNoise):  # type: ignore[misc]
    """The files below a folder as they are at the start; nothing else can be asked for.

    LookupError where the rules' fallback is not among them.
    """

    def __init__(self, root: Path, rules: Rules) -> None:
        immutable = re.compile(rules.immutable)
        super().__init__(
            None,
            max_age=None,
            allow_all_origins=False,
            index_file=INDEX,
            immutable_file_test=lambda path, url: bool(immutable.search(url)),
            add_headers_function=_revalidated,
        )
        self.add_files(str(root))
        # WhiteNoise has the index of a folder at the folder's own address.
        at = re.sub(f"/{INDEX}$", "/", rules.fallback)
        self.fallback = self._file(at) if at else None
        if at and self.fallback is None:
            raise LookupError(f"The fallback {rules.fallback} is not in the archive.")
        self.not_found = self._file(NOT_FOUND)

    def _file(self, url: str) -> StaticFile | None:
        found = self.files.get(url)
        return found if isinstance(found, StaticFile) else None

    def update_files_dictionary(self, root: str, prefix: str) -> None:
        """Take in the files below `root`; no hidden ones, nor a link that leads out of it."""
        found = {path: os.stat(path) for path in _files(root)}
        for path in found:
            url = prefix + os.path.relpath(path, root).replace(os.sep, "/")
            self.add_file_to_dictionary(url, path, stat_cache=found)


class App:
    """Answers requests for a site."""

    def __init__(self, site: Site, rules: Rules) -> None:
        self.site, self.rules = site, rules

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        path = _path(environ)
        if path == self.rules.health:
            return _said(environ, start, HTTPStatus.OK, "ok\n")
        start = self._with_headers(path, start)
        redirect = self.rules.redirect(path)
        if redirect:
            to, status = redirect
            return _said(environ, start, HTTPStatus(status), "", [("Location", to)])
        file = self.site.files.get(path) or self.site.fallback
        if file is not None:
            answer: Iterable[bytes] = self.site.serve(file, environ, start)
            return answer
        return self._not_found(environ, start)

    def _not_found(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if self.site.not_found is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _said(environ, start, HTTPStatus.NOT_FOUND, "There is no such page.\n")
        plain = {key: value for key, value in environ.items() if key not in CONDITIONS}
        status = HTTPStatus.NOT_FOUND

        def not_found(_: str, headers: Headers) -> Any:
            return start(f"{status} {status.phrase}", headers)

        answer: Iterable[bytes] = self.site.serve(self.site.not_found, plain, not_found)
        return answer

    def _with_headers(self, path: str, start: Start) -> Start:
        own = self.rules.headers_of(path)
        names = {name.lower() for name, _ in own}

        def started(status: str, headers: Headers, *rest: Any) -> Any:
            return start(
                status, [one for one in headers if one[0].lower() not in names] + own, *rest
            )

        return started


def _said(
    environ: Environ, start: Start, status: HTTPStatus, text: str, headers: Headers | None = None
) -> Iterable[bytes]:
    body = text.encode()
    plain = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start(f"{status} {status.phrase}", [*plain, *(headers or [])])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _path(environ: Environ) -> str:
    raw: str = environ.get("PATH_INFO") or "/"
    return raw.encode("latin-1").decode("utf-8", "replace")


def _revalidated(headers: Any, path: str, url: str) -> None:
    """What may change under its name is asked for again each time, which costs a 304."""
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-cache"


def _files(root: str) -> Iterator[str]:
    inside = os.path.realpath(root) + os.sep
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if _shown(name)]
        for name in filter(_shown, names):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and os.path.realpath(path).startswith(inside):
                yield path


def _shown(name: str) -> bool:
    return not name.startswith(".") or name == SHOWN
