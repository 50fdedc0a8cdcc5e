"""Drafts of environments, as files hold them, drawn by Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from jobs.document.file import FileDoc, ScalingDoc
from platform_admin.rules.policy import METRICS, MODES, STRATEGIES, UNKNOWNS, PolicyFields
from scaler.rules.windows import Window
from tests.jobs.document.documents import documents, secrets, texts, variable_names

small = st.integers(0, 100)
minutes = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
windows = st.builds(
    Window,
    texts,
    days=st.lists(st.integers(0, 6), max_size=3).map(tuple),
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    start=minutes,
    end=minutes,
    least=st.none() | small,
    most=st.none() | small,
)
CHOICES = {"mode": MODES, "strategy": STRATEGIES, "metric": METRICS, "unknown": UNKNOWNS}
SORTS: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: small,
    float: st.floats(0.001, 1e6),
    type(None): st.none(),
}


def _field(name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name == "windows":
        return st.lists(windows, max_size=2).map(tuple)
    if name in CHOICES:
        return st.sampled_from(CHOICES[name])
    return st.one_of([SORTS[sort] for sort in get_args(hint) or (hint,)])


policies = st.fixed_dictionaries(
    {},
    optional={name: _field(name, hint) for name, hint in get_type_hints(PolicyFields).items()},
).map(lambda drawn: replace(PolicyFields(), **drawn))
scalings = st.builds(ScalingDoc, st.integers(0, 9), st.integers(1, 9), policies)


@st.composite
def files(draw: st.DrawFn) -> FileDoc:
    """Any draft that the platform may have to write down."""
    document = draw(documents(most=2))
    return FileDoc(
        document=document,
        variables=draw(st.dictionaries(variable_names, texts, max_size=3)),
        secrets=draw(st.dictionaries(variable_names, secrets, max_size=2)),
        scaling={one.name: draw(scalings) for one in document.services if draw(st.booleans())},
    )
