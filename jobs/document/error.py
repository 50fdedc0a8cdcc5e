from __future__ import annotations


class DocumentError(ValueError):
    """A document that cannot be read: where, what was found, what is expected."""

    def __init__(self, path: str, found: str, expected: str) -> None:
        super().__init__(f"{path or 'document'}: found {found}, expected {expected}.")
        self.path = path
        self.found = found
        self.expected = expected
