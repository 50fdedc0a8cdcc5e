"""From what went wrong on the wire to the error tree: what the servers have in common."""

from __future__ import annotations

import requests

from jobs.errors import ClusterError, Conflict, Forbidden, Missing, Refused, Unavailable

_LONGEST_TEXT = 500
_BY_STATUS: dict[int, type[ClusterError]] = {
    403: Forbidden,
    404: Missing,
    409: Conflict,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def unreachable(error: Exception, server: str, address: str) -> ClusterError:
    """Return the error for a call without an answer; the exception's own text is not repeated."""
    kind = Refused if isinstance(error, _HOPELESS) else Unavailable
    return kind(f"{server} at {address} {_in_words(error)}", server=server)


_HOPELESS = (
    requests.TooManyRedirects,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


def _in_words(error: Exception) -> str:
    if isinstance(error, requests.TooManyRedirects):
        return "answered with a redirect: check the address"
    if isinstance(error, requests.ReadTimeout):
        return "did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "could not be verified by TLS: check the CA file"
    if isinstance(error, requests.ConnectionError):
        return "cannot be reached"
    return f"could not be asked ({type(error).__name__})"


def kind_of(status: int) -> type[ClusterError]:
    """Return the class for a status that speaks for itself; a 500 does not, see each door."""
    return _BY_STATUS.get(status, Refused)


def words(content: bytes) -> str:
    """Return an answer's text for a message, on one line and bounded.

    A JSON body is left out: Nomad answers a conflicting Variable with its secret items.
    """
    text = " ".join(content.decode("utf-8", "replace").split())
    return "" if text.startswith(("{", "[", "<")) else text[:_LONGEST_TEXT]
