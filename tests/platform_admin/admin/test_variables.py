from __future__ import annotations

import pytest

from platform_admin.models import Variable
from tests.platform_admin.admin.scene import Scene, address

ADD = address(Variable, "add")


def test_an_apps_variable_is_added_changed_and_removed(scene: Scene) -> None:
    app = scene.world.environment.app

    scene.post(ADD, "name", app=app.pk, environment="", name="ZONE", value="eu")
    row = Variable.objects.get(name="ZONE")
    scene.post(address(Variable, "change", row.pk), "value", value="us")

    row.refresh_from_db()
    assert (row.app, row.environment, row.value) == (app, None, "us")
    assert "shop" in scene.browser.get(address(Variable, "changelist")).content.decode()
    scene.browser.post(address(Variable, "remove", row.pk))
    assert not Variable.objects.filter(name="ZONE").exists()


@pytest.mark.parametrize("both", [True, False])
def test_a_variable_is_of_an_app_or_of_an_environment(scene: Scene, both: bool) -> None:
    environment = scene.world.environment
    chosen = {"app": environment.app.pk, "environment": environment.pk} if both else {}

    answer = scene.post(ADD, "name", name="ZONE", value="eu", **chosen)

    assert "Choose either an app or an environment." in answer.content.decode()
    assert not Variable.objects.filter(name="ZONE").exists()
