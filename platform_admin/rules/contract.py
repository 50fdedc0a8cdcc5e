"""Why the check of an instance that runs does not pass, in words, from what Consul said of it.

The contract: a program listens on the port that it finds in its variable PORT, at 0.0.0.0, and
answers its health check path with 200 in time.
"""

from __future__ import annotations

import re

LONGEST_BODY = 120
_REFUSED = re.compile(r"dial tcp (\S+): (?:connect: )?connection refused")
_ASKED = re.compile(r'^(?:Get "|HTTP GET )([a-z]+)://([^/":]+(?::\d+)?)(/[^":]*)?')
_ANSWERED = re.compile(r"^HTTP GET \S+: (\d{3})([^:]*?)(?: Output:(.*))?$", re.DOTALL)
_LATE = re.compile(r"deadline exceeded|Client\.Timeout|i/o timeout|request canceled")
_CUT = re.compile(r"connection reset|\bEOF\b|broken pipe")
_OF_A_CHECK = re.compile(r'^(Get "|HTTP GET |dial tcp |TCP connect |read tcp )')
_LISTENING = re.compile(r"(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]|\*):(\d{2,5})\b")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_TO_DO = {
    400: "A framework answers so to a host that it does not know: allow the service's own.",
    401: "Let the check in without signing in.",
    403: "Let the check in without signing in.",
    404: "Choose a path that the program has.",
    429: "Let the check in always: it must not queue behind requests.",
}


def trouble(output: str) -> str:
    """What is wrong and what to do, "" where the output is none of a failing check."""
    said = output.strip()
    if not _OF_A_CHECK.match(said) or said.endswith(": Success"):
        return ""
    if refused := _REFUSED.search(said):
        return _nobody(refused[1], said)
    if answered := _ANSWERED.match(said):
        return _other_status(int(answered[1]), answered[2].strip(), answered[3] or "", said)
    if _LATE.search(said):
        return (
            f"{_path(said)} was not answered in time. Answer it without waiting behind requests,"
            " or give the check more time."
        )
    if "malformed HTTP response" in said:
        return (
            "What listens on the port does not speak HTTP. Leave the health check path empty where"
            " that is meant so."
        )
    if _CUT.search(said):
        return (
            f"{_path(said)} was not answered: the program closed the connection. Its log may say"
            " why."
        )
    return f"The check says: {said[:LONGEST_BODY]}"


def elsewhere(log: str, port: int | None) -> str:
    """What a log gives away of a program that listens where nobody asks, "" where it does not."""
    found = list(_LISTENING.finditer(log))
    if not found:
        return ""
    host, listens = found[-1][1], int(found[-1][2])
    if listens != port:
        return f"Its log speaks of port {listens}, the instance's is {port}."
    if host in _LOOPBACK:
        return f"Its log speaks of {host}, where only its own node reaches it: listen at 0.0.0.0."
    return ""


def _nobody(address: str, said: str) -> str:
    asked = _ASKED.match(said)
    if asked and asked[2] != address:
        return (
            f"{_path(said)} leads on to {address}, where nothing listens. Answer it with 200"
            " itself, without a redirect."
        )
    return (
        f"Nothing listens at {address}. The program has to listen on the port that it finds in its"
        " variable PORT, and at 0.0.0.0, not at 127.0.0.1."
    )


def _other_status(status: int, words: str, body: str, said: str) -> str:
    told = " ".join(body.split())[:LONGEST_BODY]
    answer = f"{_path(said)} answers {status} {words}".strip()
    quoted = f" (“{told}”)" if told else ""
    to_do = _TO_DO.get(status, "Its log may say why." if status >= 500 else "")
    return f"{answer}{quoted}, and has to answer 200. {to_do}".strip()


def _path(said: str) -> str:
    asked = _ASKED.match(said)
    return (asked[3] or "/") if asked else "The port"
