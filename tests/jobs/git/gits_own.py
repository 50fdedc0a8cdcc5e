"""Git's own server, as a CGI program behind the tests' https: it speaks protocol version 2."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from email.parser import BytesHeaderParser
from pathlib import Path
from shutil import which
from typing import Any

PASSED_ON = ("REQUEST_METHOD", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH")


def program() -> Path | None:
    """Where `git http-backend` is, if it is here."""
    if which("git") is None:
        return None
    folder = subprocess.run(["git", "--exec-path"], check=True, capture_output=True, text=True)
    found = Path(folder.stdout.strip()) / "git-http-backend"
    return found if found.exists() else None


def answering(backend: Path, repository: Path) -> Callable[[Any, Any], list[bytes]]:
    """A WSGI app that answers each request as git does of this repository."""

    def app(environ: Any, start: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        _, _, action = environ["PATH_INFO"].partition(".git")
        ended = subprocess.run(
            [backend], input=body, capture_output=True, check=True,
            env={
                "PATH": os.defpath,
                "GIT_PROJECT_ROOT": str(repository.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": environ.get("HTTP_GIT_PROTOCOL", ""),
                "HTTP_CONTENT_ENCODING": environ.get("HTTP_CONTENT_ENCODING", ""),
                "PATH_INFO": f"/{repository.name}{action}",
                **{name: environ.get(name, "") for name in PASSED_ON},
            },
        )  # fmt: skip
        head, _, content = ended.stdout.partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head)
        start(headers.get("Status", "200 OK"), [*headers.items()])
        return [content]

    return app
