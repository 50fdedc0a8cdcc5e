from __future__ import annotations

from html import unescape

from platform_admin.models import (
    App,
    AuditEvent,
    Deletion,
    Deployment,
    Environment,
    Resource,
    Service,
)
from tests.platform_admin.admin.scene import Scene, address


def settle(scene: Scene) -> None:
    """Nothing is under way, and the first release is live."""
    Deployment.objects.filter(pk=scene.going.pk).update(state="cancelled")


def test_a_service_is_suspended_and_resumed(scene: Scene) -> None:
    scene.browser.post(address(Service, "suspend_it", scene.web.pk))
    assert Service.objects.get(pk=scene.web.pk).suspended_at is not None

    scene.browser.post(address(Service, "resume_it", scene.web.pk))
    assert Service.objects.get(pk=scene.web.pk).desired == 2
    assert AuditEvent.objects.get(verb="resume").actor == scene.olga


def test_an_environment_is_suspended_and_resumed(scene: Scene) -> None:
    environment = scene.world.environment
    scene.browser.post(address(Environment, "suspend_all", environment.pk))
    assert not Service.objects.filter(suspended_at__isnull=True).exists()
    scene.browser.post(address(Environment, "resume_all", environment.pk))
    assert not Service.objects.filter(suspended_at__isnull=False).exists()


def test_a_restart_leads_to_its_deployment(scene: Scene) -> None:
    settle(scene)
    answer = scene.browser.post(address(Service, "restart_it", scene.web.pk))

    made = Deployment.objects.order_by("-pk")[0]
    assert made.restart
    assert answer.headers["Location"] == address(Deployment, "change", made.pk)
    again = scene.browser.post(
        address(Environment, "restart_all", scene.world.environment.pk), follow=True
    )
    assert again.status_code == 200


def test_a_deletion_asks_for_the_name_and_says_what_is_lost(scene: Scene) -> None:
    settle(scene)
    page = address(Environment, "delete_it", scene.world.environment.pk)

    asked = unescape(scene.browser.get(page).content.decode())
    wrong = scene.browser.post(page, {"name": "prod"})

    assert "Type production to say that you mean it." in asked
    assert "What is lost, for ever:" in asked
    assert wrong.status_code == 422
    assert not Deletion.objects.exists()
    scene.browser.post(page, {"name": "production"})
    assert Deletion.objects.get().actor == scene.olga


def test_what_is_in_the_way_is_said(scene: Scene) -> None:
    for model, row in ((App, scene.world.environment.app), (Resource, scene.store)):
        page = address(model, "delete_it", row.pk)
        name = "shop" if model is App else scene.store.name
        answer = scene.browser.post(page, {"name": name})
        assert "is under way" in unescape(answer.content.decode())
    assert not Deletion.objects.exists()
