"""Several questions side by side, so that a page waits for the slowest, and not too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def together(asks: Mapping[str, Callable[[], T]], within_s: float) -> dict[str, T]:
    """What each returned, by its name; who has not within the time (seconds) is missing.

    The first one's exception is raised. What is asked must bound itself: nobody waits for it any
    more, and it goes on. None of it may use the database, whose connections are a thread's own.
    """
    answers: dict[str, T] = {}
    wrong: list[Exception] = []

    def answer(name: str, ask: Callable[[], T]) -> None:
        try:
            answers[name] = ask()
        except Exception as error:
            wrong.append(error)

    threads = [
        threading.Thread(target=answer, args=(name, ask), daemon=True) for name, ask in asks.items()
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + within_s
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    if wrong:
        raise wrong[0]
    return dict(answers)
