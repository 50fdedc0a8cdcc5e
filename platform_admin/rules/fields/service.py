from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ServiceFields:
    """What a service's form, file or call says of it; checked by `service_errors`.

    What is empty or None is Muster's own choice. `ports` are numbers by name; each of
    `constraints`, `redirects` and `headers` has the fields of jobs.document's type of that name.
    """

    name: str
    kind: str
    artifact_id: int | None = None
    image: str = ""
    command: str = ""
    release_command: str = ""
    port: int | None = None
    health_path: str = ""
    cpu_mhz: int = 100
    memory_mb: int = 128
    start_limit_s: int = 120
    kill_timeout_s: int = 30
    protocol: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    check_interval_s: int | None = None
    check_timeout_s: int | None = None
    user: str = ""
    memory_max_mb: int | None = None
    disk_mb: int | None = None
    drain_s: int | None = None
    kill_signal: str = ""
    constraints: Sequence[Mapping[str, str]] = field(default_factory=list)
    spread: str = ""
    restart: Mapping[str, int] | None = None
    schedule: str = ""
    time_zone: str = ""
    time_limit_s: int | None = None
    fallback: str = ""
    redirects: Sequence[Mapping[str, str | int]] = field(default_factory=list)
    headers: Sequence[Mapping[str, str]] = field(default_factory=list)
    minimum: int = 1
    maximum: int = 1
