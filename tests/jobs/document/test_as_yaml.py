from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.document.as_yaml import LARGEST_BYTES, Place, SyntaxProblem, parsed, written
from tests.inputs import costly
from tests.jobs.document.documents import odd, texts

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@costly
@given(st.dictionaries(texts, values, max_size=3))
def test_any_json_is_read_as_it_was_written(value: dict[str, Any]) -> None:
    assert parsed(written(value)).value == value


@given(st.dictionaries(st.text(odd, max_size=8), st.text(odd, max_size=130), max_size=3))
def test_any_end_of_a_line_and_any_space_is_read_as_it_was_written(value: dict[str, str]) -> None:
    assert parsed(written(value)).value == value


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\u2029", "\r", "\r\n"])
def test_no_odd_end_of_a_line_is_lost(odd: str) -> None:
    value = {f"a{odd}b": [odd, f"{odd} x", f"x {odd}"]}
    assert parsed(written(value)).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("5", 5),
        ("-5", -5),
        ("0123", "0123"),
        ("5_000", "5_000"),
        ("1:30", "1:30"),
        ("2026-12-24", "2026-12-24"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("~", None),
        ("", None),
        (".inf", ".inf"),
        ("=", "="),
    ],
)
def test_a_word_is_what_it_looks_like(text: str, value: Any) -> None:
    assert parsed(f"a: {text}").value == {"a": value}


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("a: 1\na: 2", Place(2, 1), "a stands twice: keep one of them."),
        ("1: x", Place(1, 1), "The name '1' is no text: put it in quotes."),
        ("a: &x 1\nb: *x", Place(2, 4), "An alias (*) is not taken: write the value out."),
        ("a: [", Place(1, 5), "This is no YAML: while parsing a flow node"),
        ("a: !!python/name:os.system x", Place(1, 4), "The tag !!python/name:os.system is not"),
        ("a: !!timestamp x", Place(1, 4), "The tag !!timestamp is not taken"),
        ("a: !!bool x", Place(1, 1), "This is no YAML"),
        ("a: !!int ''", Place(1, 1), "This is no YAML"),
        ("a: 1\n---\nb: 2", Place(2, 1), "This is no YAML: expected a single document"),
        ("a: \x00", Place(1, 1), "This is no YAML: unacceptable character"),
        ("a: " + 50_000 * "[", Place(1, 23), "The file is nested too deeply."),
        ("a: " + 5000 * "9", Place(1, 1), "This is no YAML: Exceeds the limit"),
        ((LARGEST_BYTES + 1) * "#", Place(1, 1), "The file is larger than"),
    ],
    ids=range(13),
)
def test_what_is_not_taken_is_named_with_its_place(text: str, place: Place, sentence: str) -> None:
    with pytest.raises(SyntaxProblem) as raised:
        parsed(text)
    assert raised.value.place == place
    assert raised.value.sentence.startswith(sentence)


def test_a_path_has_its_line_and_column_or_that_of_what_is_above_it() -> None:
    found = parsed("services:\n  web:\n    command: [a, 5]\n")
    assert found.place("services.web") == Place(2, 3)
    assert found.place("services.web.command.1") == Place(3, 18)
    assert found.place("services.web.port") == Place(2, 3)
    assert found.place("nothing.of.it") == Place(1, 1)
