from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_is_healthy_while_both_servers_answer(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_names_the_queue_when_that_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django_rq import settings as queues

    monkeypatch.setitem(queues.QUEUES, "default", {"URL": "redis://127.0.0.1:1/0"})

    response = client.get("/healthz")

    assert (response.status_code, response.content) == (503, b"the queue does not answer\n")
