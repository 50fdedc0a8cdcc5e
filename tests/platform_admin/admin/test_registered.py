from __future__ import annotations

import re
from html import unescape

import pytest
from django.apps import apps

from platform_admin.models import Colour, Service
from tests.platform_admin.admin.scene import Scene, address

APP = "platform_admin"


@pytest.mark.parametrize("model", [Colour, Service])
def test_a_registered_job_is_shown_with_the_count_that_nomad_acknowledged(
    scene: Scene, model: type[Colour | Service]
) -> None:
    blue = Colour.objects.get(service=scene.web, colour="blue")
    blue.job, blue.acknowledged = {"TaskGroups": [{"Name": "main", "Count": 0}]}, 7
    blue.save()
    row = blue if model is Colour else scene.web

    response = scene.browser.get(address(model, "change", row.pk))

    page = unescape(response.content.decode())
    assert '"Count": 7' in page


def test_every_noun_has_a_right_plural() -> None:
    names = {
        str(model._meta.verbose_name_plural) for model in apps.get_app_config(APP).get_models()
    }

    assert "scaling policies" in names
    assert {name for name in names if re.search(r"[^aeiou]ys$|(?:s|x|ch|sh)s$", name)} == set()
