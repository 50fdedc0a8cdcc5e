"""The few calls that set up agents of our own; Muster itself has its own doors to them."""

from __future__ import annotations

from typing import Any

import requests

TIMEOUT_S = 10.0


class Api:
    """One agent's API, called with one token."""

    def __init__(self, base: str, header: str, token: str) -> None:
        self._base = base
        self._headers = {header: token}

    def get(self, path: str) -> Any:
        """The answer's JSON; raises requests.RequestException, also for an error status."""
        return self._call("GET", path, None).json()

    def put(self, path: str, body: object = None) -> requests.Response:
        """The answer; raises requests.RequestException, also for an error status."""
        return self._call("PUT", path, body)

    def allowed(self, path: str) -> bool:
        """Whether the token may read this."""
        answer = requests.get(self._base + path, headers=self._headers, timeout=TIMEOUT_S)
        return answer.ok

    def answers(self, path: str) -> bool:
        """Whether this is there now: the agent is up and has a leader."""
        try:
            return bool(self.get(path))
        except (requests.RequestException, ValueError):
            return False

    def _call(self, method: str, path: str, body: object) -> requests.Response:
        answer = requests.request(
            method, self._base + path, json=body, headers=self._headers, timeout=TIMEOUT_S
        )
        if not answer.ok:
            raise requests.HTTPError(f"{method} {path}: {answer.status_code} {answer.text.strip()}")
        return answer
