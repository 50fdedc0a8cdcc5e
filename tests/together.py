"""A pytest plugin (`-p tests.together`): which tests run in one process when several run at once.

pytest-xdist's own mark for this is ignored by pytest 9.2, silently (its issue 1386).
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# What is started or compiled once for a process, and where the tests are that use it.
SHARED = {
    "muster": ("tests/e2e/",),
    "cluster": (
        "tests/jobs/nomad/test_on_a_cluster.py",
        "tests/jobs/resources/test_redis_runs.py",
        "tests/jobs/specs/test_read_back.py",
        "tests/jobs/specs/test_service_runs.py",
        "tests/jobs/specs/test_values_arrive.py",
    ),
    "compiled": ("tests/bench/scaling/", "tests/scaler/replay/"),
    "consul": ("tests/jobs/consul/test_on_consul.py", "tests/jobs/edge/test_write.py"),
}
# What takes longest begins first: at the end there is something short for each process.
FIRST = (
    *SHARED["muster"],
    "tests/platform_admin/verbs/test_together.py",
    *SHARED["cluster"],
    *SHARED["compiled"],
    "tests/jobs/deploy/driven/test_killed.py",
    "tests/jobs/deploy/test_model.py",
    "tests/local/cluster/test_nomad_",
    "tests/local/launch/",
    "tests/test_run.py",
)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Each file to who is free; files that share what was started all to the same."""

    def _split_scope(self, nodeid: str) -> str:
        shared = (name for name, places in SHARED.items() if nodeid.startswith(places))
        return next(shared, nodeid.partition("::")[0])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, in the order of their list; all others stay as they are."""
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """The scheduler of a run with several processes, whatever `--dist` says."""
    config.option.loadscopereorder = False
    return Together(config, log)


def _rank(item: pytest.Item) -> int:
    ranks = (rank for rank, place in enumerate(FIRST) if item.nodeid.startswith(place))
    return next(ranks, len(FIRST))
