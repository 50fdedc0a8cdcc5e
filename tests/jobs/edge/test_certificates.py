from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.consul import Operation
from jobs.edge import certificate_tree, write_certificates
from jobs.errors import Refused
from platform_admin.rules.certificates import LARGEST_BYTES
from tests.jobs.inside import Inside, inside


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Inside]:
    with inside(tmp_path) as found:
        yield found


def test_many_of_the_largest_go_in_as_many_transactions_as_consul_takes(cluster: Inside) -> None:
    largest = "x" * LARGEST_BYTES
    wanted: dict[str, str] = {}
    for name in range(7):
        wanted |= certificate_tree(str(name), largest, largest)
    assert write_certificates(cluster.consul, wanted)
    assert not write_certificates(cluster.consul, wanted)
    assert len([path for _, path in cluster.written if path == "/v1/txn"]) == 4
    assert cluster.consul_keys() == wanted


def test_many_small_ones_go_together_and_all_go_again(cluster: Inside) -> None:
    wanted: dict[str, str] = {}
    for name in range(40):
        wanted |= certificate_tree(str(name), "c", "k")
    write_certificates(cluster.consul, wanted)
    assert len(cluster.written) == 2
    write_certificates(cluster.consul, {})
    assert cluster.consul_keys() == {}


def test_a_transaction_that_is_too_large_is_refused_as_consul_refuses_it(cluster: Inside) -> None:
    large = [Operation("set", str(key), value="x" * 200_000) for key in range(2)]
    with pytest.raises(Refused, match="too large, max size: 524288 bytes"):
        cluster.consul.transact(large)
    assert cluster.consul_keys() == {}
