"""The error tree is the drawn one."""

from __future__ import annotations

import pytest

from jobs import errors


def test_its_docstring_draws_the_tree_as_it_is() -> None:
    drawn = errors.__doc__ or ""
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    assert {each.__name__ for each in kinds} == {
        line.replace("│", " ").replace("├──", "").replace("└──", "").split()[0]
        for line in drawn.splitlines()[2:]
        if line.strip()
    }


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (errors.Unavailable, errors.ClusterError),
        (errors.Conflict, errors.ClusterError),
        (errors.Refused, errors.ClusterError),
        (errors.Forbidden, errors.Refused),
        (errors.Missing, errors.Refused),
    ],
)
def test_each_kind_has_the_parent_that_is_drawn(
    kind: type[errors.ClusterError], parent: type[errors.ClusterError]
) -> None:
    assert kind.__bases__ == (parent,)
