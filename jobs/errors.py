"""The one error tree for Nomad, Consul and the edge, named by what the caller does next.

ClusterError
├── Unavailable    try again later: refused, timed out, 429, 502 to 504, 500 with a transient text
├── Conflict       read again, then decide: a stale index or compare-and-set
└── Refused        give up and tell the user: validation, bounds, an unknown namespace
    ├── Forbidden  the token lacks a right
    └── Missing    404
"""

from __future__ import annotations


class ClusterError(Exception):
    """Any failure of a call to a server of the cluster.

    `server` is "nomad", "consul" or "edge"; `status` is None where no answer came.
    """

    def __init__(self, message: str, *, server: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.server = server
        self.status = status


class Unavailable(ClusterError):
    """No usable answer now. What a call that writes has done is unknown: read before repeating."""


class Conflict(ClusterError):
    """Somebody else wrote first; nothing was written by this call."""


class Refused(ClusterError):
    """The server will not do this, however often it is asked."""


class Forbidden(Refused):
    """The token lacks a right, or is unknown."""


class Missing(Refused):
    """The object does not exist."""
