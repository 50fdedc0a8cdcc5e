"""Sending a shape of requests in time: no answer is waited for before the next one goes out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from platform_admin.demo.load.connection import Connections, Failed, Target
from platform_admin.demo.load.shape import Stretch, due
from platform_admin.demo.load.tally import Tally

GIVE_UP_S = 30.0
MOST_S = 600.0
MOST_REQUESTS = 200_000


async def send(
    target: Target, shape: Sequence[Stretch], tally: Tally, going: Callable[[], bool]
) -> None:
    """Nothing; all of the shape was sent, and answered or given up. The tally has what came.

    Latency counts from the moment at which a request was due, so that a sender that falls behind
    does not flatter the server. It ends early when `going` says so: what is not due yet is not
    sent. Bounded by MOST_S and MOST_REQUESTS whatever the shape says.
    """
    loop = asyncio.get_running_loop()
    connections, began = Connections(target), loop.time()
    open_: set[asyncio.Task[None]] = set()
    for number, due_s in enumerate(due(shape)):
        if due_s > MOST_S or number >= MOST_REQUESTS or not going():
            break
        await asyncio.sleep(max(0.0, began + due_s - loop.time()))
        tally.sent(due_s)
        task = loop.create_task(_one(connections, tally, began, due_s))
        open_.add(task)
        task.add_done_callback(open_.discard)
    while open_ and going():
        await asyncio.wait(open_, timeout=0.25)
    for task in open_:
        task.cancel()
    connections.close()


async def _one(connections: Connections, tally: Tally, began: float, due_s: float) -> None:
    """Failed: no connection, 5xx, or no answer GIVE_UP_S after it was due."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(began + due_s + GIVE_UP_S):
            status = await connections.get()
    except Failed as failed:
        tally.failed(due_s, str(failed), time.time())
    except TimeoutError:
        tally.failed(due_s, f"no answer in {GIVE_UP_S:g} s", time.time())
    else:
        if status >= 500:
            tally.failed(due_s, f"status {status}", time.time())
        else:
            tally.answered(due_s, loop.time() - began)


async def report(
    tally: Tally, every_s: float, tell: Callable[[Tally], None], ended: asyncio.Event
) -> None:
    """Nothing; until the end, the tally was told every so many seconds."""
    while not ended.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), every_s)
        tell(tally)


def run(
    target: Target,
    shape: Sequence[Stretch],
    tally: Tally,
    *,
    tell: Callable[[Tally], None],
    going: Callable[[], bool] = lambda: True,
    every_s: float = 1.0,
) -> None:
    """Nothing; the shape was sent, and the tally told every so many seconds and at the end."""

    async def both() -> None:
        ended = asyncio.Event()
        telling = asyncio.create_task(report(tally, every_s, tell, ended))
        try:
            await send(target, shape, tally, going)
        finally:
            ended.set()
            await telling

    asyncio.run(both())
