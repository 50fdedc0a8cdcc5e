from __future__ import annotations

from tests.jobs.deploy.driven.conftest import cluster, web, world

__all__ = ["cluster", "web", "world"]
