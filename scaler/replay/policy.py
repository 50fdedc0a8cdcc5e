"""What a policy is to the model: an array of lanes in, an array of counts out."""

from __future__ import annotations

from typing import Protocol, TypeVar

from scaler.replay.seen import Ints, Seen

S_contra = TypeVar("S_contra", bound=Seen, contravariant=True)


class Policy(Protocol[S_contra]):
    """Decides for many lanes at once; a live service is one lane. May keep state of its own."""

    @property
    def interval_s(self) -> int:
        """Seconds between two decisions."""

    def decide(self, seen: S_contra) -> Ints:
        """The count that each lane should have from `seen.now_s` on, shape (lanes,).

        The caller bounds it by the service's minimum and maximum. The current one means no change.
        """
