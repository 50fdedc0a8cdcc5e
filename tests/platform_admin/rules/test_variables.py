from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_admin.rules.variables import all_bytes, circular, room_error, variable_errors


def errors(values: dict[str, str], merged: list[dict[str, str]] | None = None) -> dict[str, str]:
    found = variable_errors(values, links={"API_URL"}, secrets={"TOKEN"}, merged=merged or [])
    return {field: " ".join(said) for field, said in found.items()}


def test_plain_values_are_taken_as_they_are() -> None:
    assert errors({"A": "1", "B": "$A and ${C}", "C": 'quote " {{x}} # \n$'}) == {}


@pytest.mark.parametrize("value", ["$A", "${A}", "x:${A}:y", "$A$A"])
def test_a_variable_that_refers_to_itself_is_refused(value: str) -> None:
    assert "refers to ${A} itself" in errors({"A": value})["variables.A"]


def test_a_longer_name_is_another_name() -> None:
    assert errors({"A": "$AB ${AB} A {A}"}) == {}


def test_a_circle_blames_its_members_and_not_who_points_at_it() -> None:
    assert circular({"A": "$B", "B": "$C", "C": "${A}", "D": "$A"}) == {"A", "B", "C"}


def test_a_circle_through_another_scope_is_seen() -> None:
    assert list(errors({"A": "$B"}, [{"A": "$B", "B": "$A"}])) == ["variables.A"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("API_URL", "A link is called API_URL too"),
        ("TOKEN", "already a secret"),
        ("PORT", "choose another name"),
        ("NOMAD_X", "choose another name"),
        ("1X", "not a variable's name"),
        ("", "needs a name"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused(name: str, said: str) -> None:
    assert said in errors({name: "x"})[f"variables.{name}"]


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_a_value_that_no_environment_holds_is_refused(value: str) -> None:
    assert "variables.A" in errors({"A": value})


def test_the_room_says_by_how_much_it_is_too_small() -> None:
    assert room_error(65536) is None
    assert "by 10 bytes" in str(room_error(65546))
    assert all_bytes({"NÄME": "ü", "A": ""}) == 5 + 2 + 1


@given(st.dictionaries(st.sampled_from("ABCD"), st.sampled_from(["", "$A", "$B", "$C$D", "${D}"])))
def test_what_is_not_in_a_circle_can_be_put_in_an_order(values: dict[str, str]) -> None:
    left = {name: value for name, value in values.items() if name not in circular(values)}
    while left:
        ready = [name for name, value in left.items() if not any(f"{n}" in value for n in left)]
        assert ready
        for name in ready:
            del left[name]
