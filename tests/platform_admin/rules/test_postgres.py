from __future__ import annotations

import pytest

from platform_admin.rules.postgres import (
    Reach,
    connections_error,
    crowded,
    database_error,
    version_error,
)


@pytest.mark.parametrize("name", ["app", "orders_2", "a" * 31])
def test_a_plain_name_is_a_databases(name: str) -> None:
    assert database_error(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is not a database's name"),
        ("Orders", "is not a database's name"),
        ("host=127.0.0.1", "is not a database's name"),
        ("a-b", "is not a database's name"),
        ("a" * 32, "shorten it to 31"),
        ("postgres", "Postgres' own"),
        ("template1", "Postgres' own"),
        ("pg_mine", "Postgres' own"),
    ],
)
def test_another_name_is_refused_in_words(name: str, said: str) -> None:
    assert said in (database_error(name) or "")


def test_a_version_is_one_of_those_that_are_run() -> None:
    assert version_error("18", ("18", "17")) is None
    assert "choose 18 or 17" in (version_error("9", ("18", "17")) or "")
    assert "an operator has to name one" in (version_error("", ()) or "")


@pytest.mark.parametrize(("found", "wrong"), [(9, True), (10, False), (1000, False), (1001, True)])
def test_connections_have_bounds(found: int, wrong: bool) -> None:
    assert (connections_error(found) is not None) == wrong


def test_a_hint_comes_where_all_pools_together_do_not_fit() -> None:
    reaches = [Reach("web", 4), Reach("worker", 1)]
    assert crowded(reaches, 53) == ""
    assert "want 50 (web 40, worker 10); services get 49" in crowded(reaches, 52)
    assert crowded([], 10) == ""
