"""Nomad jobs as dicts, made of a document and a place. Pure."""

from __future__ import annotations

from jobs.specs.command import release_command_job, run_job
from jobs.specs.entries import bears_slug, consul_entries, with_slug, without_slug
from jobs.specs.names import command_job_id, job_id, slug, variable_path
from jobs.specs.place import FileServer, Place
from jobs.specs.service import service_job
from jobs.specs.template import variable_keys

__all__ = [
    "FileServer",
    "Place",
    "bears_slug",
    "command_job_id",
    "consul_entries",
    "job_id",
    "release_command_job",
    "run_job",
    "service_job",
    "slug",
    "variable_keys",
    "variable_path",
    "with_slug",
    "without_slug",
]
