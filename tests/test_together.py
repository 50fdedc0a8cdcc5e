from __future__ import annotations

from pathlib import Path

import pytest

from tests.together import FIRST, SHARED

ROOT = Path(__file__).resolve().parent.parent
PLACES = sorted({*FIRST, *(place for places in SHARED.values() for place in places)})


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_is_named_is_one(place: str) -> None:
    assert list(ROOT.glob(f"{place}*"))
