"""Every service of every document becomes a job, of either colour and on every driver."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.document import Document, ServiceDoc
from jobs.document.types import KINDS_WITH_PORT
from jobs.specs import Place, release_command_job, service_job
from jobs.specs.driver import DRIVERS
from tests.inputs import costly
from tests.jobs.document.documents import documents
from tests.jobs.document.whole import WHOLE
from tests.jobs.specs.cases import CONTAINERS, HOST


def lacks(service: ServiceDoc, place: Place) -> bool:
    """Whether the driver has nothing to run; what serves files is the operator's."""
    if service.kind == "static":
        return False
    return not (service.image if place.driver in ("docker", "podman") else service.command)


def check(document: Document, service: ServiceDoc, place: Place, colour: Any) -> None:
    where: dict[str, Any] = {"app": document.app, "environment": document.environment}
    if lacks(service, place):
        with pytest.raises(ValueError, match=f"The service {service.name} has no "):
            service_job(service, **where, colour=colour, release=1, place=place)
        return
    job = service_job(service, **where, colour=colour, release=1, place=place, with_slug=True)
    assert json.loads(json.dumps(job)) == job
    assert job["Meta"] == {**where, "service": service.name}
    [group] = job["TaskGroups"]
    [task] = group["Tasks"]
    assert ("Networks" in group, "Services" in task) == (service.kind in KINDS_WITH_PORT,) * 2
    assert task["Resources"]["MemoryMB"] == service.memory_mb


PLACES = [replace(HOST, driver=name) for name in ("raw_exec", "exec")]
PLACES += [replace(CONTAINERS, driver=name) for name in ("docker", "podman")]


def test_every_driver_is_tried() -> None:
    assert {place.driver for place in PLACES} == set(DRIVERS)


@costly
@given(documents(), st.sampled_from(PLACES), st.sampled_from(["blue", "green"]))
def test_each_of_its_services_renders_or_says_what_it_lacks(
    document: Document, place: Place, colour: Any
) -> None:
    for service in document.services:
        check(document, service, place, colour)


@pytest.mark.parametrize("place", PLACES, ids=lambda one: one.driver)
def test_a_document_with_all_kinds_and_options_renders(place: Place) -> None:
    document = WHOLE.document
    for service in document.services:
        check(document, service, place, "blue")


@costly
@given(documents(), st.sampled_from(PLACES))
def test_a_release_command_renders_wherever_its_service_does(
    document: Document, place: Place
) -> None:
    for service in document.services:
        if service.release_command and (service.image or place.driver in ("raw_exec", "exec")):
            job = release_command_job(
                service,
                app=document.app,
                environment=document.environment,
                deployment=1,
                place=place,
            )
            assert json.loads(json.dumps(job)) == job
            assert "Networks" not in job["TaskGroups"][0]
