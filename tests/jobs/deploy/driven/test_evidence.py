from __future__ import annotations

import pytest

from jobs.deploy.evidence import evidence
from platform_admin.models import Service
from tests.jobs.inside import NAMESPACE, Inside

BLUE = "shop-production-web-blue"
pytestmark = pytest.mark.usefixtures("web")


def test_the_newest_instances_log_stands_before_nomads_events(cluster: Inside) -> None:
    first, second = cluster.allocations(BLUE)
    second["CreateTime"] = first["CreateTime"] + 1
    cluster.says(first, "the old one's line")
    cluster.says(second, "a line")
    cluster.says(second, "Traceback", "stderr")
    event = {"Type": "Terminated", "Time": 1, "DisplayMessage": "Exit Code: 1"}
    cluster.report(second, "dead", event, failed=True)
    found = evidence(NAMESPACE, BLUE)
    events = "Nomad's events:\nStarted: started\nTerminated: Exit Code: 1"
    assert found == f"a line\nTraceback\n\n{events}"


def test_an_instance_of_which_nothing_was_said_is_told_by_its_status(cluster: Inside) -> None:
    cluster.by_hand(BLUE, 3)
    newest = cluster.allocations(BLUE)[-1]
    newest["CreateTime"] *= 2
    assert evidence(NAMESPACE, BLUE) == "Nomad: pending"


def test_a_job_that_nobody_registered_is_missing() -> None:
    assert evidence(NAMESPACE, "shop-production-web-green") == "The job is missing in Nomad."


def test_what_nomad_can_not_place_says_why(cluster: Inside) -> None:
    job = cluster.job(BLUE) | {"ID": "other", "Name": "other", "Datacenters": ["elsewhere"]}
    group = job["TaskGroups"][0] | {"Count": 0}
    cluster.nomad.register(job | {"TaskGroups": [group]})
    assert evidence(NAMESPACE, "other").startswith("Nomad can not place it: ")


def test_a_nomad_that_is_away_says_so_itself(cluster: Inside) -> None:
    cluster.nomad_door.away()
    assert evidence(NAMESPACE, BLUE) == "(Nomad does not say: nomad: no server)"


def test_a_log_that_can_not_be_had_leaves_the_events(web: Service, cluster: Inside) -> None:
    for instance in cluster.allocations(BLUE):
        cluster.says(instance, "a line")
    cluster.nomad_door.mood = cluster.without_logs
    found = evidence(NAMESPACE, BLUE)
    assert found == "(no log: nomad: no server)\n\nNomad's events:\nStarted: started"
