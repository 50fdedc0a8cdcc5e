"""Bringing the keys of a service to what they should be, never from an older rollout.

Which operations, in which order: jobs/edge/steps.py.

Each transaction names the version key. The first moves it by compare-and-set, the later ones check
that it is still where this writer put it. So of two writers one fails before its first change, or
stops between two changes when a newer rollout has begun; the newer one reads what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping

from jobs.consul import Consul, Entry, Operation
from jobs.edge import hosts
from jobs.edge.differs import differs, thing_of
from jobs.edge.routes import ROOT, common_tree
from jobs.edge.steps import KINDS, batches, steps
from jobs.errors import Conflict, Refused

_VERSIONS = "muster/rollouts"


def write(
    consul: Consul, slug: str, wanted: Mapping[str, str], version: int, *, adding: bool = False
) -> bool:
    """Return whether anything had to be written to bring the slug's keys to `wanted`.

    `wanted` is its `tree`, or nothing to take the service off the edge. The shared keys are
    written with it where they are missing. Raises Conflict, with nothing or a part written that
    harms nothing, when a newer rollout stands there; Unavailable leaves the same: call again.
    With `adding` nothing that is not wanted any more goes yet: where a rule moves from one service
    to another, all that come are written before any goes.
    """
    entry = _not_newer(consul, slug, version)
    present = _present(consul, slug)
    if adding:
        wanted = {**_beside(present, wanted), **wanted}
    todo = steps(present, {**common_tree(), **wanted})
    if not todo and entry and int(entry.value) == version:
        return False
    first, *rest = batches(todo)
    consul.transact([_claim(slug, entry, version), *first])
    for batch in rest:
        consul.transact([_still(consul, slug, version), *batch])
    return True


def withdraw(consul: Consul, slug: str) -> bool:
    """Return whether anything of the slug stood in Consul; all of it is gone then, its version too.

    For a service that goes for ever: one of the same name begins at its first version.
    """
    key = _version_key(slug)
    entry = consul.key(key)
    if entry is None and not _present(consul, slug).keys() - common_tree().keys():
        return False
    write(consul, slug, {}, _number(entry, slug) if entry else 0)
    last = consul.key(key)
    if last is not None:
        consul.transact([Operation("delete-cas", key, index=last.modify_index)])
    return True


def written(consul: Consul, slug: str, wanted: Mapping[str, str], version: int) -> bool:
    """Return whether `write` would have nothing to do: all keys stand, at this very version."""
    entry = consul.key(_version_key(slug))
    if entry is None or _number(entry, slug) != version:
        return False
    return not differs(_present(consul, slug), {**common_tree(), **wanted})


def version(consul: Consul, slug: str) -> int | None:
    """Return the rollout version that stands in Consul, None where nothing was ever written."""
    entry = consul.key(_version_key(slug))
    return _number(entry, slug) if entry else None


def _not_newer(consul: Consul, slug: str, version: int) -> Entry | None:
    entry = consul.key(_version_key(slug))
    if entry and _number(entry, slug) > version:
        text = f"the edge's keys of {slug} are at version {entry.value}, newer than {version}"
        raise Conflict(text, server="consul")
    return entry


def _number(entry: Entry, slug: str) -> int:
    if not entry.value.isdecimal():
        text = f"{_version_key(slug)} holds {entry.value!r}, which is no version: delete the key"
        raise Refused(text, server="consul")
    return int(entry.value)


def _present(consul: Consul, slug: str) -> dict[str, Entry]:
    """Return the slug's keys and the shared ones. No slug holds `--`, so the prefix is exact."""
    found: dict[str, Entry] = {}
    for kind in KINDS:
        found |= consul.tree(f"{ROOT}/{kind}/{hosts.slug(slug)}--")
    shared = consul.tree(f"{ROOT}/middlewares/muster-")
    return found | {key: shared[key] for key in common_tree() if key in shared}


def _beside(present: Mapping[str, Entry], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of what stands there and is not wanted."""
    things = {thing_of(key) for key in wanted}
    return {key: entry.value for key, entry in present.items() if thing_of(key) not in things}


def _claim(slug: str, entry: Entry | None, version: int) -> Operation:
    """Return the first operation: the version moves up, or is seen to stand where it was read."""
    key = _version_key(slug)
    if entry and int(entry.value) == version:
        return Operation("check-index", key, index=entry.modify_index)
    index = entry.modify_index if entry else 0
    return Operation("cas", key, value=str(version), index=index)


def _still(consul: Consul, slug: str, version: int) -> Operation:
    """Return the check that nobody has moved the version since; raises Conflict."""
    entry = _not_newer(consul, slug, version)
    if entry is None or int(entry.value) != version:
        raise Conflict(f"the version of {slug} went away while it was written", server="consul")
    return Operation("check-index", _version_key(slug), index=entry.modify_index)


def _version_key(slug: str) -> str:
    return f"{_VERSIONS}/{hosts.slug(slug)}"
