"""The cluster that client tests run against, each test once a kind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from jobs.consul import Consul, ConsulSettings, connect
from tests.jobs import agents


@pytest.fixture(scope="session", params=["local", "real"])
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[agents.Cluster]:
    """A cluster's clients: the local one, then real agents, or a skip that says what is missing."""
    with agents.cluster(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture(scope="session", params=["local", "real"])
def consul(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Consul]:
    """A client of a Consul that runs; a skip where this machine has no real one."""
    folder = tmp_path_factory.mktemp(f"consul-{request.param}")
    if request.param == "local":
        with agents.local_consul(folder) as address:
            yield connect(ConsulSettings(address, agents.CONSUL_TOKEN))
    elif shutil.which("consul"):
        with agents.consul_agent(folder) as address:
            yield connect(ConsulSettings(address))
    else:
        pytest.skip("consul is not on the PATH")
