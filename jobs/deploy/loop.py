"""Working on deployments: one RQ job is one step, or "due again at t" in the database."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import Q

from jobs.deploy import lease, record, rolling, stages
from jobs.deploy.failing import fail
from jobs.errors import ClusterError, Conflict, Refused
from platform_admin.models import Deployment
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.errors import NoRoom
from platform_admin.verbs.queue import enqueue

BURST = 40
INTERVAL_S = 1
_log = logging.getLogger(__name__)


def due() -> None:
    """Enqueue a step for every deployment that is due and that nobody works on.

    Where no worker takes it before the next time, it goes: the queue holds no second one.
    """
    now = datetime.now(UTC)
    waiting = Deployment.objects.exclude(state__in=Deployment.ENDED).filter(
        Q(due_at__isnull=True) | Q(due_at__lte=now),
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
    )
    for deployment_id in waiting.values_list("pk", flat=True):
        enqueue("deploy", "jobs.deploy.loop.step", deployment_id, ttl_s=INTERVAL_S)


def step(deployment_id: int) -> None:
    """Go on with a deployment until it has to wait; harmless when run twice or by two."""
    holder = uuid.uuid4().hex
    if not lease.take(deployment_id, holder):
        return
    try:
        for _ in range(BURST):
            if not _advance(deployment_id, holder):
                break
    except lease.LeaseLost:
        _log.info("deployment %s: lease lost", deployment_id)
    finally:
        lease.give_back(deployment_id, holder, datetime.now(UTC) + rolling.AGAIN)


def _advance(deployment_id: int, holder: str) -> bool:
    """Whether something was done, so that going on at once makes sense."""
    deployment = Deployment.objects.select_related(
        "release", "environment__app__team", "environment__cell"
    ).get(pk=deployment_id)
    if deployment.ended:
        return False
    try:
        return stages.advance(deployment, holder)
    except Conflict as error:
        record.waits(deployment, f"{error.message}; reading again.")
    except NoRoom as error:
        record.waits(deployment, str(error))
    except Refused as error:
        _fails(deployment, error.message)
    except SealError as error:
        _fails(deployment, f"A sealed value does not open: {error}")
    except ObjectDoesNotExist as error:
        _fails(deployment, f"Something that the release names is gone: {error}")
    except ClusterError as error:
        stages.pause(deployment)
        record.waits(deployment, f"Waiting: {error.message}")
    except (lease.LeaseLost, DatabaseError):
        raise
    except Exception:
        _log.exception("deployment %s", deployment_id)
        record.waits(deployment, "Muster itself failed here and tries again; see its log.")
    return False


def _fails(deployment: Deployment, reason: str) -> None:
    """Put back what was live; where that is under way, say what stands in its way."""
    if not fail(deployment, reason):
        record.waits(deployment, reason)
