from __future__ import annotations

import pytest

from jobs.errors import Unavailable
from jobs.postgres import Login, connect
from local.launch.ports import any_free


def test_a_server_that_is_not_there_is_unavailable_and_named_once() -> None:
    port = any_free()
    login = Login("localhost", port, "web_login", "a secret", "app", address="127.0.0.1")
    with pytest.raises(Unavailable) as caught, connect(login):
        pass

    assert caught.value.message == f"postgres at localhost:{port}: Connection refused"
    assert caught.value.server == "postgres"


def test_a_login_is_shown_without_its_password() -> None:
    assert "a secret" not in repr(Login("localhost", 1, "web_login", "a secret", "app"))
