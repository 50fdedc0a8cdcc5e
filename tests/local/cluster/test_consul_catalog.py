from __future__ import annotations

import pytest

from local.cluster.consul import catalog
from local.cluster.consul.state import NODE, Row, State
from local.cluster.web import Refusal

CHECK = {"CheckID": "c", "HTTP": "http://127.0.0.1:1/", "Interval": "1s"}


def booted() -> State:
    state = State()
    catalog.boot(state)
    return state


def registered(*, checks: tuple[Row, ...] = (CHECK,), **more: object) -> State:
    """A state with one instance `i` of the service `web`."""
    state = booted()
    catalog.enter(state, {"Name": "web", "ID": "i", "Checks": checks, **more}, False)
    return state


def status(state: State, check_id: str = "c") -> str:
    return str(state.checks[NODE][check_id]["Status"])


def test_a_check_begins_critical() -> None:
    state = registered()
    assert status(state) == "critical"
    assert catalog.health(state, "web", passing=True) == []
    assert len(catalog.health(state, "web", passing=False)) == 1


def test_a_check_begins_as_its_registration_says() -> None:
    assert status(registered(checks=({**CHECK, "Status": "passing"},))) == "passing"


def test_a_passing_check_makes_the_instance_pass() -> None:
    state = registered()
    catalog.report(state, "c", "passing", "200 OK", now=1.0)
    assert [row["Service"]["ID"] for row in catalog.health(state, "web", passing=True)] == ["i"]


def test_a_warning_is_not_passing() -> None:
    state = registered()
    catalog.report(state, "c", "warning", "429", now=1.0)
    assert catalog.health(state, "web", passing=True) == []


def test_a_failing_check_of_the_node_fails_its_instances() -> None:
    state = registered(checks=())
    assert len(catalog.health(state, "web", passing=True)) == 1
    state.checks[NODE]["serfHealth"]["Status"] = "critical"
    assert catalog.health(state, "web", passing=True) == []


def test_a_service_registered_again_keeps_what_its_checks_say() -> None:
    state = registered()
    catalog.report(state, "c", "passing", "200 OK", now=1.0)
    catalog.enter(state, {"Name": "web", "ID": "i", "Checks": [CHECK], "Tags": ["new"]}, False)
    assert status(state) == "passing"
    assert state.services[NODE]["i"]["Tags"] == ["new"]


def test_the_same_registration_again_wakes_nobody() -> None:
    state = registered()
    before = state.index
    catalog.enter(state, {"Name": "web", "ID": "i", "Checks": [CHECK]}, False)
    assert state.index == before


@pytest.mark.parametrize(("replace", "left"), [(False, {"c", "d"}), (True, {"d"})])
def test_old_checks_go_only_when_they_are_to_be_replaced(replace: bool, left: set[str]) -> None:
    state = registered()
    catalog.enter(state, {"Name": "web", "ID": "i", "Check": {**CHECK, "CheckID": "d"}}, replace)
    assert set(state.checks[NODE]) - {"serfHealth"} == left
    assert set(state.definitions) == left


def test_checks_without_an_id_are_named_after_their_service() -> None:
    plain = {"HTTP": "http://127.0.0.1:1/", "Interval": "1s"}
    assert "service:i" in registered(checks=(plain,)).checks[NODE]
    assert {"service:i:1", "service:i:2"} < set(registered(checks=(plain, plain)).checks[NODE])


def test_only_another_status_gets_a_new_index() -> None:
    state = registered()
    catalog.report(state, "c", "passing", "first", now=1.0)
    before = state.seen("service:web")
    catalog.report(state, "c", "passing", "second", now=2.0)
    assert state.seen("service:web") == before
    assert state.checks[NODE]["c"]["Output"] == "second"
    catalog.report(state, "c", "critical", "third", now=3.0)
    assert state.seen("service:web") > before


def test_a_change_of_one_service_is_not_seen_by_readers_of_another() -> None:
    state = registered()
    catalog.enter(state, {"Name": "api"}, False)
    before = state.seen("service:web")
    catalog.drop_service(state, NODE, "api")
    assert state.seen("service:web") == before
    assert state.seen("service:api") == state.seen("services") > before


def test_a_report_about_a_deregistered_check_is_ignored() -> None:
    state = registered()
    catalog.drop_service(state, NODE, "i")
    before = state.index
    catalog.report(state, "c", "passing", "late", now=1.0)
    assert state.index == before
    assert "c" not in state.checks[NODE]


def test_deregistering_takes_the_checks_and_their_definitions_too() -> None:
    state = registered()
    catalog.drop_service(state, NODE, "i")
    assert (set(state.checks[NODE]), state.definitions) == ({"serfHealth"}, {})
    assert catalog.health(state, "web", passing=False) == []


@pytest.mark.parametrize(
    ("asked", "now", "gone"),
    [("90s", 99.0, False), ("90s", 101.0, True), ("1s", 69.0, False), ("1s", 71.0, True)],
)
def test_a_service_critical_for_too_long_goes(asked: str, now: float, gone: bool) -> None:
    state = registered(checks=({**CHECK, "DeregisterCriticalServiceAfter": asked},))
    catalog.report(state, "c", "critical", "", now=10.0)
    catalog.report(state, "c", "critical", "", now=50.0)
    catalog.reap(state, now)
    assert ("i" not in state.services[NODE]) == gone


def test_a_service_that_passed_in_between_stays() -> None:
    state = registered(checks=({**CHECK, "DeregisterCriticalServiceAfter": "60s"},))
    catalog.report(state, "c", "critical", "", now=10.0)
    catalog.report(state, "c", "passing", "", now=60.0)
    catalog.report(state, "c", "critical", "", now=65.0)
    catalog.reap(state, 100.0)
    assert "i" in state.services[NODE]


def test_names_have_the_tags_of_all_instances() -> None:
    state = registered(Tags=["b"])
    catalog.enter(state, {"Name": "web", "ID": "j", "Tags": ["a", "b"]}, False)
    assert catalog.names(state) == {"consul": [], "web": ["a", "b"]}


def test_an_external_node_is_entered_and_taken_away_whole() -> None:
    state = booted()
    before = state.document()["nodes"].keys()
    body = {"Node": "ext-crm", "Address": "203.0.113.5", "Service": {"Service": "crm"}}
    catalog.enter_external(state, {**body, "Check": {"CheckID": "c", "ServiceID": "crm"}})
    assert catalog.health(state, "crm", passing=False)[0]["Node"]["Address"] == "203.0.113.5"
    catalog.drop_external(state, {"Node": "ext-crm"})
    assert catalog.health(state, "crm", passing=False) == []
    assert state.nodes.keys() == before
    assert state.checks["ext-crm"] == {}


def test_deregistering_one_external_service_leaves_the_others() -> None:
    state = booted()
    for name in ("crm", "db"):
        body = {"Node": "ext-a", "Address": "203.0.113.5", "Service": {"Service": name}}
        catalog.enter_external(state, body)
    catalog.drop_external(state, {"Node": "ext-a", "ServiceID": "crm"})
    assert catalog.names(state) == {"consul": [], "db": []}


@pytest.mark.parametrize("check", [{"GRPC": "127.0.0.1:1"}, {"Interval": "1s"}])
def test_a_kind_of_check_that_is_not_run_is_refused_loudly(check: Row) -> None:
    with pytest.raises(Refusal) as refused:
        registered(checks=(check,))
    assert refused.value.status == 501


TOLD: Row = {"CheckID": "c", "TTL": "10s"}


def test_a_check_with_a_ttl_is_what_it_was_told_last() -> None:
    state = registered(checks=(TOLD,))
    assert status(state) == "critical"
    catalog.tell(state, "c", {"Status": "passing", "Output": "well"}, now=5.0)
    assert (status(state), state.checks[NODE]["c"]["Output"]) == ("passing", "well")


def test_a_check_with_a_ttl_fails_once_nobody_tells_it_anything() -> None:
    state = registered(checks=(TOLD,))
    catalog.tell(state, "c", {"Status": "passing"}, now=5.0)
    catalog.expire(state, now=15.0)
    assert status(state) == "passing"
    catalog.expire(state, now=15.1)
    assert (status(state), state.checks[NODE]["c"]["Output"]) == ("critical", "TTL expired")


def test_only_a_check_with_a_ttl_is_told_anything() -> None:
    state = registered()
    for check_id, given, code in (
        ("c", {"Status": "passing"}, 404),
        ("other", {"Status": "passing"}, 404),
        ("c", {"Status": "fine"}, 400),
    ):
        with pytest.raises(Refusal) as refused:
            catalog.tell(state, check_id, given, now=1.0)
        assert refused.value.status == code
    assert status(state) == "critical"
