from __future__ import annotations

import os

import psycopg
import pytest
import redis


def test_the_application_role_cannot_make_tables() -> None:
    with (
        psycopg.connect(os.environ["DATABASE_URL"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (n int)")


def test_the_queue_demands_its_password() -> None:
    url = os.environ["REDIS_URL"]
    assert redis.Redis.from_url(url).ping()

    without = "redis://" + url.partition("@")[2]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(without).ping()
