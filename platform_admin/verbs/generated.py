from __future__ import annotations

from secrets import choice

from platform_admin.rules.generated import ALPHABETS, Shape, shape_errors
from platform_admin.verbs.errors import Invalid


def generated(shape: Shape) -> str:
    """A value that nobody has seen. Invalid: length, alphabet."""
    errors = shape_errors(shape)
    if errors:
        raise Invalid(errors)
    return "".join(choice(ALPHABETS[shape.alphabet]) for _ in range(shape.length))
