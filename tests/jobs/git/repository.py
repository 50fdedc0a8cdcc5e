"""A repository that is made on the spot, and a server that hands it out over https on loopback."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich.objects import Blob, Commit, ObjectID, Tag, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain

from tests.platform_admin.rules.made_certificates import made_pair

MOMENT = 1_780_000_000
BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FILE, PROGRAM, LINK, SUBMODULE = 0o100644, 0o100755, 0o120000, 0o160000

Content = str | bytes | tuple[int, bytes]


class Repository:
    """A repository on the disk, to which commits are added file by file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.repo = Repo.init_bare(str(folder))
        self._moment = MOMENT

    def commit(self, files: Mapping[str, Content], branch: str = "master") -> str:
        """The name of a commit with exactly these files, at which the branch ends then."""
        name = Ref(b"refs/heads/" + branch.encode())
        commit = Commit()
        commit.tree = self._tree(files)
        commit.parents = [self.repo.refs[name]] if name in self.repo.refs else []
        commit.author = commit.committer = b"Ada <ada@example.org>"
        commit.author_time = commit.commit_time = self._moment
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"A change"
        self._moment += 60
        self.repo.object_store.add_object(commit)
        self.repo.refs[name] = commit.id
        return commit.id.decode()

    def tag(self, name: str, commit: str) -> None:
        """Nothing; an annotated tag leads to the commit."""
        tag = Tag()
        tag.name, tag.object = name.encode(), (Commit, ObjectID(commit.encode()))
        tag.tagger, tag.tag_time, tag.tag_timezone = b"Ada <ada@example.org>", MOMENT, 0
        tag.message = b"A release"
        self.repo.object_store.add_object(tag)
        self.repo.refs[Ref(b"refs/tags/" + name.encode())] = tag.id

    def _tree(self, files: Mapping[str, Content]) -> ObjectID:
        tree = Tree()
        for name in sorted({path.partition("/")[0] for path in files}):
            inside = {path[len(name) + 1 :]: each for path, each in files.items()
                      if path.startswith(f"{name}/")}  # fmt: skip
            mode, made = (0o40000, self._tree(inside)) if inside else self._blob(files[name])
            tree.add(name.encode(), mode, made)
        self.repo.object_store.add_object(tree)
        return tree.id

    def _blob(self, content: Content) -> tuple[int, ObjectID]:
        mode, body = content if isinstance(content, tuple) else (FILE, content)
        if mode == SUBMODULE:
            return mode, ObjectID(b"1" * 40)
        blob = Blob.from_string(body.encode() if isinstance(body, str) else body)
        self.repo.object_store.add_object(blob)
        return mode, blob.id


@dataclass
class Served:
    """A server of git: where it is, what it was asked; `before` may answer in its place."""

    address: str
    port: int
    certificate: Path
    asked: list[str]
    before: Callable[[Any, Any], Any] | None = None


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that ends a connection is no error of these tests."""


@contextmanager
def served(repository: Repository, folder: Path) -> Iterator[Served]:
    """The repository at `/shop/web.git` of a server that runs until the end."""
    certificate, key = folder / "git.crt", folder / "git.key"
    pair = made_pair("127.0.0.1", begins_at=BEGINS, ends_at=ENDS)
    certificate.write_text(pair.certificate)
    key.write_text(pair.key)
    repositories: dict[str, BackendRepo] = {"/shop/web.git": repository.repo}
    git = make_wsgi_chain(DictBackend(repositories))
    found = Served("", 0, certificate, [])

    def app(environ: Any, start: Any) -> Any:
        found.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        answered = found.before(environ, start) if found.before else None
        return git(environ, start) if answered is None else answered

    server = make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.port = server.server_port
    found.address = f"https://127.0.0.1:{server.server_port}/shop/web.git"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
