"""A command that a person runs once, with what is live of a service."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from jobs import servers
from jobs.deploy.place import place
from jobs.deploy.values import values
from jobs.document import Document, ServiceDoc, read
from jobs.errors import ClusterError, Refused
from jobs.runs.start import register, write
from jobs.specs import run_job
from platform_admin.models import Run
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.runs import START_TAKES, claim


def start(run: Run) -> None:
    """Register its job, with the values of the release that was live when it was asked for.

    Nomad is asked once, by the worker that claims the start: whoever else is on the way here, as
    slow as its values are, starts nothing.
    """
    if run.tried_at is not None:
        _look_for(run)
        return
    document, doc = _documents(run)
    job = _job(run, doc)
    items = _values(run, document, doc)
    if not claim(run, job=job["ID"]):
        return
    try:
        write(job, items)
    except ClusterError:
        # Nomad was not asked to start it: somebody may try again.
        Run.objects.filter(pk=run.pk, tried_at=run.tried_at).update(tried_at=None)
        run.tried_at = None
        raise
    register(job)
    _has_started(run)


def _look_for(run: Run) -> None:
    """Nomad was asked by somebody whose word did not come: it has the job, or never had it."""
    now = datetime.now(UTC)
    namespace = run.service.environment.app.team.namespace
    if run.job and servers.nomad().job(namespace, run.job) is not None:
        _has_started(run)
    elif run.tried_at and now > run.tried_at + START_TAKES:
        state, said = Run.State.FAILED, "Nomad was asked to start it and did not: run it again."
        if run.cancelled_by:
            state, said = Run.State.CANCELLED, f"Cancelled by {run.cancelled_by}."
        asked = Run.objects.filter(pk=run.pk, state=Run.State.ASKED, tried_at=run.tried_at)
        asked.update(state=state, reason=said, ended_at=now)
        run.refresh_from_db(fields=["state", "reason", "ended_at"])


def _has_started(run: Run) -> None:
    Run.objects.filter(pk=run.pk, state=Run.State.ASKED).update(state=Run.State.WAITING)
    run.refresh_from_db(fields=["state"])


def _documents(run: Run) -> tuple[Document, ServiceDoc]:
    document = read(run.release.document) if run.release else None
    doc = document.service(run.service.name) if document else None
    if document is None or doc is None:
        raise Refused("the release that it was to run is gone", server="muster")
    return document, doc


def _job(run: Run, doc: ServiceDoc) -> Mapping[str, Any]:
    environment = run.service.environment
    try:
        return run_job(
            doc,
            shlex.split(run.command),
            app=environment.app.slug,
            environment=environment.slug,
            run=run.pk,
            limit_s=run.limit_s,
            place=place(environment, image=doc.image),
        )
    except ValueError as error:
        raise Refused(str(error), server="muster") from error


def _values(run: Run, document: Document, doc: ServiceDoc) -> Mapping[str, str]:
    """Its variables; Refused where one of them will never be had."""
    try:
        return values(run.service.environment, document, doc)
    except (SealError, LookupError, ObjectDoesNotExist) as error:
        said = f"one of its variables can not be had: {error}"
        raise Refused(said, server="muster") from error
