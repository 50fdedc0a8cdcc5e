"""What the reader and the JSON Schema refuse: the same, but for what a schema cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jobs.document import DocumentError
from jobs.document.file import read_file, write_file
from jobs.document.schema import schema
from tests.inputs import FULL_RUN
from tests.jobs.document.whole import WHOLE

VALIDATOR = Draft202012Validator(schema())
FILE = write_file(WHOLE)

ONLY_THE_READER = {
    "what a link, a domain, a path or a policy names is there": (
        r"(\.target|\.service|\.redirect_to): found '[\s\S]*', expected one of "
        r"|^scaling\.\w+: found no service"
    ),
    "what belongs together": (
        r": found (an image beside an artifact|an archive without an artifact|both or none), "
        r"|\.archive: found nothing"
    ),
    "what a kind needs, or may not have": (
        r"\.port: found (nothing, expected a whole number|a port, expected none)"
        r"|\.schedule: found nothing"
    ),
    "a text that is no UTF-8": r": found half of a character",
    "a number that no double holds": r": found (-?inf|nan|\d{309,}), ",
    "a day that its month does not have": r": found '\d{4}-\d\d-\d\d', expected a date",
}
"""Rules that a schema cannot say, or only by saying it again for each kind, with their words."""

ONLY_THE_SCHEMA = r"scaling\.\w+\.(mode|strategy|metric|unknown)$"
"""What an editor should say at once; of the reader's texts the form is the judge."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 1.0, 1.5, 10**9, 10**9 + 1, 10**400, 65536, float("inf"),
    float("nan"), "", "a", "web", "web\n", "store", "a\0", "\ud800", "x\x85", "٣", "/", "/a\n",
    "8:00", "24:00", "٠٨:00", "2026-02-30", "20261224", "2026-12-24\n", "url", [], [1], ["a"],
    ["a\0"], {}, {"a": 1}, {"A": "b"}, {"A\n": "b"}, {"target": "store"}, {"kind": "worker"},
)  # fmt: skip
NAMES = ("new", "New", "web\n", "a٣", "A", "A-B", "9", "", "schedule", "port", "archive", "image")
GONE = object()

Path = tuple[str | int, ...]
Change = tuple[Path, Any]


def standing(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something stands in a file."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else inner:
        yield from standing(item, (*path, key))


def new(paths: list[Path]) -> Iterator[Path]:
    """Where more could stand, beside what stands there."""
    objects = {path[:-1] for path in paths if isinstance(path[-1], str)}
    yield from ((*above, name) for above in objects for name in NAMES)


THERE = list(standing(FILE))
PLACES = sorted({*THERE, *new(THERE)}, key=str)
changes = st.tuples(st.sampled_from(PLACES), st.sampled_from((*VALUES, GONE)))


def changed(path: Path, value: Any) -> Any:
    """The whole file with one value changed, added or gone."""
    found: Any = deepcopy(FILE)
    inner: Any = found
    for key in path[:-1]:
        inner = inner[key]
    if value is not GONE:
        inner[path[-1]] = value
    elif path in THERE:
        del inner[path[-1]]
    return found


def refusal(value: Any) -> str | None:
    """What the reader says against it."""
    try:
        read_file(value)
    except DocumentError as error:
        return str(error)
    return None


def check(change: Change) -> None:
    file = changed(*change)
    said, fits = refusal(file), VALIDATOR.is_valid(file)
    if said is not None and fits:
        assert any(re.search(rule, said) for rule in ONLY_THE_READER.values()), said
    if said is None and not fits:
        wrong = [error.json_path.removeprefix("$.") for error in VALIDATOR.iter_errors(file)]
        assert all(re.match(ONLY_THE_SCHEMA, each) for each in wrong), wrong


@settings(deadline=None, max_examples=2000 if FULL_RUN else 150)
@given(changes)
def test_the_schema_refuses_what_the_reader_refuses(change: Change) -> None:
    check(change)


def test_the_whole_file_is_one() -> None:
    assert refusal(FILE) is None
    assert VALIDATOR.is_valid(FILE)
