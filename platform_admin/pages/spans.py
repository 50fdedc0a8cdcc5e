"""The stretches of time that charts show."""

from __future__ import annotations

from dataclasses import dataclass

BUCKETS = 120


@dataclass(frozen=True)
class Span:
    """A stretch of time, cut into BUCKETS of `step_s` each; `tick_s` lies between two times."""

    name: str
    words: str
    seconds: int
    tick_s: int
    form: str

    @property
    def short(self) -> str:
        """Its name as a link says it: "24 h"."""
        return f"{self.name[:-1]} {self.name[-1]}"

    @property
    def step_s(self) -> int:
        return self.seconds // BUCKETS

    def until(self, now: float) -> float:
        """Where it ends: the end of the bucket that is being filled, so that it moves by steps."""
        return now // self.step_s * self.step_s + self.step_s


HOUR = Span("1h", "the last hour", 3600, 900, "%H:%M")
SPANS = (
    HOUR,
    Span("6h", "the last 6 hours", 6 * 3600, 2 * 3600, "%H:%M"),
    Span("24h", "the last 24 hours", 86400, 6 * 3600, "%H:%M"),
    Span("7d", "the last 7 days", 7 * 86400, 2 * 86400, "%a %d"),
)


def span_of(name: str) -> Span:
    """The span of this name, the hour where there is none."""
    return next((span for span in SPANS if span.name == name), HOUR)
