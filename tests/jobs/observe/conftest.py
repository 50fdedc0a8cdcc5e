from __future__ import annotations

from tests.jobs.deploy.driven.conftest import cluster, kept_world, web, world

__all__ = ["cluster", "kept_world", "web", "world"]
