from __future__ import annotations

import json
from html import unescape

from platform_admin.admin.environment import live_release, release_before
from platform_admin.models import (
    AuditEvent,
    Deployment,
    Environment,
    Link,
    Membership,
    Release,
    Rollout,
    ScalingEvent,
    Service,
    Variable,
)
from tests.platform_admin.admin.scene import Scene, address


def ended(scene: Scene) -> None:
    """Nothing is under way any more; what is live is the second release."""
    Deployment.objects.filter(pk=scene.going.pk).update(state="cancelled")


def test_releasing_and_deploying_freezes_the_draft_and_queues_it(scene: Scene) -> None:
    environment = scene.world.environment
    page = address(Environment, "release_and_deploy", environment.pk)

    answer = scene.browser.post(page, {"note": "from the admin"})

    made = Deployment.objects.order_by("-number")[0]
    assert made.actor == scene.olga
    assert answer.headers["Location"] == address(Deployment, "change", made.pk)


def test_a_draft_that_is_live_already_is_said_and_not_released(scene: Scene) -> None:
    ended(scene)
    Rollout.objects.update(live="blue")
    for service in Service.objects.all():
        service.colours.filter(colour="blue").update(release=scene.second)
    page = address(Environment, "release_and_deploy", scene.world.environment.pk)

    answer = scene.browser.post(page, {"note": "x"})

    assert answer.status_code == 422
    assert "Nothing differs from what is live" in answer.content.decode()
    assert Release.objects.count() == 2


def test_the_release_before_is_what_was_live_before(scene: Scene) -> None:
    ended(scene)
    environment = scene.world.environment
    assert live_release(environment) == scene.second

    question = scene.browser.get(address(Environment, "back", environment.pk)).content.decode()
    scene.browser.post(address(Environment, "back", environment.pk))

    assert release_before(environment) == scene.first
    assert "back to release 1" in question
    made = Deployment.objects.order_by("-number")[0]
    assert (made.release.restores, made.release.digest) == (scene.first, scene.first.digest)


def test_without_a_release_before_there_is_nothing_to_go_back_to(scene: Scene) -> None:
    ended(scene)
    Deployment.objects.exclude(pk=scene.done.pk).update(state="failed")
    page = address(Environment, "back", scene.world.environment.pk)

    answer = scene.browser.post(page, follow=True)

    assert "nothing to go back to" in answer.content.decode()
    assert Deployment.objects.count() == 3


def test_a_count_out_of_bounds_is_refused_at_its_field(scene: Scene) -> None:
    page = address(Service, "desired_by_hand", scene.web.pk)

    answer = scene.browser.post(page, {"count": "6", "reason": ""})

    assert answer.status_code == 422
    assert "6 is outside of the bounds: use 1 to 5" in answer.content.decode()
    scene.web.refresh_from_db()
    assert scene.web.desired == 2


def test_a_count_says_who_set_it_and_why(scene: Scene) -> None:
    page = address(Service, "desired_by_hand", scene.web.pk)

    scene.browser.post(page, {"count": "4", "reason": "a sale"})

    event = ScalingEvent.objects.order_by("-pk")[0]
    assert (event.before, event.after, event.reason, event.actor) == (2, 4, "a sale", scene.olga)


def test_cancelling_asks_the_deployment_to_put_back_what_was_live(scene: Scene) -> None:
    scene.browser.post(address(Deployment, "cancel_it", scene.going.pk))

    scene.going.refresh_from_db()
    assert scene.going.cancel_requested
    assert scene.going.cancel_reason == "Cancelled by olga."


def test_what_has_ended_is_not_cancelled_and_has_no_button(scene: Scene) -> None:
    page = address(Deployment, "cancel_it", scene.done.pk)
    before = AuditEvent.objects.count()

    answer = scene.browser.post(page, follow=True)

    assert "has succeeded already" in answer.content.decode()
    assert page not in answer.content.decode()
    assert AuditEvent.objects.count() == before
    going = scene.browser.get(address(Deployment, "change", scene.going.pk)).content.decode()
    assert address(Deployment, "cancel_it", scene.going.pk) in going


def test_what_deploying_disturbs_is_said_before(scene: Scene) -> None:
    question = scene.browser.get(address(Release, "deploy_it", scene.first.pk)).content.decode()

    assert "These services get new instances: api, web." in question


def test_a_member_is_removed_from_the_list_after_a_question(scene: Scene) -> None:
    member = Membership.objects.get(user__username="dev")
    page = address(Membership, "remove", member.pk)

    listed = scene.browser.get(address(Membership, "changelist")).content.decode()
    question = scene.browser.get(page).content.decode()

    assert page in listed
    assert "Remove dev from Demo?" in unescape(question)
    assert Membership.objects.filter(pk=member.pk).exists()
    scene.browser.post(page)
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_a_link_leaves_the_others_alone(scene: Scene) -> None:
    link = Link.objects.get(variable="REDIS_URL")

    scene.post(address(Link, "change", link.pk), "target", variable="STORE", property="host")

    found = {(row.variable, row.target, row.property) for row in scene.web.links.all()}
    assert found == {("STORE", "store", "host"), ("API_URL", "api", "url")}


def test_a_removed_link_leaves_the_others_alone(scene: Scene) -> None:
    link = Link.objects.get(variable="REDIS_URL")

    scene.browser.post(address(Link, "remove", link.pk))

    assert [row.variable for row in scene.web.links.all()] == ["API_URL"]


def test_a_variable_leaves_the_others_and_the_secrets_alone(scene: Scene) -> None:
    environment = scene.world.environment
    typed = {"environment": environment.pk, "name": "SIZE", "value": " two\r\nlines "}

    scene.post(address(Variable, "add"), "name", **typed)

    found = dict(Variable.objects.filter(environment=environment).values_list("name", "value"))
    assert found == {"COLOUR": "blue", "SIZE": " two\nlines ", "TOKEN": ""}


def test_the_service_page_shows_the_job_of_the_draft_and_of_each_colour(scene: Scene) -> None:
    page = unescape(scene.browser.get(address(Service, "change", scene.web.pk)).content.decode())

    blocks = [part.split(">", 1)[1].split("</pre>")[0] for part in page.split("<pre ")[1:]]
    drafted, entries, blue = [json.loads(each) for each in blocks if each[:1] in ("{", "[")][-3:]
    assert drafted["ID"] == "shop-production-web-blue"
    assert drafted["TaskGroups"][0]["Count"] == 2
    assert entries[0]["Name"].startswith("shop-production-web")
    assert blue == {"ID": "shop-production-web-blue", "Type": "service"}
    assert "It is not registered." in page


def test_history_is_what_the_audit_says(scene: Scene) -> None:
    page = address(Service, "history", scene.web.pk)

    answer = scene.browser.get(page, follow=True)

    listed = answer.context["cl"].queryset
    assert {row.object_name for row in listed} == {"shop-production-web"}
    assert {row.verb for row in listed} >= {"create service", "set links", "set desired"}
