"""Several questions side by side, so that a page waits for the slowest, and not too long."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
MOST_OF_ONE = 8
"""So many may ask the same in one process: as many as it has threads for pages."""
_log = logging.getLogger(__name__)
_going: Counter[str] = Counter()
_lock = threading.Lock()


@dataclass(frozen=True)
class Missing:
    """Why a question has no answer, as a sentence."""

    why: str


def together(asks: Mapping[str, Callable[[], T]], within_s: float) -> dict[str, T | Missing]:
    """What each returned, by its name; why not, for who failed or took longer than that (seconds).

    What is asked must bound itself: nobody waits for it any more, and it goes on. While too many
    of one name do in this process, that one is not asked. None of it may use the database, whose
    connections are a thread's own.
    """
    answers: dict[str, T | Missing] = {}
    threads = [thread for name, ask in asks.items() if (thread := _begin(name, ask, answers))]
    end = time.monotonic() + within_s
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = Missing(f"No answer within {within_s:g} s.")
    return dict.fromkeys(asks, late) | answers.copy()


def _begin(
    name: str, ask: Callable[[], T], answers: dict[str, T | Missing]
) -> threading.Thread | None:
    """Who asks, and writes the answer down; None where nobody could begin, which is written too."""

    def answer() -> None:
        try:
            answers[name] = ask()
        except Exception as error:
            answers[name] = _failed(name, error)
        finally:
            _leave(name)

    if not _enter(name):
        answers[name] = Missing(f"{MOST_OF_ONE} questions to it still wait for an answer.")
        return None
    thread = threading.Thread(target=answer, daemon=True)
    try:
        thread.start()
    except RuntimeError as error:  # the system has no more threads
        _leave(name)
        answers[name] = _failed(name, error)
        return None
    return thread


def _failed(name: str, error: Exception) -> Missing:
    _log.error("%s could not be asked", name, exc_info=error)
    return Missing(f"Asking failed ({type(error).__name__}); the log says more.")


def _enter(name: str) -> bool:
    """Whether there is room for one more who asks this; then it is counted until it leaves."""
    with _lock:
        free = _going[name] < MOST_OF_ONE
        _going[name] += free
        return free


def _leave(name: str) -> None:
    with _lock:
        _going[name] -= 1
