"""Muster's own parts, in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from jobs import servers
from jobs.edge.shows import edges
from jobs.errors import ClusterError
from platform_admin.live import parts as live
from platform_admin.live.fragment import Fragment, html
from platform_admin.models import Cell, Deployment
from platform_admin.pages import cells, queues
from platform_admin.pages.access import signed_in
from platform_admin.pages.condition import Condition, broken, slow, well
from platform_admin.pages.heard import Sign
from platform_admin.pages.open_doors import consul_is_open, nomad_is_open
from platform_admin.pages.part_lines import signs_of
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.together import Missing, together
from platform_admin.pages.words import count

LATE_AFTER = timedelta(seconds=90)
WITHIN_S = 2.2
"""A Nomad that hangs says so itself after two seconds."""


@signed_in
def status(request: HttpRequest) -> HttpResponse:
    """Every part asked now, side by side; operators also see what is open to every task.

    For them the launcher's parts follow, each with its own page.
    """
    operator = actor_of(request).operator
    signs: dict[int, Sign] = {}
    more = {**_DOORS, "Signs": lambda: _listen(signs)} if operator else {}
    asked = together({"Queues": _queues, **_SERVERS, **more}, WITHIN_S)
    now = timezone.now()  # a server that is away takes its time to say so
    parts = [
        _database(),
        *(each for name in ("Queues", *_SERVERS) for each in _said(name, asked[name])),
        *(how(cell, now) for cell in Cell.objects.order_by("name") for how in cells.HOW),
        _deployments(now),
    ]
    own = live.fragment(signs) if operator else None
    wrong = [part for part in parts if part.look != "healthy"]
    wrong += _wrong(own)
    context = {
        "parts": parts,
        "well": not wrong,
        "wrong": wrong,
        "warnings": [_warning(name, asked[name]) for name in _DOORS if asked.get(name)],
        "operator": operator,
        "own": html(request, own) if own else "",
    }
    return page(request, "status/page.html", context, title="Status")


def _database() -> Condition:
    began = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return broken("Database", f"It does not answer: {error}.")
    milliseconds = (time.perf_counter() - began) * 1000
    return well("Database", f"It answers within {milliseconds:.1f} ms.")


def _queues() -> list[Condition]:
    return queues.conditions(timezone.now())


def _listen(signs: dict[int, Sign]) -> list[Condition]:
    """Nothing to show by itself; the signs of life of Muster's processes are there then."""
    signs |= signs_of(timezone.now())
    return []


def _wrong(own: Fragment | None) -> list[Condition]:
    found = own.context["wrong"] if own else []
    assert isinstance(found, list)
    return found


def _open(name: str, sentence: str) -> list[Condition]:
    return [broken(name, sentence)] if sentence else []


def _said(name: str, answer: list[Condition] | Missing) -> list[Condition]:
    """What is known of a part; one without an answer is called away."""
    if not isinstance(answer, Missing):
        return answer
    return [broken(name, f"{answer.why} Apps go on running; deployments wait.")]


def _warning(name: str, answer: list[Condition] | Missing) -> str:
    """What is open, or that nobody could find it out."""
    if isinstance(answer, Missing):
        return f"{name} is not known. {answer.why}"
    return " ".join(each.sentence for each in answer)


def _nomad() -> Condition:
    return _asked("Nomad", servers.nomad().healthy, _nodes)


def _nodes() -> str:
    nodes = servers.nomad().nodes()
    ready = sum(node.status == "ready" and node.eligible for node in nodes)
    return f"{ready} of {count(len(nodes), 'node')} ready."


def _consul() -> Condition:
    return _asked("Consul", servers.consul().healthy, lambda: "It has a leader.")


def _asked(name: str, healthy: Callable[[], bool], sentence: Callable[[], str]) -> Condition:
    away = "It does not answer. Apps go on running; deployments wait."
    try:
        return well(name, sentence()) if healthy() else broken(name, away)
    except ClusterError as error:
        return broken(name, f"It answers with an error: {error}.")


def _edges() -> Condition:
    try:
        found = edges(servers.consul())
    except ClusterError:
        return broken("Edges", "Consul does not say which there are.")
    if not found:
        return broken("Edges", "None passes in Consul: no app can be reached.")
    return well("Edges", f"{count(len(found), 'edge')} in Consul, passing.")


_SERVERS: Mapping[str, Callable[[], list[Condition]]] = {
    "Nomad": lambda: [_nomad()],
    "Consul": lambda: [_consul()],
    "Edges": lambda: [_edges()],
}
_DOORS: Mapping[str, Callable[[], list[Condition]]] = {
    "Whether Nomad answers without a token": lambda: _open("Nomad", nomad_is_open()),
    "Whether Consul answers without a token": lambda: _open("Consul", consul_is_open()),
}


def _deployments(now: datetime) -> Condition:
    going = Deployment.objects.exclude(state__in=Deployment.ENDED)
    under_way = going.count()
    said = f"{under_way} under way" if under_way else "None under way"
    late = [str(each) for each in _late(going, now)]
    if not late:
        return well("Deployments", f"{said}.")
    what = f"{said}; nobody works on {', '.join(late)}, {'which is' if len(late) == 1 else 'all'}"
    return slow("Deployments", f"{what} due: look at the workers of deploy, and at cron.")


def _late(going: QuerySet[Deployment], now: datetime) -> QuerySet[Deployment]:
    """Those that somebody should have taken up by now, and that nobody holds."""
    by = now - LATE_AFTER
    due = Q(due_at__lt=by) | Q(
        due_at__isnull=True, state=Deployment.State.QUEUED, created_at__lt=by
    )
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return going.filter(due, free).select_related("environment__app").order_by("pk")
