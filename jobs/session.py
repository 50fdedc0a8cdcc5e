"""The HTTP session under every door: a pool of connections, a connect time-out, no detours."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

CONNECT_S = 2.0
_POOL = 16

Timeout = float | tuple[float, float] | tuple[float, None] | None


class _Adapter(HTTPAdapter):
    """Adds the connect time-out where a library can only say one number for both."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return the response; raises requests' exceptions."""
        both = (CONNECT_S, timeout) if isinstance(timeout, int | float) else timeout
        return super().send(request, stream, both, verify, cert, proxies)


def session() -> requests.Session:
    """Return a session that may be shared by threads, but not across a fork.

    requests promises nothing about threads. What its sessions change while sending is the cookie
    jar, which is closed here; connections come from urllib3's pool, which is made for threads.
    """
    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # No proxy, no .netrc (it would add an Authorization header), no CA file from the environment.
    made.trust_env = False
    # A redirect would carry the token's header to wherever it points.
    made.max_redirects = 0
    adapter = _Adapter(pool_connections=_POOL, pool_maxsize=_POOL, max_retries=0)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made
