"""Where Consul is and how to speak to it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ConsulSettings:
    """`address` is a URL or host:port. Empty strings mean: no token, the system's CAs."""

    address: str
    token: str = field(default="", repr=False)
    ca_file: str = ""
