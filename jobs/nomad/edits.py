"""Which fields a plan would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PARTS = ("Objects", "TaskGroups", "Tasks")


def edits(diff: Mapping[str, Any]) -> tuple[str, ...]:
    """The changed fields of a plan's Diff by path, such as `main.main.Resources.CPU`.

    Only fields count: Nomad calls a scaling policy edited whose fields all stayed, and plans an
    update in place for every instance of an unchanged job.
    """
    return tuple(_edits(diff, ""))


def _edits(diff: Mapping[str, Any], above: str) -> Iterator[str]:
    for field in diff.get("Fields") or ():
        if field["Type"] != "None":
            yield f"{above}{field['Name']}"
    for part in PARTS:
        for each in diff.get(part) or ():
            yield from _edits(each, f"{above}{each['Name']}.")
