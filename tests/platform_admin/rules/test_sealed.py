from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_admin.rules.sealed import SealError, open_sealed, parse_keys, plain_bytes, seal

ONE = "one:" + base64.b64encode(b"1" * 32).decode()
TWO = "two:" + base64.b64encode(b"2" * 32).decode()
ABOUT = b"secret:1:1:value"


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    keys = parse_keys(ONE)
    sealed = seal(plain, keys, about=ABOUT)

    assert open_sealed(sealed, keys, about=ABOUT) == plain
    assert plain_bytes(len(sealed.data)) == len(plain)


def test_the_plain_value_is_not_in_the_sealed_one() -> None:
    assert b"hunter2" not in seal(b"hunter2", parse_keys(ONE), about=ABOUT).data


def test_the_same_value_looks_different_each_time() -> None:
    keys = parse_keys(ONE)

    assert seal(b"x", keys, about=ABOUT) != seal(b"x", keys, about=ABOUT)


def test_it_does_not_open_in_another_row() -> None:
    keys = parse_keys(ONE)
    sealed = seal(b"hunter2", keys, about=ABOUT)

    with pytest.raises(SealError, match="does not open"):
        open_sealed(sealed, keys, about=b"secret:2:1:value")


def test_it_does_not_open_with_another_key_of_the_same_id() -> None:
    sealed = seal(b"hunter2", parse_keys(ONE), about=ABOUT)
    other = parse_keys("one:" + base64.b64encode(b"9" * 32).decode())

    with pytest.raises(SealError, match="does not open"):
        open_sealed(sealed, other, about=ABOUT)


def test_it_does_not_open_once_its_key_is_gone() -> None:
    sealed = seal(b"hunter2", parse_keys(ONE), about=ABOUT)

    with pytest.raises(SealError, match="no key 'one'"):
        open_sealed(sealed, parse_keys(TWO), about=ABOUT)


@pytest.mark.parametrize("data", [b"", b"x" * 11, b"x" * 27])
def test_it_does_not_open_when_cut_off(data: bytes) -> None:
    keys = parse_keys(ONE)
    sealed = replace(seal(b"hunter2", keys, about=ABOUT), data=data)

    with pytest.raises(SealError):
        open_sealed(sealed, keys, about=ABOUT)


def test_after_a_rotation_the_first_key_seals_and_the_old_one_still_opens() -> None:
    old = seal(b"old", parse_keys(ONE), about=ABOUT)
    rotated = parse_keys(f"{TWO},{ONE}")

    assert open_sealed(old, rotated, about=ABOUT) == b"old"
    assert seal(b"new", rotated, about=ABOUT).key_id == "two"


@pytest.mark.parametrize(
    "text", ["", "one", "one:", ":" + "A" * 44, "one:!!!", "one:QUJD", f"{ONE},{ONE}"]
)
def test_keys_that_can_not_be_read_are_refused(text: str) -> None:
    with pytest.raises(SealError):
        parse_keys(text)


def test_keys_do_not_print_themselves() -> None:
    assert "1111" not in repr(parse_keys(ONE))
