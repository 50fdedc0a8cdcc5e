from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_admin.rules.re2 import syntax_error

RECORDING = Path(__file__).parents[2] / "data/recordings/go-regexp-1.26.8.jsonl"


def test_it_takes_what_gos_reader_takes_and_refuses_what_that_refuses() -> None:
    """What Go's regexp.Compile answered: Nomad checks and compares by it."""
    rows = [json.loads(line) for line in RECORDING.read_text().splitlines()]
    refused = {expression for expression, said in rows if said}
    assert 0 < len(refused) < len(rows)
    assert {one for one, _ in rows if syntax_error(one) is not None} == refused


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("a(?=b)", "(?=b is not known"),
        ("(a)\\1", "\\1 is not known"),
        ("a\\Z", "\\Z is not known"),
        ("a++", "+ has nothing to repeat"),
        ("(a", "a ( is not closed"),
        ("a)", "a ) closes nothing"),
        ("[a", "a [ is not closed"),
        ("[z-a]", "a range in [ ] ends before it begins"),
        ("[[:letters:]]", "a [: :] has no class that is known"),
        ("(a{100}){11}", "something is repeated more than 1000 times"),
        ("a{3,2}", "{3,2} ends before it begins"),
        ("\\x{110000}", "\\x{110000} is no character"),
    ],
)
def test_it_says_what_is_not_taken(expression: str, said: str) -> None:
    assert syntax_error(expression) == said
