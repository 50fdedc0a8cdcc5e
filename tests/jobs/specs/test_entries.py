from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from jobs.specs import bears_slug, consul_entries, with_slug, without_slug
from tests.jobs.specs.cases import jobs

SLUG = "shop-production-web"


def test_the_entry_of_a_colour_is_for_the_edge_and_the_slugs_is_not() -> None:
    colour, slug = consul_entries(jobs()["web_with_slug"])
    assert (colour["Name"], slug["Name"]) == (f"{SLUG}-blue", SLUG)
    assert colour["Tags"] == [
        "traefik.enable=true",
        f"traefik.http.services.{SLUG}-blue.loadbalancer.strategy=p2c",
    ]
    assert slug["Tags"] == []
    assert slug["Meta"] == colour["Meta"]


def test_an_entry_is_shown_in_words_that_people_read() -> None:
    (entry,) = consul_entries(jobs()["private"])
    said = {"TCP": "the instance's address and port", "Interval": "2s", "Timeout": "2s"}
    assert entry["Checks"] == [said]
    (entry,) = consul_entries(jobs()["web_image"])
    (check,) = entry["Checks"]
    assert check["HTTP"] == "/health"
    assert check["Header"] == {"Host": ["shop-production-web.apps.example.org"]}


def test_a_private_service_is_asked_for_no_host() -> None:
    private = deepcopy(jobs()["private"])
    (entry,) = private["TaskGroups"][0]["Tasks"][0]["Services"]
    assert "Header" not in entry["Checks"][0]


@pytest.mark.parametrize("name", ["worker", "release_command"])
def test_a_job_without_a_port_has_no_entries_and_gets_none(name: str) -> None:
    job = jobs()[name]
    assert consul_entries(job) == []
    assert with_slug(job, SLUG) == job
    assert without_slug(job, SLUG) == job
    assert not bears_slug(job, SLUG)


def test_adding_the_slug_twice_and_taking_it_twice_is_harmless() -> None:
    bare, bearing = jobs()["web"], with_slug(jobs()["web"], SLUG)
    assert with_slug(bearing, SLUG) == bearing
    assert (bears_slug(bearing, SLUG), bears_slug(bare, SLUG)) == (True, False)
    assert without_slug(bearing, SLUG) == bare
    assert without_slug(bare, SLUG) == bare


def test_the_given_job_stays_as_it_was() -> None:
    job = jobs()["web"]
    with_slug(job, SLUG)["TaskGroups"][0]["Tasks"][0]["Services"][1]["Meta"]["app"] = "other"
    without_slug(job, f"{SLUG}-blue")
    assert job == jobs()["web"]


def test_the_slug_is_made_of_what_nomad_stores_also_where_lists_are_null() -> None:
    stored: dict[str, Any] = {
        "TaskGroups": [
            {
                "Tasks": [
                    {"Services": None},
                    {"Services": [{"Name": "a-b-c-blue", "Tags": ["x"], "Weights": None}]},
                ]
            }
        ]
    }
    idle, task = with_slug(stored, "a-b-c")["TaskGroups"][0]["Tasks"]
    assert idle == {"Services": None}
    assert task["Services"][1] == {"Name": "a-b-c", "Weights": None}


def test_each_further_port_has_an_entry_with_the_slugs_and_goes_with_it() -> None:
    bearing = jobs()["web_options"]
    found = {entry["Name"]: entry for entry in consul_entries(bearing)}
    assert list(found) == [f"{SLUG}-blue", SLUG, f"{SLUG}--debug", f"{SLUG}--metrics"]
    metrics = found[f"{SLUG}--metrics"]
    said = {"TCP": "the instance's address and port", "Interval": "10s", "Timeout": "5s"}
    assert (metrics["Checks"], metrics["Tags"]) == ([said], [])
    services = bearing["TaskGroups"][0]["Tasks"][0]["Services"]
    assert [one["PortLabel"] for one in services] == ["http", "http", "debug", "metrics"]
    bare = without_slug(bearing, SLUG)
    assert [entry["Name"] for entry in consul_entries(bare)] == [f"{SLUG}-blue"]
    assert with_slug(bare, SLUG) == bearing


def test_a_tcp_service_is_not_for_the_edge() -> None:
    entries = consul_entries(jobs()["private_tcp"])
    slug = "shop-production-chat"
    assert [one["Name"] for one in entries] == [f"{slug}-green", slug, f"{slug}--admin"]
    assert all(one["Tags"] == [] and "TCP" in one["Checks"][0] for one in entries)
