"""The moment at which an order has left the queue and is not worked on yet."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rq import Queue, Worker

import examples.shop
from tests.examples.shop.conftest import Shop
from tests.jobs.agents import until

FILE = Path(examples.shop.__file__).parent / "worker" / "between.py"
PACKED: list[str] = []


def pack(order: str) -> None:
    """Nothing; the order stands among those that were packed."""
    PACKED.append(order)


@pytest.fixture
def signals() -> Iterator[None]:
    """Signals are ours again after the test, and nothing was packed before it."""
    PACKED.clear()
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def test_an_order_that_comes_with_the_signal_to_stop_is_packed(shop: Shop, signals: None) -> None:
    class Told(Queue):
        """SIGTERM comes when the order has just left the queue."""

        @classmethod
        def dequeue_any(cls, *args: Any, **kwargs: Any) -> Any:
            found = super().dequeue_any(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGTERM)
            return found

    queue = Told("orders", connection=shop.redis)
    for order in ("first", "second"):
        queue.enqueue(pack, order)

    _worker()([queue], connection=shop.redis, queue_class=Told).work(logging_level="CRITICAL")

    assert PACKED == ["first"]
    assert queue.count == 1
    assert shop.redis.llen(queue.intermediate_queue_key) == 0


def test_an_idle_worker_ends_soon_after_it_was_told_to(shop: Shop, signals: None) -> None:
    worker = shop.work("an-instance")
    until(lambda: [each.get_state() for each in Worker.all(connection=shop.redis)] == ["idle"])

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=10) == 0


def _worker() -> Any:
    spec = importlib.util.spec_from_file_location("between", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Worker
