from __future__ import annotations

from html import unescape

import pytest

from platform_admin.models import Colour, Service
from tests.platform_admin.admin.scene import Scene, address


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
