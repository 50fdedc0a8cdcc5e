"""Every page of every noun is tried: rows change through verbs alone, each with its audit row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.test import RequestFactory

from platform_admin.admin.site import site
from platform_admin.models import (
    App,
    AuditEvent,
    Cell,
    Deployment,
    Domain,
    Environment,
    Link,
    Membership,
    Quota,
    Release,
    Resource,
    Rollout,
    ScalingPolicy,
    Service,
    Team,
    Variable,
)
from platform_admin.verbs.links import set_links
from platform_admin.verbs.policies import pause_scaling
from platform_admin.verbs.suspending import suspend_all
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.admin.scene import Scene, address
from tests.platform_admin.admin.written import Written, watched
from tests.platform_admin.verbs.options import OPTIONS

MODELS = sorted(site._registry, key=lambda model: model.__name__)


@dataclass(frozen=True)
class Try:
    """What is typed into a form, and what the audit then calls it."""

    typed: dict[str, object]
    verb: str


ADDS: dict[type[Model], Try] = {
    Team: Try({"slug": "third", "name": "Third"}, "create team"),
    Membership: Try({"team": "team", "user": "ella", "role": "viewer"}, "set member"),
    User: Try({"username": "nina", "password": "a long and odd one"}, "create user"),
    App: Try({"team": "team", "name": "blog", "cell": "cell"}, "create environment"),
    Environment: Try({"app": "app", "slug": "staging", "cell": "cell"}, "create environment"),
    Service: Try(
        {
            "environment": "environment",
            "kind": "worker",
            "name": "jobs",
            "artifact": "artifact",
            "command": "python3 work.py",
        },
        "create service",
    ),
    Resource: Try(
        {"environment": "environment", "kind": "redis", "name": "second"}, "create resource"
    ),
    Domain: Try({"environment": "environment", "host": "b.test", "service": "web"}, "add domain"),
    Link: Try({"service": "web", "variable": "HOST", "target": "store"}, "set links"),
    Variable: Try({"environment": "environment", "name": "SIZE", "value": "9"}, "set variables"),
}
CHANGES: dict[type[Model], Try] = {
    Quota: Try({"instances": 12}, "change quota"),
    Membership: Try({"role": "viewer"}, "set member"),
    User: Try({"email": "olga@example.com"}, "change user"),
    Service: Try({"memory_mb": 256}, "change service"),
    Resource: Try({"memory_mb": 128}, "change resource"),
    Domain: Try({"service": "web", "only_https": ""}, "change domain"),
    Link: Try({"variable": "STORE_URL"}, "set links"),
    Variable: Try({"value": "green"}, "set variables"),
    ScalingPolicy: Try({"latency_ms": 250, "mode": "on"}, "save policy"),
    Cell: Try({"link_form": "dns"}, "choose link form"),
}
BUTTONS: dict[tuple[type[Model], str], Try] = {
    (Membership, "remove"): Try({}, "remove member"),
    (User, "set_password"): Try({"password": "a long and odd one"}, "set password"),
    (App, "new_secret"): Try({"name": "KEY", "value": "xyz"}, "set secret"),
    (Environment, "release_and_deploy"): Try({"note": "now"}, "deploy"),
    (Environment, "back"): Try({}, "deploy"),
    (Environment, "new_secret"): Try({"name": "KEY", "value": "xyz"}, "set secret"),
    (Service, "desired_by_hand"): Try({"count": 3, "reason": "a sale"}, "set desired"),
    (Service, "new_secret"): Try({"name": "KEY", "value": "xyz"}, "set secret"),
    (ScalingPolicy, "pause"): Try({}, "pause scaling"),
    (ScalingPolicy, "resume"): Try({}, "resume scaling"),
    (Resource, "forget"): Try({}, "forget node"),
    (Domain, "ask_dns"): Try({}, "check domain"),
    (Domain, "remove"): Try({}, "remove domain"),
    (Link, "remove"): Try({}, "set links"),
    (Variable, "remove"): Try({}, "set variables"),
    (Release, "deploy_it"): Try({}, "deploy"),
    (Deployment, "cancel_it"): Try({}, "cancel deployment"),
    (Service, "restart_it"): Try({}, "restart"),
    (Service, "suspend_it"): Try({}, "suspend"),
    (Service, "resume_it"): Try({}, "resume"),
    (Service, "delete_it"): Try({"name": "web"}, "delete service"),
    (Resource, "delete_it"): Try({"name": "store"}, "delete resource"),
    (Environment, "restart_all"): Try({}, "restart"),
    (Environment, "suspend_all"): Try({}, "suspend"),
    (Environment, "resume_all"): Try({}, "resume"),
    (Environment, "delete_it"): Try({"name": "production"}, "delete environment"),
    (App, "delete_it"): Try({"name": "shop"}, "delete app"),
}
# Only for a secret's row; it has a test of its own.
FOR_SECRETS = {(Variable, "new_value")}
MEMBER = "dev"


def test_the_tables_name_every_form_and_button_of_the_site() -> None:
    assert {model for model in MODELS if site._registry[model].has_add_permission(_any())} == set(
        ADDS
    )
    changed = {m for m in MODELS if site._registry[m].has_change_permission(_any())}
    assert changed == set(CHANGES)
    assert set(_buttons()) == set(BUTTONS) | FOR_SECRETS


@pytest.mark.parametrize("model", MODELS)
def test_each_list_and_row_can_be_read(scene: Scene, model: type[Model]) -> None:
    for page in (
        address(model, "changelist"),
        address(model, "change", scene.row(model).pk),
        address(model, "changelist") + "?q=shop",
    ):
        assert scene.browser.get(page).status_code == 200, page


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_or_changed_in_bulk(scene: Scene, model: type[Model]) -> None:
    row = scene.row(model)
    listed, gone = address(model, "changelist"), address(model, "delete", row.pk)
    bulk = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes", "index": 0}
    rows = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "_save": "1"}

    with watched() as written:
        answers = [scene.browser.post(gone, {"post": "yes"}), scene.browser.get(gone)]
        scene.browser.post(listed, bulk)
        scene.browser.post(listed, rows)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (written.by_verbs, written.around) == ([], [])
    assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [model for model in MODELS if model not in ADDS])
def test_what_has_no_verb_to_make_it_is_not_added(scene: Scene, model: type[Model]) -> None:
    with watched() as written:
        answers = [scene.browser.get(address(model, "add"))]
        answers.append(scene.browser.post(address(model, "add"), {"name": "x", "slug": "x"}))

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (written.by_verbs, written.around) == ([], [])


@pytest.mark.parametrize("model", [model for model in MODELS if model not in CHANGES])
def test_what_has_no_verb_to_change_it_stays(scene: Scene, model: type[Model]) -> None:
    row = scene.row(model)
    data = {field.name: "9" for field in model._meta.fields}

    with watched() as written:
        answer = scene.browser.post(address(model, "change", row.pk), data)

    assert answer.status_code == 403
    assert (written.by_verbs, written.around) == ([], [])


@pytest.mark.parametrize("model", list(ADDS))
def test_a_new_row_comes_from_a_verb(scene: Scene, model: type[Model]) -> None:
    tried = ADDS[model]
    typed = {name: _row_of(scene, value) for name, value in tried.typed.items()}

    with watched() as written:
        answer = scene.post(address(model, "add"), next(iter(typed)), **typed)

    _went_well(answer)
    _only_a_verb(scene, written, tried.verb)


@pytest.mark.parametrize("model", list(CHANGES))
def test_a_row_is_changed_by_a_verb(scene: Scene, model: type[Model]) -> None:
    tried, row = CHANGES[model], _changeable(scene, model)

    with watched() as written:
        page = address(model, "change", row.pk)
        typed = {name: _row_of(scene, value) for name, value in tried.typed.items()}
        answer = scene.post(page, next(iter(typed)), **typed)

    _went_well(answer)
    _only_a_verb(scene, written, tried.verb)


@pytest.mark.parametrize(("model", "name"), list(BUTTONS))
def test_a_button_asks_and_then_calls_a_verb(scene: Scene, model: type[Model], name: str) -> None:
    tried, row = BUTTONS[model, name], _changeable(scene, model)
    page = address(model, name, row.pk)
    _prepare(scene, model, name)

    with watched() as asked:
        assert scene.browser.get(page).status_code == 200
    with watched() as written:
        answer = scene.browser.post(page, tried.typed)

    assert (asked.by_verbs, asked.around) == ([], [])
    _went_well(answer)
    _only_a_verb(scene, written, tried.verb)


def _prepare(scene: Scene, model: type[Model], name: str) -> None:
    """What must have happened before the button has something to do."""
    dana = scene.world.dana
    if name == "resume":
        pause_scaling(dana, scene.web)
    if name.startswith("resume_"):
        suspend_all(dana, scene.world.environment)
    if name.startswith(("restart", "delete")):
        Deployment.objects.filter(pk=scene.going.pk).update(state="cancelled")
    if (model, name) == (Resource, "forget"):
        Resource.objects.update(data_node="node-1")
    if (model, name) == (Resource, "delete_it"):
        set_links(dana, scene.web, [])
        Rollout.objects.update(live=None)


def _went_well(answer: Any) -> None:
    assert answer.status_code == 302, answer.context.get("errors") or answer.context["form"].errors


def _only_a_verb(scene: Scene, written: Written, verb: str) -> None:
    assert written.around == []
    assert written.by_verbs
    last = AuditEvent.objects.order_by("-pk")[0]
    assert (last.verb, last.actor, last.address) == (verb, scene.olga, "127.0.0.1")


def _changeable(scene: Scene, model: type[Model]) -> Any:
    if model is Membership:
        return Membership.objects.get(user__username=MEMBER)
    return scene.row(model)


def _row_of(scene: Scene, value: object) -> object:
    """The key of a row of the scene that the table names; any other value as it is."""
    world = scene.world
    ella = world.ella.user
    assert ella is not None
    known: dict[object, Any] = {
        "team": world.team,
        "ella": ella,
        "cell": world.cell,
        "app": world.environment.app,
        "environment": world.environment,
        "artifact": world.artifact,
        "web": scene.web,
    }
    return known[value].pk if value in known else value


def _buttons() -> Iterator[tuple[type[Model], str]]:
    for model in MODELS:
        admin: Any = site._registry[model]
        for name in {*admin.actions_detail, *admin.actions_row}:
            yield model, name
        assert (admin.actions, admin.actions_list, admin.actions_submit_line) == (None, (), ())


def _any() -> HttpRequest:
    return RequestFactory().get("/admin/")


def test_saving_a_service_keeps_every_option_that_was_set(scene: Scene) -> None:
    service = scene.row(Service)
    Service.objects.filter(pk=service.pk).update(**OPTIONS)
    page = address(Service, "change", service.pk)
    sent = form_with(scene.browser.get(page).content.decode(), "memory_mb")

    answer = scene.browser.post(page, sent | {"memory_mb": 256})

    saved = Service.objects.get(pk=service.pk)
    assert answer.status_code == 302
    assert saved.memory_mb == 256
    assert {name: getattr(saved, name) for name in OPTIONS} == OPTIONS
