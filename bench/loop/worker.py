"""The platform's RQ worker, with a line a job: what it cost."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from jobs.worker import Worker


class Timed(Worker):
    """Writes each job's function and CPU seconds, all threads of it, to the file `BENCH_JOBS`."""

    def perform_job(self, job: Any, queue: Any) -> bool:
        """Whether the job succeeded."""
        began, before = time.time(), time.process_time()
        try:
            return super().perform_job(job, queue)
        finally:
            spent = time.process_time() - before
            row = {"name": job.func_name, "at": time.time(), "cpu_s": spent, "began": began}
            with open(os.environ["BENCH_JOBS"], "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
