from __future__ import annotations

import pytest

from platform_admin.rules.generated import Shape, shape_errors


@pytest.mark.parametrize(
    "shape",
    [Shape(), Shape(22, "url"), Shape(22, "letters"), Shape(32, "hex"), Shape(512, "hex")],
)
def test_from_128_bits_on_it_is_good(shape: Shape) -> None:
    assert shape_errors(shape) == {}


@pytest.mark.parametrize(
    ("shape", "field", "said"),
    [
        (Shape(21, "url"), "length", "choose 22 to 512"),
        (Shape(21, "letters"), "length", "choose 22 to 512"),
        (Shape(31, "hex"), "length", "choose 32 to 512"),
        (Shape(513, "hex"), "length", "choose 32 to 512"),
        (Shape(43, "emoji"), "alphabet", "choose one of url, letters, hex"),
    ],
)
def test_what_could_be_guessed_or_is_unknown_is_refused(
    shape: Shape, field: str, said: str
) -> None:
    assert said in shape_errors(shape)[field][0]
