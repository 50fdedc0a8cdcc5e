"""What each thing of a service is called in Nomad, Consul and the edge."""

from __future__ import annotations

from platform_admin.rules.rollout import Colour


def slug(app: str, environment: str, name: str) -> str:
    """The name of a service or resource on the whole platform."""
    return f"{app}-{environment}-{name}"


def job_id(slug: str, colour: Colour) -> str:
    """The Nomad job of one colour of a service, and its entry in Consul for the edge."""
    return f"{slug}-{colour}"


def port_entry(slug: str, port: str) -> str:
    """The entry in Consul of a further port of a service, by the port's name."""
    return f"{slug}--{port}"


def command_job_id(slug: str, deployment: int) -> str:
    """The Nomad job of the release command that a deployment runs."""
    return f"{slug}--cmd-{deployment}"


def variable_path(job_id: str) -> str:
    """The path of the Nomad Variable that only this job may read."""
    return f"nomad/jobs/{job_id}"
