"""What the stages of one start share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.launch.arguments import Arguments
from local.launch.configured import Configured
from local.launch.ports import Ports
from local.launch.show import Show
from local.launch.state import State
from local.launch.stop import Stop
from local.launch.supervise import Children
from local.launch.watch import Watch

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Launch:
    """One start: what was asked for, what it holds, what it has started."""

    arguments: Arguments
    ports: Ports
    state: State
    secrets: Mapping[str, str]
    configured: Configured
    environ: Mapping[str, str]
    children: Children
    show: Show
    stop: Stop
    watch: Watch

    @property
    def logs(self) -> Path:
        """The folder of all logs."""
        return self.state.path("logs")

    def log(self, name: str) -> Path:
        """The log of the child with this name."""
        return self.logs / f"{name}.log"
