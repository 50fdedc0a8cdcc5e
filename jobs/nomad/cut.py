"""A door that may be cut off from Nomad, as if it were away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jobs.errors import Unavailable
from jobs.nomad.door import READ_S, Answer, Door
from jobs.nomad.settings import NomadSettings


class CutDoor(Door):
    """A door through which nothing goes while it is cut; each call asks whether it is."""

    def __init__(self, settings: NomadSettings, is_cut: Callable[[], bool]) -> None:
        super().__init__(settings)
        self._is_cut = is_cut

    def tell(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        read_s: float = READ_S,
        most: int | None = None,
    ) -> Answer:
        """Return the answer to a call that is sent once; Unavailable while it is cut."""
        if self._is_cut():
            raise Unavailable("nomad is cut off on purpose, for a moment", server="nomad")
        return super().tell(method, path, params, body, read_s=read_s, most=most)
