from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pytest_django import Settings

from platform_admin.demo.run import short as module
from platform_admin.demo.run.plan import DRAIN_S, LATE_S
from platform_admin.demo.run.short import NOTE, put_back, short
from platform_admin.models import Environment, Quota, ScalingPolicy
from platform_admin.rules.policy import PolicyFields
from platform_admin.verbs.policies import policy_fields, save_policy
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World, make_world


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with the services that the run changes; deploying is left out."""
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    monkeypatch.setattr(module, "bring_live", lambda environment, pause: False)
    monkeypatch.setattr(module, "set_web", lambda environment, values: None)
    made = make_world()
    web, worker = made.service("web", minimum=1, maximum=3), made.worker()
    save_policy(made.dana, web, PolicyFields(latency_ms=700, down_window_s=90))
    save_policy(made.dana, worker, PolicyFields(mode="on", queue="mine", drain_s=45))
    return made


def stands(environment: Environment) -> dict[str, object]:
    """All that the run may change."""
    quota = Quota.objects.get(team=environment.app.team)
    found: dict[str, object] = {"quota": asdict(limits_of(quota))}
    for service in environment.services.all():
        policy = policy_fields(ScalingPolicy.objects.get(service=service))
        found[service.name] = (service.minimum, service.maximum, policy)
    return found


def test_the_run_has_short_windows_and_says_which(world: World) -> None:
    with short(world.environment) as said:
        web, worker = (stands(world.environment)[name] for name in ("web", "worker"))

    assert isinstance(web, tuple)
    assert isinstance(worker, tuple)
    assert (web[:2], worker[:2]) == ((2, 10), (1, 10))
    assert (web[2].mode, web[2].latency_ms, web[2].down_window_s) == ("on", 1000 * LATE_S, 20)
    assert (worker[2].queue, worker[2].drain_s) == ("orders", DRAIN_S)
    assert "web 2 to 10 instances (else 1 to 3)" in said
    assert "web down_window_s 20 (else 90)" in said
    assert "worker queue orders (else mine)" in said


def test_what_a_policy_says_already_is_no_difference(world: World) -> None:
    with short(world.environment) as said:
        pass

    assert not [line for line in said if line.startswith("worker mode")]


def test_all_is_put_back_at_the_end(world: World) -> None:
    before = stands(world.environment)
    with short(world.environment):
        assert stands(world.environment) != before

    assert stands(world.environment) == before


def test_all_is_put_back_when_it_is_interrupted(world: World) -> None:
    before = stands(world.environment)
    with pytest.raises(KeyboardInterrupt), short(world.environment):
        raise KeyboardInterrupt

    assert stands(world.environment) == before


def test_the_next_run_puts_back_what_a_killed_one_has_left(world: World, tmp_path: Path) -> None:
    before = stands(world.environment)
    noted = ""
    with short(world.environment):
        noted = (tmp_path / NOTE).read_text()
    web = world.environment.services.get(name="web")
    change_service(world.dana, web, replace(fields_of(web), maximum=9))
    (tmp_path / NOTE).write_text(noted)

    put_back(world.environment, pause=None)

    assert stands(world.environment) == before
    assert not (tmp_path / NOTE).exists()


def test_the_variables_of_web_are_noted_too(world: World, tmp_path: Path) -> None:
    web = world.environment.services.get(name="web")
    set_variables(world.dana, world.environment, web, {"SLOTS": "8"})
    with short(world.environment):
        assert json.loads((tmp_path / NOTE).read_text())["variables"] == {"SLOTS": "8"}


def test_without_a_note_nothing_is_put_back(world: World) -> None:
    before = stands(world.environment)
    put_back(world.environment, pause=None)

    assert stands(world.environment) == before


def test_the_quota_of_the_run_is_never_larger(world: World) -> None:
    with short(world.environment):
        quota = Quota.objects.get(team=world.team)

    assert quota.instances <= 10
