"""Whether what somebody is about to replace is still what they saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from platform_admin.verbs.errors import Invalid


class Stale(Invalid):
    """Somebody else changed it meanwhile; the sentences stand by the fields that they changed.

    `now` holds what those fields are, as the sentences say it.
    """

    def __init__(self, errors: Mapping[str, Sequence[str]], now: Mapping[str, object]) -> None:
        super().__init__(errors)
        self.now = dict(now)


def refuse_stale(
    seen: Mapping[str, object] | None, now: Mapping[str, object], given: Mapping[str, object]
) -> None:
    """Raises Stale where `given` would undo what is not as it was `seen`; None was not looked at.

    What somebody made what is given anyway is no loss.
    """
    errors = {
        name: [_said(seen[name], now[name])]
        for name in given
        if seen is not None and name in seen and now[name] not in (seen[name], given[name])
    }
    if errors:
        raise Stale(errors, {name: now[name] for name in errors})


def _said(before: object, after: object) -> str:
    return (
        f"Somebody changed this meanwhile, from {_word(before)} to {_word(after)}: save again to"
        " put yours in its place."
    )


def _word(value: object) -> str:
    return "nothing" if value is None or value in ("", [], (), {}) else str(value)
