"""What stops the start, in words for the person at the keyboard."""

from __future__ import annotations


class Problem(Exception):
    """One sentence that says what was found and what to do; ends the start with exit code 1."""
