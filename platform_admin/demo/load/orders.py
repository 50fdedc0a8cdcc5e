"""Orders for the example's worker, put into its queue in time, however long the queue is."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from redis import Redis
from rq import Queue
from rq.job import Job

from platform_admin.demo.load.shape import Stretch, due

QUEUE = "orders"
MOST_ORDERS = 20_000
KEPT_S = 24 * 3600


@dataclass
class Orders:
    """The orders of one load; `ids` are those that the queue took, `marks` where they leave one."""

    redis: Redis
    name: str
    shape: Sequence[Stretch]
    takes_s: float
    ids: list[str] = field(default_factory=list)
    error: Exception | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def marks(self) -> str:
        """The hash in which each order counts how often it was packed."""
        return f"shop:marks:{self.name}"

    def start(self) -> None:
        """Nothing; orders go out from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=f"orders-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing; no further order goes out."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        queue, began = Queue(QUEUE, connection=self.redis), time.monotonic()
        try:
            for number, due_s in enumerate(due(self.shape)):
                late = began + due_s - time.monotonic()
                if number >= MOST_ORDERS or self._stop.wait(max(0.0, late)):
                    return
                self._put(queue, f"{self.name}-{number}")
        except Exception as error:
            self.error = error

    def _put(self, queue: Queue, order_id: str) -> None:
        queue.enqueue(
            "orders.pack", order_id, "parcel", self.takes_s, self.marks,
            result_ttl=0, failure_ttl=KEPT_S,
        )  # fmt: skip
        self.ids.append(order_id)


def waiting(redis: Redis) -> tuple[int, float]:
    """How many orders wait, and for how many seconds the oldest of them."""
    queue = Queue(QUEUE, connection=redis)
    first = queue.get_job_ids(0, 1)
    job = Job.fetch_many(first, connection=redis)[0] if first else None
    since = job.enqueued_at if job else None
    age_s = (datetime.now(UTC) - _aware(since)).total_seconds() if since else 0.0
    return queue.count, max(0.0, age_s)


def open_orders(redis: Redis) -> int:
    """How many orders wait or are being packed."""
    queue = Queue(QUEUE, connection=redis)
    return int(queue.count + queue.started_job_registry.count)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
