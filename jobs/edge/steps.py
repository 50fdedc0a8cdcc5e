"""From the keys that a service has to those that it should have, in an order that does no harm.

A transaction holds at most 64 operations, and a whole tree is more. So that no half state is worse
than the one before:

- a router, a service or a middleware is never cut in two: a router without its priority would win
  or lose against the wrong ones, and one key that cannot be read stops the whole provider;
- middlewares and services come before the routers that name them, and go after them: Traefik
  disables a router that names something missing, and nothing at all answers if that is the only
  one for its rule;
- routers that stay or come are written before others are deleted: the layers may overlap, and
  whatever colour answers meanwhile is one that either the old or the new tree sends traffic to;
- of the routers, `live` and `share` come first and `fallback` last, so that an emptied Consul
  answers from the instances as soon as it answers at all; after them those that redirect, so that
  nobody is sent to what is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from jobs.consul import Entry, Operation
from jobs.edge.differs import differs, thing_of

KINDS = ("middlewares", "services", "routers")
_MOST_OPERATIONS = 64
_LAYERS = ("live", "share", "other", "fallback", "redirect", "smoke")


def steps(present: Mapping[str, Entry], wanted: Mapping[str, str]) -> list[list[Operation]]:
    """Return the operations in order, in groups that must not be cut.

    `present` and `wanted` are the keys of one slug and the shared ones.
    """
    keys = differs(present, wanted)
    sets = sorted((key for key in keys if key in wanted), key=_order)
    deletes = sorted((key for key in keys if key not in wanted), key=_order, reverse=True)
    return [list(group) for group in _grouped(sets, deletes, wanted)]


def _grouped(
    sets: Sequence[str], deletes: Sequence[str], wanted: Mapping[str, str]
) -> Iterator[list[Operation]]:
    """Yield the operations of one router, service or middleware after the other.

    One that loses a single key while it stays (a middleware less) must lose it with its sets.
    """
    staying = {thing_of(key) for key in wanted}
    for thing, keys in groupby(sets, key=thing_of):
        lost = [key for key in deletes if thing_of(key) == thing]
        yield [
            *(Operation("set", key, value=wanted[key]) for key in keys),
            *(Operation("delete", key) for key in lost),
        ]
    written = {thing_of(key) for key in sets}
    alone = [key for key in deletes if thing_of(key) not in written]
    # What stays and only loses a key comes before what goes as a whole.
    alone.sort(key=lambda key: thing_of(key) not in staying)
    for _, keys in groupby(alone, key=thing_of):
        yield [Operation("delete", key) for key in keys]


def _order(key: str) -> tuple[int, int, str]:
    """Return where a key comes when it is set; deletes go the other way round."""
    _, _, kind, name, *_ = key.split("/")
    layer = name.partition("--")[2].partition("-")[0]
    return KINDS.index(kind), _LAYERS.index(layer) if layer in _LAYERS else 0, key


def batches(todo: Sequence[Sequence[Operation]]) -> list[list[Operation]]:
    """Return the groups packed in order, each batch with room for its version operation."""
    packed: list[list[Operation]] = [[]]
    for step in todo:
        if len(packed[-1]) + len(step) >= _MOST_OPERATIONS:
            packed.append([])
        packed[-1].extend(step)
    return packed
