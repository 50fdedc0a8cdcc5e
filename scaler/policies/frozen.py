"""A state as bytes, and back: arrays by their names, however deep in dataclasses."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np

LEVEL = 1
State = TypeVar("State")


def frozen(state: Any) -> bytes:
    """All arrays and numbers of a dataclass, zlib over numpy's format: about a seventh."""
    kept = io.BytesIO()
    np.savez(kept, allow_pickle=False, **dict(_named(state)))
    return zlib.compress(kept.getvalue(), LEVEL)


def thawed(stored: bytes, like: State) -> State | None:
    """What was frozen, as `like`; None where that is of another shape, as an older version's is."""
    try:
        with np.load(io.BytesIO(zlib.decompress(stored)), allow_pickle=False) as arrays:
            found: State = _filled(like, dict(arrays), "")
    except (zlib.error, BadZipFile, KeyError, ValueError):
        return None
    return found


def _named(state: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in _values(state).items():
        if is_dataclass(value) or isinstance(value, dict):
            yield from _named(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _values(state: Any) -> Mapping[str, Any]:
    if isinstance(state, dict):
        return state
    return {field.name: getattr(state, field.name) for field in fields(state)}


def _filled(like: Any, arrays: Mapping[str, Any], prefix: str) -> Any:
    found: dict[str, Any] = {}
    for name, value in _values(like).items():
        if isinstance(value, dict):
            found[name] = _under(arrays, f"{prefix}{name}.")
        elif is_dataclass(value):
            found[name] = _filled(value, arrays, f"{prefix}{name}.")
        else:
            stored = arrays[f"{prefix}{name}"]
            if isinstance(value, np.ndarray):
                found[name] = _fitting(stored, value)
            else:
                found[name] = type(value)(stored)
    return replace(like, **found)


def _fitting(stored: Any, like: Any) -> Any:
    """The array, which may be longer where `like` has none; ValueError where it is no such one."""
    axes = zip(stored.shape, like.shape, strict=True)
    if stored.dtype != like.dtype or any(few and many != few for many, few in axes):
        raise ValueError(f"{stored.dtype}{stored.shape} is not as {like.dtype}{like.shape}")
    return stored


def _under(arrays: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name[len(prefix) :]: one for name, one in arrays.items() if name.startswith(prefix)}
