"""Where Nomad is and how to speak to it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class NomadSettings:
    """`address` is a URL. Empty strings mean: no token, the agent's region, the system's CAs."""

    address: str
    token: str = field(default="", repr=False)
    region: str = ""
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
