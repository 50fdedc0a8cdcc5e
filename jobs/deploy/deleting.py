"""Going on with what is being deleted: services, then resources, environments and the app."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db import DatabaseError
from django.db.models import Model

from jobs.deploy.taking import Keep, take_resource, take_service
from jobs.errors import ClusterError
from platform_admin.models import Deletion
from platform_admin.verbs import deletions, forgetting
from platform_admin.verbs.queue import enqueue

INTERVAL_S = 1
AGAIN = timedelta(seconds=1)
Row = TypeVar("Row", bound=Model)
_log = logging.getLogger(__name__)


class ClaimLost(Exception):
    """Another worker goes on with the deletion: stop without writing."""


def due() -> None:
    """Enqueue a step for every deletion that is due and that nobody works on."""
    for deletion in deletions.due(datetime.now(UTC)):
        enqueue(deletions.QUEUE, deletions.STEP, deletion, ttl_s=INTERVAL_S)


def step(deletion_id: int) -> None:
    """Go on with a deletion until it has to wait; harmless when run twice or by two."""
    deletion = deletions.claim(deletion_id, datetime.now(UTC))
    if deletion is None:
        return
    try:
        said = _go_on(deletion)
        if said:
            deletions.waits(deletion, said)
        else:
            forgetting.finish(deletion)
    except ClusterError as error:
        deletions.waits(deletion, f"Waiting: {error.message}.")
    except ClaimLost:
        _log.info("deletion %s: another worker has it", deletion_id)
    except DatabaseError:
        raise
    except Exception:
        _log.exception("deletion %s", deletion_id)
        deletions.waits(deletion, "Muster itself failed here and tries again; see its log.")
    finally:
        deletions.give_back(deletion, datetime.now(UTC) + AGAIN)


def _go_on(deletion: Deletion) -> str:
    """What it waits for; "" once all of it is gone. What is used goes after what uses it."""
    keep = partial(_keep, deletion)
    placed = ("environment__app__team", "environment__cell")
    services = deletion.services.select_related(*placed).order_by("pk")
    resources = deletion.resources.select_related(*placed).order_by("pk")
    return (
        _each(deletion, list(services), take_service, forgetting.forget_service, keep)
        or _each(deletion, list(resources), take_resource, forgetting.forget_resource, keep)
        or _environments(deletion)
        or _apps(deletion)
    )


def _each(
    deletion: Deletion,
    rows: Sequence[Row],
    take: Callable[[Row, Keep], str],
    forget: Callable[[Deletion, Row], None],
    keep: Keep,
) -> str:
    """What these wait for: side by side, because each drains for as long as it takes."""
    waiting = []
    for row in rows:
        said = take(row, keep)
        if said:
            waiting.append(said)
        else:
            keep()
            forget(deletion, row)
    return " ".join(waiting)


def _environments(deletion: Deletion) -> str:
    for environment in deletion.environments.select_related("app__team").order_by("pk"):
        if environment.services.exists() or environment.resources.exists():
            return f"{environment}: waiting for what is being deleted in it already."
        forgetting.forget_environment(deletion, environment)
    return ""


def _apps(deletion: Deletion) -> str:
    for app in deletion.apps.select_related("team"):
        if app.environments.exists():
            return f"{app}: waiting for an environment that is being deleted already."
        forgetting.forget_app(deletion, app)
    return ""


def _keep(deletion: Deletion) -> None:
    if not deletions.keep(deletion, datetime.now(UTC)):
        raise ClaimLost
