"""A Nomad that answers a few paths over a socket; every other one is a loud 501."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


@contextmanager
def nomad(answers: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """The address of a server with these answers by a part of the path, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            path = self.path.partition("?")[0]
            asked.append(f"{self.command} {path}")
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            body = next((said for part, said in answers.items() if part in self.path), None)
            self.send_response(501 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        do_GET = do_PUT = do_POST = answer

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
