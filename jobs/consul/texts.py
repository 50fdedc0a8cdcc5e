"""The one place that reads Consul's error texts, where its status says too little."""

from __future__ import annotations

import re

from jobs.errors import ClusterError, Forbidden, Refused, Unavailable

_MEANINGS: tuple[tuple[re.Pattern[str], type[ClusterError]], ...] = (
    (re.compile(r"Permission denied|ACL not found"), Forbidden),
    (re.compile(r"No cluster leader|leadership|No known Consul servers"), Unavailable),
    (re.compile(r"rpc error|EOF|timeout|timed out|connection re(set|fused)"), Unavailable),
)


def meaning(text: str) -> type[ClusterError]:
    """Return the class of a 500 by its text; an unknown text is refused, never tried for ever."""
    found = (kind for pattern, kind in _MEANINGS if pattern.search(text))
    return next(found, Refused)
