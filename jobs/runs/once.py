"""A command that a person runs once, with what is live of a service."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime

from jobs.deploy.place import place
from jobs.deploy.values import values
from jobs.document import read
from jobs.errors import Refused
from jobs.runs.start import start as start_job
from jobs.specs import run_job
from platform_admin.models import Run


def start(run: Run) -> None:
    """Register its job, with the values of the release that was live when it was asked for."""
    service = run.service
    environment = service.environment
    document = read(run.release.document) if run.release else None
    doc = document.service(service.name) if document else None
    if document is None or doc is None:
        raise Refused("the release that it was to run is gone", server="muster")
    try:
        job = run_job(
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
    Run.objects.filter(pk=run.pk).update(tried_at=datetime.now(UTC), job=job["ID"])
    run.refresh_from_db(fields=["tried_at", "job"])
    start_job(job, lambda: values(environment, document, doc))
    Run.objects.filter(pk=run.pk, state=Run.State.ASKED).update(state=Run.State.WAITING)
    run.refresh_from_db(fields=["state"])
