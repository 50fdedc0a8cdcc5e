"""The RQ worker of every queue."""

from __future__ import annotations

from typing import Any

from django.db import close_old_connections
from rq.worker import SimpleWorker


class Worker(SimpleWorker):
    """Works in its own process, because a fork would break the pool of database connections.

    Around each job a connection that broke goes, as Django does around each request: after a
    restart of Postgres the next job works.
    """

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the job succeeded."""
        close_old_connections()
        try:
            return bool(super().perform_job(*args, **kwargs))
        finally:
            close_old_connections()
