"""The release command: the pages of the ledger. Harmless twice."""

from __future__ import annotations

import ledger

RUNS = """
CREATE TABLE IF NOT EXISTS runs (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    instance text NOT NULL,
    used jsonb NOT NULL
)
"""
# One row at most: there is one foreman.
HEARTBEAT = """
CREATE TABLE IF NOT EXISTS heartbeat (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    instance text NOT NULL,
    since timestamptz NOT NULL,
    at timestamptz NOT NULL,
    used jsonb NOT NULL
)
"""


def main() -> None:
    """Nothing; both tables are there."""
    with ledger.opened() as book:
        book.execute(RUNS)
        book.execute(HEARTBEAT)
    print("The ledger has its pages.")


if __name__ == "__main__":
    main()
