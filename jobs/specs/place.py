from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileServer:
    """What serves the files of static services: a command on the nodes, or an image of nginx."""

    command: tuple[str, ...] = ()
    image: str = ""


@dataclass(frozen=True)
class Place:
    """Where and how a job runs: what the operator and the cell decide, not the team.

    `artifacts_url` is the address, without a slash at its end, under which the cluster's nodes
    fetch `<sha256>.<archive>`; `shutdown_delay_s` must be above the edge's reaction time.
    """

    namespace: str
    region: str
    driver: str
    largest_count: int
    artifacts_url: str
    apps_domain: str
    shutdown_delay_s: int = 5
    files: FileServer = FileServer()
