"""The RQ worker of every queue."""

from __future__ import annotations

from typing import Any

from django.db import close_old_connections
from rq import worker_registration
from rq.job import Job
from rq.worker import SimpleWorker


class Worker(SimpleWorker):
    """Works in its own process, because a fork would break the pool of database connections.

    Around each job a connection that broke goes, as Django does around each request: after a
    restart of Postgres the next job works. A job's time to live is for its waiting alone: RQ lets
    it run on, and one that takes longer would be gone when it ends, and count as failed.
    """

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Tell that it lives; also who it is, where a queue that lost its data has forgotten it."""
        if not self.connection.sismember(self.redis_workers_keys, self.key):
            self.connection.hset(self.key, mapping=self.serialize())
            worker_registration.register(self)
        super().heartbeat(*args, **kwargs)

    def perform_job(self, job: Job, *args: Any, **kwargs: Any) -> bool:
        """Whether the job succeeded."""
        self.connection.persist(job.key)
        close_old_connections()
        try:
            return bool(super().perform_job(job, *args, **kwargs))
        finally:
            close_old_connections()
