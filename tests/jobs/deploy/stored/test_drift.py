from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.deploy import drift
from platform_admin.models import Colour, Service
from tests.jobs.deploy.stored.nomad import Nomad

BLUE = "shop-production-web-blue"


@pytest.fixture
def blue(nomad: Nomad, web: Service) -> Colour:
    """The live colour, with the job that was registered for it."""
    colour = web.colours.get(colour="blue")
    colour.job = {"ID": BLUE, "Namespace": "demo", "TaskGroups": [{"Name": "main", "Count": 1}]}
    colour.save()
    return colour


def change(nomad: Nomad, **spec: object) -> None:
    """Another hand registers the job with something else in it."""
    nomad.jobs[BLUE] = replace(nomad.jobs[BLUE], spec={"ID": BLUE, **spec})


def looked_at(colour: Colour) -> str:
    drift.look()
    colour.refresh_from_db()
    assert colour.compared_at is not None
    return colour.drift


def test_a_job_as_it_was_registered_is_no_drift(nomad: Nomad, blue: Colour) -> None:
    assert looked_at(blue) == ""


def test_a_job_that_was_changed_is_drift_until_it_is_as_before(nomad: Nomad, blue: Colour) -> None:
    change(nomad, Meta={"by": "hand"})
    assert looked_at(blue) == "the job was changed in Nomad: Meta[by]"
    change(nomad)
    assert looked_at(blue) == ""


def test_a_job_that_is_away_keeps_what_was_said_of_it(nomad: Nomad, blue: Colour) -> None:
    Colour.objects.filter(pk=blue.pk).update(drift="the job is stopped in Nomad")
    nomad.put(BLUE, 2, stopped=True)
    assert looked_at(blue) == "the job is stopped in Nomad"
