from __future__ import annotations

import django_rq
from django.db import transaction

DAY_S = 24 * 3600


def enqueue(queue: str, dotted_name: str, *args: object, ttl_s: int | None = None) -> None:
    """Enqueues the function of this name when the transaction commits.

    With `ttl_s` the job goes where no worker has taken it so many seconds later.

    A queue that is away fails nothing: the rows are what the loops sweep, the job only wakes
    them earlier.
    """

    def send() -> None:
        # A function with a name: Django's log of a failure asks for it.
        _send(queue, dotted_name, args, **({"ttl": ttl_s} if ttl_s else {}))

    transaction.on_commit(send, robust=True)


def _send(queue: str, dotted_name: str, args: tuple[object, ...], **options: int) -> None:
    django_rq.get_queue(queue).enqueue(
        dotted_name, *args, result_ttl=0, failure_ttl=DAY_S, **options
    )
