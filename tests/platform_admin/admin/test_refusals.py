"""What a verb refuses stands at its field, with what was typed; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.db.models import Model

from platform_admin.models import (
    App,
    AuditEvent,
    Environment,
    Link,
    Membership,
    Quota,
    Resource,
    ScalingPolicy,
    Service,
    Team,
    Variable,
)
from tests.platform_admin.admin.scene import Scene, address


@dataclass(frozen=True)
class Bad:
    """What is typed, the field that is blamed, and words of the sentence."""

    typed: dict[str, object]
    field: str
    words: str


ADDED: list[tuple[type[Model], Bad]] = [
    (Team, Bad({"slug": "Third", "name": "T"}, "slug", "'Third'")),
    (Team, Bad({"slug": "demo", "name": "T"}, "slug", "already called demo")),
    (Team, Bad({"slug": "third", "name": "T", "cpu_mhz": -1}, "cpu_mhz", "-1 is out of range")),
    (App, Bad({"name": "shop"}, "name", "already called shop")),
    (App, Bad({"name": "blog", "environment": "live"}, "environment", "'live'")),
    (Environment, Bad({"slug": "production"}, "slug", "already has an environment")),
    (Service, Bad({"name": "web"}, "name", "already has something called web")),
    (Service, Bad({"name": "a" * 20}, "name", "20 characters")),
    (Service, Bad({"name": "x", "minimum": 3, "maximum": 2}, "minimum", "above at most 2")),
    (Service, Bad({"name": "x", "port": 70000}, "port", "70000 is out of range")),
    (Service, Bad({"name": "x", "memory_mb": 9999}, "memory_mb", "team's quota of 2048")),
    (Resource, Bad({"name": "store"}, "name", "already has something called store")),
    (Link, Bad({"variable": "X", "target": "nobody"}, "target", "There is no 'nobody'")),
    (Link, Bad({"service": "", "variable": "X", "target": "api"}, "service", "required")),
    (Link, Bad({"variable": "1X", "target": "store"}, "variable", "1X")),
    (Link, Bad({"variable": "API_URL", "target": "api"}, "variable", "API_URL stands twice")),
    (Link, Bad({"variable": "X", "target": "api", "property": "p"}, "property", "no 'p'")),
    (Variable, Bad({"name": "COLOUR", "value": "x"}, "name", "COLOUR is there already")),
    (Variable, Bad({"name": "TOKEN", "value": "x"}, "name", "TOKEN")),
    (Variable, Bad({"name": "A", "value": "${A}"}, "name", "A")),
    (User, Bad({"username": "olga", "password": "a long and odd one"}, "username", "olga")),
    (User, Bad({"username": "nina", "password": "12345"}, "password", "too short")),
]
CHANGED: list[tuple[type[Model], Bad]] = [
    (Quota, Bad({"instances": -3}, "instances", "-3 is out of range")),
    (Service, Bad({"kind": "private"}, "kind", "was deployed as web")),
    (Service, Bad({"command": "python3 'web.py"}, "command", "close every quote")),
    (Service, Bad({"maximum": 99}, "maximum", "quota of 10 instances")),
    (ScalingPolicy, Bad({"latency_ms": 0}, "latency_ms", "0 is no target")),
    (ScalingPolicy, Bad({"drain_s": 30}, "drain_s", "Only a worker has a queue")),
    (ScalingPolicy, Bad({"tolerance": 3}, "tolerance", "3 is out of range")),
    (Resource, Bad({"memory_mb": 1}, "memory_mb", "1 MB of memory is too small")),
    (Link, Bad({"target": "web"}, "target", "link to itself")),
    (Variable, Bad({"value": "$COLOUR"}, "value", "COLOUR")),
    (User, Bad({"is_superuser": ""}, "is_superuser", "olga is the last operator")),
]
NEEDED: dict[type[Model], dict[str, str]] = {
    App: {"team": "team", "cell": "cell"},
    Environment: {"app": "app", "cell": "cell"},
    Service: {"environment": "environment", "artifact": "artifact"},
    Resource: {"environment": "environment"},
    Link: {"service": "web"},
    Variable: {"environment": "environment"},
}


def needed(scene: Scene, model: type[Model]) -> dict[str, object]:
    """What the form needs beside what is tried."""
    world = scene.world
    rows: dict[str, Model] = {
        "team": world.team,
        "cell": world.cell,
        "app": world.environment.app,
        "environment": world.environment,
        "artifact": world.artifact,
        "web": scene.web,
    }
    found: dict[str, object] = {name: rows[row].pk for name, row in NEEDED.get(model, {}).items()}
    if model is Service:
        found |= {"kind": "web", "port": 8080, "command": "python3 web.py"}
    if model is Resource:
        found |= {"kind": "redis"}
    return found


@pytest.mark.full
@pytest.mark.parametrize(("model", "bad"), ADDED)
def test_a_new_row_is_refused_at_its_field(scene: Scene, model: type[Model], bad: Bad) -> None:
    before = _state(model)

    answer = scene.post(
        address(model, "add"), next(iter(bad.typed)), **needed(scene, model) | bad.typed
    )

    _refused(answer, bad)
    assert _state(model) == before


@pytest.mark.full
@pytest.mark.parametrize(("model", "bad"), CHANGED)
def test_a_change_is_refused_at_its_field(scene: Scene, model: type[Model], bad: Bad) -> None:
    before = _state(model)
    page = address(model, "change", scene.row(model).pk)

    answer = scene.post(page, next(iter(bad.typed)), **bad.typed)

    _refused(answer, bad)
    assert _state(model) == before


def test_what_was_typed_stays(scene: Scene) -> None:
    page = address(Service, "change", scene.web.pk)

    answer = scene.post(page, "port", command="python3 other.py", port=70000)

    shown = answer.content.decode()
    assert 'value="70000"' in shown
    assert "python3 other.py" in shown


def test_a_password_that_was_refused_is_not_shown_again(scene: Scene) -> None:
    answer = scene.post(address(User, "add"), "username", username="nina", password="zq8")

    assert answer.context["adminform"].form.errors["password"]
    assert "zq8" not in answer.content.decode()


def test_an_artifact_of_another_team_does_not_exist(scene: Scene) -> None:
    scene.world.artifact.team = scene.world.others
    scene.world.artifact.save()

    answer = scene.post(address(Service, "change", scene.web.pk), "port", cpu_mhz=200)

    _refused(answer, Bad({}, "artifact", "no such archive"))


def test_the_last_owner_of_a_team_stays(scene: Scene) -> None:
    owner = Membership.objects.get(user__username="dana")

    answer = scene.browser.post(address(Membership, "remove", owner.pk), follow=True)

    assert Membership.objects.filter(pk=owner.pk).exists()
    assert "dana is the last owner of Demo" in answer.content.decode()


def test_a_variable_of_a_service_of_another_environment_is_refused(scene: Scene) -> None:
    typed = {"name": "X", "value": "1", "service": scene.web.pk}
    other = Environment.objects.create(
        app=scene.world.environment.app, slug="staging", cell=scene.world.cell
    )

    answer = scene.post(address(Variable, "add"), "name", environment=other.pk, **typed)

    assert "There is no such service" in answer.content.decode()


def _refused(answer: object, bad: Bad) -> None:
    form = answer.context["adminform"].form  # type: ignore[attr-defined]
    assert set(form.errors) == {bad.field}, form.errors
    assert bad.words in " ".join(form.errors[bad.field])
    assert bad.words.replace("'", "&#x27;") in answer.content.decode()  # type: ignore[attr-defined]


def _state(model: type[Model]) -> tuple[list[object], int]:
    return list(model._default_manager.order_by("pk").values()), AuditEvent.objects.count()
