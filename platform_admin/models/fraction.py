from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class FractionField(models.CharField):  # type: ignore[type-arg]
    """An exact share such as 1/3, kept as text: a float would round a split up by one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """The field as migrations write it: they know no Fraction, so its default is text."""
        name, path, args, kwargs = super().deconstruct()
        if "default" in kwargs:
            kwargs["default"] = str(kwargs["default"])
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> Fraction | None:
        return None if value is None else Fraction(value)

    def to_python(self, value: Any) -> Fraction | None:
        if value is None or isinstance(value, Fraction):
            return value
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise ValidationError(f"{value!r} is not a share such as 1/3.") from error

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(Fraction(value))
