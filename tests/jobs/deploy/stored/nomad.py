"""A Nomad in memory that counts: jobs with their indexes and scaling events, and its moods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from jobs.errors import Conflict, Missing, Unavailable
from jobs.nomad import Job, Plan, Scaled, ScaleEvent, ScaleStatus


@dataclass
class Nomad:
    """Answers what `apply` asks; `before_answer` runs after a scaling took effect."""

    jobs: dict[str, Job] = field(default_factory=dict)
    events: list[ScaleEvent] = field(default_factory=list)
    index: int = 100
    before_answer: Callable[[], None] = lambda: None

    def put(self, job_id: str, count: int, *, stopped: bool = False) -> None:
        """The job as somebody registered it."""
        self.index += 1
        spec: Mapping[str, object] = {"ID": job_id}
        self.jobs[job_id] = Job(
            id=job_id,
            namespace="demo",
            type="service",
            status="running",
            stopped=stopped,
            version=0,
            job_modify_index=self.index,
            count=count,
            spec=spec,
        )

    def job(self, namespace: str, job_id: str) -> Job | None:
        return self.jobs.get(job_id)

    def plan(self, job: Mapping[str, object]) -> Plan:
        """All in place, as Nomad plans also what is unchanged; the Diff tells."""
        differs = self.jobs[str(job["ID"])].spec.get("Meta") != job.get("Meta")
        fields = [{"Name": "Meta[by]", "Type": "Edited"}] if differs else None
        return Plan(1, 0, 0, 0, (), {"Type": "Edited", "Fields": fields})

    def scale(
        self,
        namespace: str,
        job_id: str,
        count: int,
        *,
        index: int,
        message: str,
        meta: Mapping[str, str],
    ) -> Scaled:
        job = self.jobs.get(job_id)
        if job is None:
            raise Missing(f'job "{job_id}" not found', server="nomad", status=404)
        if index != job.job_modify_index:
            raise Conflict("conflicting job modify index", server="nomad", status=500)
        self.set_count(job_id, count, meta)
        self.before_answer()
        return Scaled(self.index, "eval")

    def set_count(self, job_id: str, count: int, meta: Mapping[str, str]) -> None:
        """A scaling, by whoever marks it so; another hand has no mark."""
        job = self.jobs[job_id]
        self.index += 1
        self.events.insert(0, ScaleEvent(count, job.count, "", meta, self.index, 0))
        self.jobs[job_id] = replace(job, count=count, job_modify_index=self.index)

    def scale_status(self, namespace: str, job_id: str) -> ScaleStatus:
        return ScaleStatus(self.jobs[job_id].count, 0, tuple(self.events))


def lose_the_answer() -> None:
    """The post arrived, and nobody heard."""
    raise Unavailable("read timed out", server="nomad")
