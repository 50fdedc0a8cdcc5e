from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_admin.rules.pasted import read_pasted


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=1\nB=2", {"A": "1", "B": "2"}),
        ("\ufeffA=1\r\n\r\n# no\n  # no\nexport B = two words \n", {"A": "1", "B": "two words"}),
        ("A=b # why", {"A": "b"}),
        ("A=#", {"A": ""}),
        ("A=b#c", {"A": "b#c"}),
        ("A=", {"A": ""}),
        ("A==b=", {"A": "=b="}),
        ("A='$x \\n \"#'", {"A": '$x \\n "#'}),
        ('A="x # y" # z', {"A": "x # y"}),
        ('A="one\n two\n"\nB=3', {"A": "one\n two\n", "B": "3"}),
        ("A='one\ntwo'", {"A": "one\ntwo"}),
        (r'A="\"q\" \\ \n \t \d \$x"', {"A": '"q" \\ \n \t \\d $x'}),
        ("A=${B}/c", {"A": "${B}/c"}),
        ("", {}),
    ],
)
def test_names_and_values_are_read(text: str, values: dict[str, str]) -> None:
    found = read_pasted(text)

    assert {line.name: line.value for line in found.lines} == values
    assert found.wrong == ()


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("A=1\nnonsense", 2, "no = in it"),
        ("A=1\n\n1B=2", 3, "'1B' is not a variable's name"),
        ("=x", 1, "needs a name"),
        ("NOMAD_X=1", 1, "choose another name"),
        ('A="open\nB=2', 1, "never closed"),
        ('A="x" y', 1, "follows the closing quote"),
        ("A=1\nB=2\nA=3", 3, "A stands on line 1 already"),
        ("A=x\0", 1, "zero byte"),
        ('A="1\n2\n3"\nB', 4, "no = in it"),
    ],
)
def test_a_bad_line_is_named_by_its_number(text: str, number: int, said: str) -> None:
    (wrong,) = read_pasted(text).wrong

    assert wrong.number == number
    assert said in wrong.said


def test_a_line_after_an_open_quote_is_read_all_the_same() -> None:
    found = read_pasted('A="open\nB=2')

    assert [(line.number, line.name) for line in found.lines] == [(2, "B")]


def test_no_value_stands_in_what_is_said() -> None:
    text = 'hunter2\nA="hunter2\n1X=hunter2\nB="hunter2" hunter2\nC=hunter2\nC=hunter2'

    assert "hunter2" not in str(read_pasted(text).wrong)


@given(st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_every_value_comes_back_out_of_its_double_quotes(value: str) -> None:
    written = value.replace("\\", "\\\\").replace('"', '\\"')

    (line,) = read_pasted(f'A="{written}"').lines

    assert line.value == value
