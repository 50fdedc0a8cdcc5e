"""A web service that answers what it found in its environment, and who it is.

With `--ill` it runs and is never healthy.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import FrameType

ILL = "--ill" in sys.argv


class Echo(BaseHTTPRequestHandler):
    """`/health`, and an answer of 50 ms to any other GET, so that some are always under way."""

    def do_GET(self) -> None:
        if self.path == "/health":
            return self._reply(500 if ILL else 200, {})
        time.sleep(0.05)
        secret = os.environ.get("SECRET", "")
        return self._reply(
            200,
            {
                "greeting": os.environ.get("GREETING"),
                "secret": sha256(secret.encode()).hexdigest(),
                "instance": os.environ["NOMAD_ALLOC_ID"],
                "pid": os.getpid(),
            },
        )

    def log_message(self, format: str, *values: object) -> None:
        """Nothing: the log is for what matters."""

    def _reply(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Ends only after every request that it has begun."""

    daemon_threads = False
    request_queue_size = 64


def main() -> None:
    """Nothing; returns after SIGTERM, when all that was asked is answered."""
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Echo)

    def stop(number: int, frame: FrameType | None) -> None:
        Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    print("the database does not answer" if ILL else "ready", file=sys.stderr, flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()


if __name__ == "__main__":
    main()
