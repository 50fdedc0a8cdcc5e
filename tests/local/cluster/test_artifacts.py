"""Archives are unpacked into their folder, and nowhere else."""

from __future__ import annotations

import hashlib
import io
import os
import pwd
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.cluster.nomad.artifacts import Unfetchable, fetch, hand_over

Serve = Callable[[str, bytes], str]
PLAIN: dict[str, Any] = {"GetterHeaders": None, "GetterOptions": None}


@pytest.fixture
def serve() -> Iterator[Serve]:
    held: dict[str, bytes] = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = held.get(self.path)
            self.send_response(200 if data is not None else 404)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def put(name: str, data: bytes) -> str:
        held[f"/{name}"] = data
        return f"http://127.0.0.1:{server.server_port}/{name}"

    yield put
    server.shutdown()
    server.server_close()


def tar(*members: tuple[str, str, bytes]) -> bytes:
    """A tar.gz of (name, link or "", content)."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as out:
        for name, link, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            if link:
                member.type, member.linkname = tarfile.SYMTYPE, link
            out.addfile(member, io.BytesIO(content))
    return held.getvalue()


def zipped(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        out.writestr(name, "text")
    return held.getvalue()


def test_a_tar_is_unpacked_with_its_inner_links(serve: Serve, tmp_path: Path) -> None:
    data = tar(("a/b.txt", "", b"text"), ("a/c.txt", "b.txt", b""))
    fetch(PLAIN, serve("app.tar.gz", data), tmp_path / "local")
    assert (tmp_path / "local/a/c.txt").read_text() == "text"


def test_a_zip_is_unpacked(serve: Serve, tmp_path: Path) -> None:
    fetch(PLAIN, serve("app.zip", zipped("a/b.txt")), tmp_path)
    assert (tmp_path / "a/b.txt").read_text() == "text"


def test_any_other_file_is_put_there_as_it_is(serve: Serve, tmp_path: Path) -> None:
    fetch(PLAIN, serve("tool", b"bytes"), tmp_path)
    assert (tmp_path / "tool").read_bytes() == b"bytes"


@pytest.mark.parametrize(
    "data",
    [
        tar(("../out.txt", "", b"x")),
        tar(("/out.txt", "", b"x")),
        tar(("link", "..", b""), ("link/out.txt", "", b"x")),
        tar(("link", "/", b"")),
        tar(("a", ".", b""), ("a/b", "..", b""), ("a/b/out.txt", "", b"x")),
    ],
    # A gzip holds the time: as a name it would be another one in each process.
    ids=["above", "absolute", "over a link", "link to the root", "over two links"],
)
def test_a_tar_that_leads_out_of_its_folder_is_refused(
    serve: Serve, tmp_path: Path, data: bytes
) -> None:
    with pytest.raises(Unfetchable, match="leads out"):
        fetch(PLAIN, serve("app.tar.gz", data), tmp_path / "local")
    assert not (tmp_path / "out.txt").exists()


def test_a_zip_that_leads_out_of_its_folder_is_refused(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(Unfetchable, match="leads out"):
        fetch(PLAIN, serve("app.zip", zipped("../out.txt")), tmp_path / "local")
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize("name", ["app.tar.gz", "app.zip"])
def test_what_is_no_archive_is_refused(serve: Serve, tmp_path: Path, name: str) -> None:
    with pytest.raises(Unfetchable, match="error unpacking"):
        fetch(PLAIN, serve(name, b"no archive"), tmp_path)


def test_the_checksum_decides(serve: Serve, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"bytes").hexdigest()
    url = serve("tool", b"bytes")
    fetch({**PLAIN, "GetterOptions": {"checksum": f"sha256:{digest}"}}, url, tmp_path)
    with pytest.raises(Unfetchable, match="Checksums did not match"):
        fetch({**PLAIN, "GetterOptions": {"checksum": f"sha256:{'0' * 64}"}}, url, tmp_path)
    with pytest.raises(Unfetchable, match="unsupported checksum type"):
        fetch({**PLAIN, "GetterOptions": {"checksum": "md5:1"}}, url, tmp_path)


def test_what_is_missing_or_not_served_over_http_is_refused(serve: Serve, tmp_path: Path) -> None:
    url = serve("tool", b"")
    with pytest.raises(Unfetchable, match="404"):
        fetch(PLAIN, url + "-not", tmp_path)
    with pytest.raises(Unfetchable, match="not supported for scheme 'file'"):
        fetch(PLAIN, "file:///etc/passwd", tmp_path)


def test_root_hands_all_that_was_unpacked_over_to_the_tasks_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").touch()
    nobody, owned = pwd.getpwnam("nobody"), {}

    def chown(path: Path, uid: int, gid: int, *, follow_symlinks: bool) -> None:
        assert not follow_symlinks
        owned[path.relative_to(tmp_path).as_posix()] = (uid, gid)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", chown)
    hand_over(tmp_path, "nobody")
    assert owned == dict.fromkeys((".", "app", "app/main.py"), (nobody.pw_uid, nobody.pw_gid))
    with pytest.raises(Unfetchable, match="failed to chown artifact: unknown user 1000"):
        hand_over(tmp_path, "1000")
