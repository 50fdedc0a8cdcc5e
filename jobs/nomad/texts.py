"""The one place that reads Nomad's error texts, where its status says too little."""

from __future__ import annotations

import re

from jobs.errors import ClusterError, Conflict, Forbidden, Refused, Unavailable

# A follower puts "rpc error: " before what the leader said, whatever it was, and a validation may
# speak of a timeout: so what is definite is looked for first, and the order of the rows matters.
_MEANINGS: tuple[tuple[re.Pattern[str], type[ClusterError]], ...] = (
    (re.compile(r"Enforcing job modify index"), Conflict),
    (re.compile(r"Permission denied|ACL token not found"), Forbidden),
    (re.compile(r"\d+ errors? occurred"), Refused),
    (re.compile(r"nonexistent namespace|[Nn]amespace .* does not exist"), Refused),
    (re.compile(r"No cluster leader|leadership|Not ready to serve"), Unavailable),
    (re.compile(r"keyring has not been initialized|No path to (node|region)"), Unavailable),
    (re.compile(r"rpc error|EOF|timeout|timed out|connection re(set|fused)"), Unavailable),
)


def meaning(text: str) -> type[ClusterError]:
    """Return the class of a 500 by its text; an unknown text is refused, never tried for ever."""
    found = (kind for pattern, kind in _MEANINGS if pattern.search(text))
    return next(found, Refused)


def lends_no_memory(warnings: str) -> bool:
    """Whether a job asks for more memory than its own, and the cluster does not lend any."""
    return "Memory oversubscription is not enabled" in warnings


def not_started(text: str) -> bool:
    """Whether a 404 of the logs means that the task has written nothing yet."""
    return "not started yet" in text
