from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from platform_admin.models import App, Cell, Environment
from tests.platform_admin.admin.dashboard.first_page import html_of, part, shown
from tests.platform_admin.pages.site import Site


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"observation_error": "nomad: no answer"}, "s ago: nomad: no answer"),
        ({"observed_at": -90}, "the observer does not write."),
        ({"sampling_error": "edge 1: refused"}, "but not all: edge 1: refused."),
        ({"sampled_at": -90}, "so counts stay: look at the workers of scale"),
    ],
)
def test_a_cell_that_is_not_read_as_it_should_is_a_silent_source(
    site: Site, changes: Mapping[str, object], said: str
) -> None:
    now = timezone.now()
    moments = {
        name: now + timedelta(seconds=value) for name, value in changes.items() if value == -90
    }
    Cell.objects.update(**({"observed_at": now, "sampled_at": now} | dict(changes) | moments))

    assert said in part(site, "sources")
    assert f"/admin/platform_admin/cell/{site.cell.pk}/change/" in html_of(site, "sources")
    assert "1 silent source" in shown(site)


def test_a_cell_that_is_read_as_it_should_says_when(site: Site) -> None:
    Cell.objects.update(observed_at=timezone.now(), sampled_at=timezone.now())

    said = r"None. local was observed \d s ago and measured \d s ago\."
    assert re.search(said, part(site, "sources"))


def test_without_a_cell_it_says_how_to_make_one(site: Site) -> None:
    for model in (Environment, App, Cell):
        model.objects.all().delete()

    assert "There is no cell yet" in part(site, "sources")


@pytest.mark.parametrize("page", ["", "{}/change/"])
def test_the_cells_own_pages_say_what_could_not_be_measured(site: Site, page: str) -> None:
    Cell.objects.update(sampling_error="edge 1: refused")

    found = site.olga.browser.get(f"/admin/platform_admin/cell/{page.format(site.cell.pk)}")

    assert "edge 1: refused" in found.content.decode()
