"""What of a service of which never two may run has not ended for certain."""

from __future__ import annotations

from collections import Counter

from jobs import servers
from jobs.deploy.rows import ServiceRows, seconds
from jobs.document.types import ALONE
from platform_admin.models import Instance


def may_run(loaded: ServiceRows) -> Counter[str]:
    """By colour, the instances whose process may run still, as they were last observed.

    One that Nomad gave up too, as long as its node is one of Nomad's nodes: nobody saw it end.
    """
    rows = Instance.objects.filter(service=loaded.service).values_list(
        "colour", "ended", "client_status", "node"
    )
    lost = [(colour, node) for colour, _, status, node in rows if status == "lost"]
    nodes = {node.name for node in servers.nomad().nodes()} if lost else set()
    found = Counter(colour for colour, ended, _, _ in rows if not ended)
    return found + Counter(colour for colour, node in lost if node in nodes)


def may_start(loaded: ServiceRows) -> bool:
    """Whether one instance more would be alone, where it has to be; else always."""
    if loaded.service.kind not in ALONE:
        return True
    observed = seconds(loaded.service.environment.cell.observed_at)
    asked_for_none = all(
        row.acknowledged == 0 and observed >= row.acknowledged_at
        for row in (loaded.blue, loaded.green)
    )
    return asked_for_none and not any(may_run(loaded).values())
