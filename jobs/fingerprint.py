"""Whether rows are as they were, without reading them: Postgres hashes what a query would read.

So whoever wrote them, and whatever was restored, is noticed. Both take a `values_list`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Fingerprint = tuple[int, Decimal | None]
Rows = QuerySet[Any, Any]


def of_all(rows: Rows) -> Fingerprint:
    """How many rows there are, and the sum of their hashes; their order does not matter."""
    ((count, total),) = _hashed(rows, "count(*), sum({hash})")
    return count, total


def of_each(rows: Rows, key: str) -> dict[str, int]:
    """The hash of each row by its column `key`."""
    return dict(_hashed(rows, f"{connection.ops.quote_name(key)}, {{hash}}"))


def _hashed(rows: Rows, columns: str) -> list[Any]:
    query, values = rows.query.sql_with_params()
    selected = columns.format(hash="hash_record_extended(read, 0)")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {selected} FROM ({query}) AS read", values)  # noqa: S608
        return list(cursor.fetchall())
