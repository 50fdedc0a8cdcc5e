"""The tables of kinds agree: a document can name no kind that cannot be run."""

from __future__ import annotations

from jobs.document import types
from jobs.resources import KINDS as RESOURCES
from jobs.specs.service import KINDS as SERVICES


def test_every_kind_of_service_in_a_document_has_a_job() -> None:
    assert set(types.KINDS) == set(SERVICES)


def test_every_kind_of_resource_in_a_document_has_a_job() -> None:
    assert set(types.RESOURCE_KINDS) == set(RESOURCES)


def test_every_property_of_a_resource_is_among_its_names() -> None:
    for kind in RESOURCES.values():
        assert tuple(kind.properties("h", 1, kind.user, "p")) == kind.property_names
