"""What the buttons do that break the example, once it is written down that they were pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from redis import RedisError

from jobs import servers
from jobs.cut import cut_off
from jobs.errors import ClusterError, Unavailable
from platform_admin.models import Fault, Service
from platform_admin.rules.faults import Kind
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.faults import begin_fault, refuse_fault


def break_it(actor: Actor, service: Service, kind: Kind, now: datetime) -> str:
    """Why it could not be done, "" where it was; Invalid where it may not be begun."""
    fault = begin_fault(actor, service, kind, now)
    try:
        _DOES[kind](fault)
    except Unavailable as error:
        why = f"{error.message}; whether it was done is not known"
    except ClusterError as error:
        why = error.message
    except RedisError:
        why = "the server of the queues cannot be reached"
    else:
        return ""
    refuse_fault(fault, why, now)
    return why


def _stop(fault: Fault) -> None:
    servers.nomad().stop_allocation(fault.allocation)


def _kill(fault: Fault) -> None:
    servers.nomad().signal(fault.allocation, "SIGKILL")


def _cut(fault: Fault) -> None:
    cut_off((fault.until - fault.at).total_seconds())


def _silence(fault: Fault) -> None:
    """The row is all: each sample looks for it."""


_DOES: Mapping[Kind, Callable[[Fault], None]] = {
    Kind.STOP: _stop,
    Kind.KILL: _kill,
    Kind.CUT: _cut,
    Kind.SILENCE: _silence,
}
