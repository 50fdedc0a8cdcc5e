"""The edges' last readings, kept where the next worker finds them too."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Mapping

import numpy as np
from redis import Redis, RedisError

from scaler.sources.counters import Counters, Key

KEPT_S = 60
FORMAT = 3
"""Of what `packed` writes. Readings in another one are not found, as if they were lost."""
ARRAYS = 7
"""That `packed` writes of one edge."""
Readings = Mapping[str, Counters]
"""By the edge's id."""


class Kept:
    """A cell's last readings: in this process, and in Valkey for whoever comes next.

    Valkey's are read only where another process wrote them; without Valkey the own ones serve. A
    reading that is lost costs one interval, in which the edge's figures are unknown.
    """

    def __init__(self, connect: Callable[[], Redis] | None = None) -> None:
        self._connect = connect
        self._own: dict[int, tuple[bytes, Readings]] = {}

    def last(self, cell: int) -> Readings:
        """What was put last, by whomever."""
        stamp, own = self._own.get(cell, (b"", {}))
        if self._connect is None:
            return own
        try:
            client = self._connect()
            written = client.get(_key(cell, "stamp"))
            if written is None or written == stamp:
                return own
            stored = client.get(_key(cell, "readings"))
        except RedisError:
            return own
        return own if stored is None else unpacked(bytes(stored))  # type: ignore[arg-type]

    def put(self, cell: int, readings: Readings) -> None:
        """Keeps these in place of the last ones."""
        stamp = uuid.uuid4().bytes
        self._own[cell] = (stamp, readings)
        if self._connect is None:
            return
        try:
            with self._connect().pipeline() as pipe:
                pipe.set(_key(cell, "readings"), packed(readings), ex=KEPT_S)
                pipe.set(_key(cell, "stamp"), stamp, ex=KEPT_S)
                pipe.execute()
        except RedisError:
            return


def packed(readings: Readings) -> bytes:
    """The readings as bytes, without what only the newest one is asked for."""
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {}
    for place, (name, each) in enumerate(readings.items()):
        keys = b"\n".join(b"\t".join(key) for key in each.places)
        arrays[f"{place}.name"] = np.frombuffer(name.encode(), dtype=np.uint8)
        arrays[f"{place}.keys"] = np.frombuffer(keys, dtype=np.uint8)
        arrays[f"{place}.bounds"], arrays[f"{place}.values"] = each.bounds, each.values
        too_many = each.too_many or {}
        arrays[f"{place}.routers"] = np.frombuffer(b"\n".join(too_many), dtype=np.uint8)
        arrays[f"{place}.too_many"] = np.array(list(too_many.values()), dtype=np.float64)
        by_router = each.too_many is not None
        numbers = [each.at, each.started, each.answered, each.by_service, each.mute, by_router]
        arrays[f"{place}.numbers"] = np.array(numbers, dtype=np.float64)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def unpacked(stored: bytes) -> Readings:
    """The readings that `packed` wrote."""
    found: dict[str, Counters] = {}
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        for place in range(len(arrays.files) // ARRAYS):
            at, started, answered, by_service, mute, by_router = arrays[f"{place}.numbers"].tolist()
            routers = arrays[f"{place}.routers"].tobytes().split(b"\n")
            counts = arrays[f"{place}.too_many"].tolist()
            found[arrays[f"{place}.name"].tobytes().decode()] = Counters(
                at=at,
                bounds=arrays[f"{place}.bounds"],
                places=_places(arrays[f"{place}.keys"].tobytes()),
                values=arrays[f"{place}.values"],
                open={},
                started=started,
                answered=answered,
                by_service=bool(by_service),
                mute=bool(mute),
                too_many=dict(zip(routers, counts, strict=False)) if by_router else None,
            )
    return found


def _places(keys: bytes) -> dict[Key, int]:
    lines = keys.split(b"\n") if keys else []
    rows = (line.split(b"\t") for line in lines)
    return {(service, code, method): n for n, (service, code, method) in enumerate(rows)}


def _key(cell: int, part: str) -> str:
    return f"muster:edge:{FORMAT}:{cell}:{part}"
