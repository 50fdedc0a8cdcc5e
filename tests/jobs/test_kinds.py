"""The tables of kinds agree: a document can name no kind that cannot be run."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from jobs.document import types
from jobs.resources import KINDS as RESOURCES
from jobs.specs import names
from jobs.specs.service import KINDS as SERVICES
from platform_admin.models import Resource, Service
from platform_admin.rules.fields import KINDS
from scaler.rules import policies
from scaler.sources.edge import EDGE_KINDS


def test_every_kind_of_service_in_a_document_has_a_job() -> None:
    assert set(types.KINDS) == set(SERVICES)


@pytest.mark.parametrize("known", [KINDS, Service.Kind.values], ids=str)
def test_every_kind_of_service_is_known_to_forms_and_rows(known: Collection[str]) -> None:
    assert set(known) == set(types.KINDS)


def test_what_is_scaled_is_known_to_the_scaler() -> None:
    assert set(policies.KINDS) == set(types.SCALED)


def test_every_kind_that_is_scaled_has_a_window_for_shrinking() -> None:
    assert set(policies.DOWN_WINDOW_S) == set(types.SCALED)


def test_what_is_scaled_is_a_kind_and_has_two_colours() -> None:
    assert set(types.SCALED) <= set(types.KINDS)
    assert set(types.KINDS) - set(types.SCALED) == names.ONE_JOB | set(types.ALONE)


def test_what_listens_is_measured_by_the_edges() -> None:
    assert set(types.KINDS_WITH_PORT) == EDGE_KINDS


def test_every_kind_of_resource_has_rows() -> None:
    assert set(Resource.Kind.values) == set(types.RESOURCE_KINDS)


def test_every_kind_of_resource_in_a_document_has_a_job() -> None:
    assert set(types.RESOURCE_KINDS) == set(RESOURCES)


def test_every_property_of_a_resource_is_among_its_names() -> None:
    for kind in RESOURCES.values():
        assert tuple(kind.properties("h", 1, kind.user, "p")) == kind.property_names
