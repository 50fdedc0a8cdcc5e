"""Fetching the commit that somebody asked for, and keeping it as an artifact: one RQ job."""

from __future__ import annotations

import logging
import tempfile
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from rq.timeouts import JobTimeoutException

from jobs.git.budget import Budget
from jobs.git.errors import Unfetched, Unwanted
from jobs.git.fetch import fetched
from jobs.git.packing import pack
from platform_admin.models import Fetch
from platform_admin.rules.git import named
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.archives import LARGEST_RATIO
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.errors import VerbError
from platform_admin.verbs.fetches import beat, begin_fetch, end_fetch, fail_fetch

WITHIN_S = 10 * 60
RECEIVED_RATIO = 4
"""How many times larger than the largest archive what is received may be: it holds all folders."""
_log = logging.getLogger(__name__)


def run(fetch_id: str) -> None:
    """Fetch it; harmless when it is called twice. Each end stands in its row."""
    fetch = begin_fetch(UUID(fetch_id))
    if fetch is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="muster-fetch-") as folder:
            _fetch(fetch, Path(folder))
    except Unwanted:
        _log.info("%s is not wanted any more", fetch)
    except Unfetched as error:
        fail_fetch(fetch.pk, str(error))
    except VerbError as error:
        fail_fetch(fetch.pk, f"It was fetched, and can not be kept: {error}")
    except JobTimeoutException:
        fail_fetch(fetch.pk, "It took longer than a fetch may take: upload an archive instead.")
    except Exception:
        _log.exception("%s", fetch)
        fail_fetch(fetch.pk, "Muster itself failed here; see its log.")


def _fetch(fetch: Fetch, folder: Path) -> None:
    if fetch.author is None:
        # Without a person it would be kept with the platform's own rights.
        raise Unfetched("Whoever asked for it is not here any more: ask for it again.")
    largest = int(settings.MUSTER_ARTIFACT_LIMIT_MB) * 2**20
    budget = Budget(RECEIVED_RATIO * largest, WITHIN_S, partial(beat, fetch.pk))
    budget.go_on("asking the server")
    got = fetched(fetch.address, fetch.ref, folder / "objects", budget, LARGEST_RATIO * largest)
    budget.go_on("packing")
    archive = folder / "archive.tar.gz"
    pack(got.store, got.commit, fetch.folder, archive, budget.go_on)
    commit = got.commit.id.decode()
    budget.go_on("keeping")
    with archive.open("rb") as stream:
        filename = f"{named(fetch.address)}-{commit[:12]}.tar.gz"
        kept = upload_artifact(Actor(fetch.author), fetch.team, filename, stream)
    end_fetch(fetch.pk, commit, kept)
