from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from jobs.observe.table import Table
from platform_admin.models import Cell, Instance, Service

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_did_not_change_is_not_read_again(web: Service) -> None:
    table, cell = Table(), Cell.objects.get()
    before = dict(table.read(cell))
    Instance.objects.filter(number=1).update(healthy=False)
    after = table.read(cell)
    first, second = Instance.objects.order_by("number").values_list("allocation", flat=True)
    assert after[first] is before[first]
    assert (before[second].fields[5], after[second].fields[5]) == (True, False)


CHANGES: dict[str, Callable[[], object]] = {
    "a row that another one wrote": lambda: Instance.objects.filter(number=0).update(node="else"),
    "a start-up": lambda: Instance.objects.filter(number=0).update(ready_after_s=3.0),
    "a drain": lambda: Instance.objects.filter(number=0).update(draining_at=NOW),
    "a start": lambda: Instance.objects.filter(number=0).update(started_at=NOW),
    "a row that went": lambda: Instance.objects.filter(number=0).delete(),
    "a row that came": lambda: Instance.objects.filter(number=0).update(allocation="another"),
    "all rows": lambda: Instance.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_is_read_again(web: Service, change: str) -> None:
    table, cell = Table(), Cell.objects.get()
    before = dict(table.read(cell))
    CHANGES[change]()
    after = table.read(cell)
    assert after != before
    assert after == Table().read(cell)
