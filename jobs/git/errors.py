"""What ends a fetch without an artifact.

FetchError
├── Unfetched   there is none, and the text is a sentence for people
└── Unwanted    nobody wants it any more
"""

from __future__ import annotations


class FetchError(Exception):
    """The fetch brings no artifact."""


class Unfetched(FetchError):
    """Nothing could be fetched; the text is a sentence for people."""


class Unwanted(FetchError):
    """Nobody wants the fetch any more."""
