"""What each thing of a service is called in Nomad, Consul and the edge."""

from __future__ import annotations

from platform_admin.rules.rollout import Colour

ONE_JOB = frozenset({"cron"})
"""The kinds that are one job, whatever colour is live."""


def slug(app: str, environment: str, name: str) -> str:
    """The name of a service or resource on the whole platform."""
    return f"{app}-{environment}-{name}"


def job_id(slug: str, colour: Colour) -> str:
    """The Nomad job of one colour of a service, and its entry in Consul for the edge."""
    return f"{slug}-{colour}"


def job_of(kind: str, slug: str, colour: Colour) -> str:
    """The Nomad job that runs this colour of a service: a kind without colours has one."""
    return slug if kind in ONE_JOB else job_id(slug, colour)


def suffix_of(kind: str, colour: Colour) -> str:
    """What stands behind the keys of this colour's values in the job's Variable.

    A job without colours has the values of its live and its next release side by side.
    """
    return one_job_suffix(colour) if kind in ONE_JOB else ""


def one_job_suffix(colour: Colour) -> str:
    """The same for a kind that is one job."""
    return f"__{colour}"


def launch_of(job_id: str) -> tuple[str, int] | None:
    """The periodic job that started this one, and when, in seconds since 1970.

    None for a job that no clock has started.
    """
    parent, found, launched = job_id.rpartition("/periodic-")
    return (parent, int(launched)) if found and launched.isdigit() else None


def launched_job_id(slug: str, launched: int) -> str:
    """The Nomad job that a periodic one starts at this second since 1970."""
    return f"{slug}/periodic-{launched}"


def run_job_id(slug: str, run: int) -> str:
    """The Nomad job of a command that a person runs once."""
    return f"{slug}--run-{run}"


def started_by(slug: str) -> tuple[str, ...]:
    """How the jobs begin that a service's clock, people and deployments start."""
    return (f"{slug}/periodic-", f"{slug}--run-", f"{slug}--cmd-")


def port_entry(slug: str, port: str) -> str:
    """The entry in Consul of a further port of a service, by the port's name."""
    return f"{slug}--{port}"


def command_job_id(slug: str, deployment: int) -> str:
    """The Nomad job of the release command that a deployment runs."""
    return f"{slug}--cmd-{deployment}"


def variable_path(job_id: str) -> str:
    """The path of the Nomad Variable that only this job may read."""
    return f"nomad/jobs/{job_id}"
