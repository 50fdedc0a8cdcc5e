from __future__ import annotations

from dataclasses import dataclass

from jobs.document import ServiceDoc
from jobs.specs.names import slug
from jobs.specs.place import Place


@dataclass(frozen=True)
class Unit:
    """A service that becomes one job of that id: of a colour, or of one of its commands.

    `suffix` stands behind the keys of its values in the job's Variable.
    """

    service: ServiceDoc
    app: str
    environment: str
    place: Place
    job_id: str
    suffix: str = ""

    @property
    def slug(self) -> str:
        """The service's name on the whole platform."""
        return slug(self.app, self.environment, self.service.name)

    @property
    def meta(self) -> dict[str, str]:
        """Whose job it is. A change of a job's meta restarts its instances: no release in it."""
        return {
            "app": self.app,
            "environment": self.environment,
            "service": self.service.name,
        }
