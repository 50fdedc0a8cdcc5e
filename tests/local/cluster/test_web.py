"""What the server under every part writes into its log."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request as Asked

import pytest

from local.cluster.web import Answer, Guard, Refusal, Request, Route, Server, open_direct

TOKEN = "a-word-for-nobody"


def _refuse(request: Request) -> Answer:
    raise Refusal(409, "not so")


ROUTES = [
    Route("GET", "/v1/job/{id}", lambda request: Answer({})),
    Route("PUT", "/v1/job/{id}", lambda request: Answer({})),
    Route("PUT", "/v1/job/{id}/plan", lambda request: Answer({})),
    Route("POST", "/v1/jobs", _refuse),
]


@pytest.fixture
def address() -> Iterator[str]:
    server = Server(0, ROUTES, Guard("X-Token", TOKEN))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("method", "path", "token", "said"),
    [
        ("PUT", "/v1/job/web?namespace=demo", TOKEN, "PUT /v1/job/web 200"),
        ("POST", "/v1/jobs", TOKEN, "POST /v1/jobs 409"),
        ("PUT", f"/v1/job/web?token={TOKEN}", "another", "PUT /v1/job/web 403"),
        ("GET", "/v1/job/web", TOKEN, ""),
        ("PUT", "/v1/job/web/plan", TOKEN, ""),
    ],
)
def test_a_request_that_changes_something_is_one_line_without_its_token(
    address: str,
    capfd: pytest.CaptureFixture[str],
    method: str,
    path: str,
    token: str,
    said: str,
) -> None:
    asked = Asked(address + path, b"{}" if method != "GET" else None, method=method)
    asked.add_header("X-Token", token)
    try:
        open_direct(asked, timeout=5).close()
    except HTTPError as error:
        error.close()

    lines = capfd.readouterr().err.splitlines()

    assert [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", "", each) for each in lines] == (
        [said] if said else []
    )
