"""A worker that ends between two orders, and never while it takes one."""

from __future__ import annotations

from typing import Any

from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.worker import WorkerStatus

# How long an idle worker may take to see that it was told to stop, in seconds.
LOOKS_EVERY_S = 1


class Worker(SimpleWorker):
    """RQ's own ends at once while it waits: an order that just came is then in no queue any more.

    A minute later such an order counts as failed. This one only notes the SIGTERM, and looks for
    it before it takes another order.
    """

    def _shutdown(self) -> None:
        if self.get_state() == WorkerStatus.BUSY:
            super()._shutdown()
        self._stop_requested = True

    def dequeue_job_and_maintain_ttl(self, *_: Any, **__: Any) -> Any:
        """The next order and its queue; StopRequested where it was told to stop before one came."""
        while not self._stop_requested:
            found = super().dequeue_job_and_maintain_ttl(LOOKS_EVERY_S, LOOKS_EVERY_S)
            if found is not None:
                return found
        raise StopRequested
