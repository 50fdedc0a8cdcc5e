from __future__ import annotations


def name_error(typed: str, name: str) -> str | None:
    """What is wrong with the name that was typed to confirm a deletion; None if nothing is."""
    if typed.strip() == name:
        return None
    if not typed.strip():
        return f"Type {name} to say that you mean it."
    return f"{typed.strip()!r} is not its name: type {name}, or leave it."
