from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_admin.rules.names import (
    RESERVED_APPS,
    RESERVED_PARTS,
    app_name_error,
    part_name_error,
    variable_name_error,
)


@pytest.mark.parametrize("name", ["a", "shop", "my-shop2", "a" * 24, "x-1"])
def test_an_app_may_be_called(name: str) -> None:
    assert app_name_error(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "A name is needed"),
        ("a" * 25, "has 25 characters: shorten it to 24"),
        ("Shop", "'Shop' is not a name"),
        ("1shop", "letter first"),
        ("shop-", "no hyphen last"),
        ("my--shop", "single hyphens"),
        ("my_shop", "is not a name"),
        ("shop\n", "is not a name"),
        ("new", "choose another name"),
        ("traefik", "choose another name"),
    ],
)
def test_an_app_may_not_be_called(name: str, said: str) -> None:
    assert said in str(app_name_error(name))


@pytest.mark.parametrize("name", ["a", "web", "production", "api2", "a" * 15])
def test_a_part_may_be_called(name: str) -> None:
    assert part_name_error(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "A name is needed"),
        ("a" * 16, "has 16 characters: shorten it to 15"),
        ("my-web", "is not a name"),
        ("2web", "is not a name"),
        ("blue", "choose another name"),
        ("cmd", "choose another name"),
        ("variables", "choose another name"),
    ],
)
def test_a_part_may_not_be_called(name: str, said: str) -> None:
    assert said in str(part_name_error(name))


def test_every_reserved_word_is_refused_by_its_own_rule() -> None:
    assert all(app_name_error(name) for name in RESERVED_APPS)
    assert all(part_name_error(name) for name in RESERVED_PARTS)


@pytest.mark.parametrize("name", ["LOG_LEVEL", "a", "_x", "PORTS", "MY_NOMAD_ADDR"])
def test_a_variable_may_be_called(name: str) -> None:
    assert variable_name_error(name) is None


@pytest.mark.parametrize(
    "name", ["", "1A", "A-B", "A B", "Ä", "A" * 81, "PORT", "NOMAD_TOKEN", "MUSTER_APP", "nomad_x"]
)
def test_a_variable_may_not_be_called(name: str) -> None:
    assert variable_name_error(name)


@given(app=st.from_regex(r"[a-z]([a-z0-9-]{0,22}[a-z0-9])?", fullmatch=True), part=st.text())
def test_no_slug_that_passes_holds_two_hyphens_in_a_row(app: str, part: str) -> None:
    if app_name_error(app) is None and part_name_error(part) is None:
        assert "--" not in f"{app}-{part}-{part}"
        assert len(f"{app}-{part}-{part}") <= 56
