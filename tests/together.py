"""A pytest plugin (`-p tests.together`): which tests run in one process when several run at once.

pytest-xdist's own mark for this is ignored by pytest 9.2, silently (its issue 1386).
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# The tests of each of these folders share what is started once for a process.
FOLDERS = ("tests/e2e/",)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Each test by itself to who is free; those of one of the folders all to the same."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in FOLDERS if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """The scheduler of a run with several processes, whatever `--dist` says."""
    return Together(config, log)
