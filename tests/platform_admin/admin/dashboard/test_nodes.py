from __future__ import annotations

import time
from socket import socket

import pytest
from pytest_django import Settings

from tests.platform_admin.admin.dashboard.first_page import NODES, PAGE, html_of, part
from tests.platform_admin.pages.nomad import nomad
from tests.platform_admin.pages.site import Site

NODE = (
    b'{"ID": "n1", "Name": "iron", "Status": "ready", "SchedulingEligibility": "eligible",'
    b' "NodeResources": {"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": 8000}},'
    b' "Drivers": {"docker": {"Healthy": true}}}'
)
TASKS = (
    b'{"Tasks": {"main": {"Cpu": {"CpuShares": 500}, "Memory": {"MemoryMB": 256}},'
    b' "side": {"Cpu": {"CpuShares": 100}, "Memory": {"MemoryMB": 64}}}}'
)


def allocation(status: str, node: str = "n1") -> bytes:
    return b'{"ClientStatus": "%s", "NodeID": "%s", "AllocatedResources": %s}' % (
        status.encode(),
        node.encode(),
        TASKS,
    )


def answers(*nodes: bytes) -> dict[str, bytes]:
    taken = [allocation("running"), allocation("pending"), allocation("complete")]
    return {
        "/v1/agent/health": b'{"server": {"ok": true}}',
        "/v1/agent/self": b"{}",
        "/v1/nodes": b"[" + b",".join(nodes) + b"]",
        "/v1/allocations": b"[" + b",".join([*taken, allocation("running", "n2")]) + b"]",
    }


@pytest.mark.parametrize("address", [NODES, f"{PAGE}?nodes=1"])
def test_nodes_say_what_they_have_and_what_is_allocated(
    site: Site, settings: Settings, address: str
) -> None:
    with nomad(answers(NODE)) as (settings.NOMAD_ADDR, _):
        said = part(site, "nodes", address)

    assert "iron ● well 2 instances. It runs docker." in said
    assert "CPU 1200 of 4000 MHz Memory 640 of 8000 MB" in said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'"ready"', b'"down"', "■ down 2 instances. Nothing is placed on it"),
        (b'"eligible"', b'"ineligible"', "▲ ineligible 2 instances. It takes no new instances."),
        (b"true", b"false", "▲ no driver 2 instances. No driver is healthy on it."),
    ],
)
def test_a_node_that_takes_nothing_says_so(
    site: Site, settings: Settings, before: bytes, after: bytes, said: str
) -> None:
    with nomad(answers(NODE.replace(before, after))) as (settings.NOMAD_ADDR, _):
        assert said in part(site, "nodes", NODES)


def test_a_cluster_without_nodes_says_so(site: Site, settings: Settings) -> None:
    with nomad(answers()) as (settings.NOMAD_ADDR, _):
        assert "Nomad knows no node" in part(site, "nodes", NODES)


def test_a_nomad_that_is_away_is_said_in_words(site: Site) -> None:
    assert "Nomad does not answer. Apps go on running" in part(site, "nodes", NODES)


def test_a_nomad_that_refuses_says_what(site: Site, settings: Settings) -> None:
    healthy = {"/v1/agent/health": b'{"server": {"ok": true}}'}
    with nomad(healthy) as (settings.NOMAD_ADDR, _):
        assert "Nomad does not say which nodes there are" in part(site, "nodes", NODES)


def test_the_page_itself_never_asks_nomad(site: Site, settings: Settings) -> None:
    with nomad(answers(NODE)) as (settings.NOMAD_ADDR, asked):
        said = html_of(site, "nodes")

    assert asked == []
    assert f'hx-get="{NODES}" hx-trigger="load"' in said
    assert "/admin/?nodes=1#nodes" in said


def test_a_nomad_that_hangs_is_waited_for_no_longer_than_its_health_may_take(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.nomad.client._HEALTH_READ_S", 0.2)
    with socket() as hangs:
        hangs.bind(("127.0.0.1", 0))
        hangs.listen()
        settings.NOMAD_ADDR = f"http://127.0.0.1:{hangs.getsockname()[1]}"
        began = time.monotonic()
        said = part(site, "nodes", NODES)

    assert "Nomad does not answer." in said
    assert time.monotonic() - began < 2
