"""Making the dump that somebody asked for: one RQ job."""

from __future__ import annotations

import logging
from functools import partial
from uuid import UUID

from django.conf import settings

from jobs.deploy.databases import admin
from jobs.dumps.copying import Uncopied, Unwanted, copy
from jobs.errors import ClusterError
from jobs.postgres import Login
from platform_admin.models import Dump, Resource
from platform_admin.verbs.dumps import beat, begin_dump, end_dump, folder, path_of
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.external import how
from platform_admin.verbs.reached import reached

WITHIN_S = 100 * 60
_log = logging.getLogger(__name__)


def run(dump_id: str) -> None:
    """Make it; harmless when it is called twice. Each end stands in its row."""
    dump = begin_dump(UUID(dump_id))
    if dump is None:
        return
    part = path_of(dump.pk).with_suffix(".part")
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        size = _copied(dump)
        part.replace(path_of(dump.pk))
        if not end_dump(dump.pk, size):
            path_of(dump.pk).unlink(missing_ok=True)
    except Unwanted:
        _log.info("%s is not wanted any more", dump)
    except Uncopied as error:
        end_dump(dump.pk, 0, str(error))
    except (ClusterError, Invalid) as error:
        end_dump(dump.pk, 0, f"{str(error)[:1].upper()}{str(error)[1:]}")
    except Exception:
        _log.exception("%s", dump)
        end_dump(dump.pk, 0, "Muster itself failed here; see its log.")
    finally:
        part.unlink(missing_ok=True)


def login_of(resource: Resource, database: str) -> Login:
    """Who reads the database; raises ClusterError and, of an external one, Invalid."""
    if not resource.external:
        return admin(resource, database)
    known = how(resource)
    address = reached(known.host, known.port)
    return Login(known.host, known.port, known.user, known.password, database, address)


def _copied(dump: Dump) -> int:
    path = path_of(dump.pk).with_suffix(".part")
    path.touch(mode=0o600)
    return copy(
        settings.MUSTER_PG_DUMP,
        login_of(dump.resource, dump.database),
        path,
        largest_bytes=settings.MUSTER_DUMP_LIMIT_MB * 2**20,
        within_s=WITHIN_S,
        say=partial(beat, dump.pk),
    )
