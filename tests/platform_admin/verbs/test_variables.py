from __future__ import annotations

import pytest

from jobs.document import SecretRef
from platform_admin.models import AuditEvent, Service, Variable
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.services import create_service
from platform_admin.verbs.stale import Stale
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World


def values_of(service: Service | None) -> dict[str, str]:
    return dict(Variable.objects.filter(service=service, secret=False).values_list("name", "value"))


def test_the_plain_variables_are_exactly_these(world: World) -> None:
    web = world.service()
    set_variables(world.dana, world.environment, web, {"A": "1", "B": "2"})
    set_variables(world.dana, world.environment, web, {"B": "3", "C": ""})
    set_variables(world.dana, world.environment, None, {"A": "shared"})

    assert values_of(web) == {"B": "3", "C": ""}
    assert values_of(None) == {"A": "shared"}


def test_the_audit_has_both_sides_and_only_changes(world: World) -> None:
    for _ in range(2):
        set_variables(world.dana, world.environment, None, {"A": "1"})

    event = AuditEvent.objects.get(verb="set variables")
    assert (event.before, event.after) == ({}, {"A": "1"})


def test_secrets_stay_when_plain_variables_are_replaced(world: World) -> None:
    set_secret(world.dana, world.environment, None, "TOKEN", "x")
    set_variables(world.dana, world.environment, None, {})

    assert Variable.objects.get().name == "TOKEN"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"A": "${A}"}, "refers to ${A} itself"),
        ({"A": "$SHARED"}, "refers to ${A} itself"),
        ({"PORT": "80"}, "choose another name"),
        ({"MUSTER_X": "80"}, "choose another name"),
        ({"API_URL": "x"}, "A link is called API_URL too"),
        ({"TOKEN": "x"}, "already a secret"),
        ({"A": "x\0"}, "zero byte"),
    ],
)
def test_a_bad_variable_is_refused_at_its_name_and_nothing_changes(
    world: World, values: dict[str, str], said: str
) -> None:
    web = world.service()
    world.redis()
    set_links(world.dana, web, [LinkFields("API_URL", "cache")])
    set_secret(world.dana, world.environment, web, "TOKEN", "x")
    set_variables(world.dana, world.environment, None, {"SHARED": "$A"})
    set_variables(world.dana, world.environment, web, {"KEPT": "x"})
    with pytest.raises(Invalid) as caught:
        set_variables(world.dana, world.environment, web, {"FINE": "y", **values})

    (field,) = caught.value.errors
    assert field == f"variables.{next(iter(values))}"
    assert said in caught.value.errors[field][0]
    assert values_of(web) == {"KEPT": "x"}


def test_a_shared_variable_is_checked_against_every_service(world: World) -> None:
    web = world.service()
    world.redis()
    set_variables(world.dana, world.environment, web, {"B": "$A"})
    set_links(world.dana, web, [LinkFields("REDIS_URL", "cache")])
    with pytest.raises(Invalid) as caught:
        set_variables(world.dana, world.environment, None, {"A": "$B", "REDIS_URL": "x"})

    assert set(caught.value.errors) == {"variables.A", "variables.REDIS_URL"}


def test_more_than_nomad_holds_is_refused_with_the_bytes_too_many(world: World) -> None:
    web = world.service()
    set_variables(world.dana, world.environment, None, {"A": "x" * 60_000})
    with pytest.raises(Invalid) as caught:
        set_variables(world.dana, world.environment, web, {"B": "x" * 6_000})

    assert caught.value.errors["variables"][0].startswith(
        "web of shop/production: Names and values"
    )
    assert "by 466 bytes" in caught.value.errors["variables"][0]
    assert values_of(web) == {}


def test_a_service_of_another_environment_is_none(world: World) -> None:
    staging = create_environment(world.dana, world.environment.app, "staging", world.cell)
    with pytest.raises(Unknown):
        set_variables(world.dana, staging, world.service(), {"A": "x"})


def test_an_apps_values_reach_all_its_environments_and_the_more_specific_one_wins(
    world: World,
) -> None:
    app = world.environment.app
    staging = create_environment(world.dana, app, "staging", world.cell)
    web, other = world.service(), create_service(world.dana, staging, world.fields())
    set_variables(world.dana, app, None, {"A": "app", "B": "app", "C": "app"})
    set_secret(world.dana, app, None, "TOKEN", "x")
    set_variables(world.dana, world.environment, None, {"B": "environment", "C": "environment"})
    set_variables(world.dana, world.environment, web, {"C": "service", "TOKEN": "plain"})

    found = draft(world.environment).service("web")
    there = draft(staging).service(other.name)

    assert found is not None
    assert there is not None
    assert found.variables == {"A": "app", "B": "environment", "C": "service", "TOKEN": "plain"}
    assert found.secrets == {}
    assert there.variables == {"A": "app", "B": "app", "C": "app"}
    assert there.secrets == {"TOKEN": SecretRef("app", 1)}


def test_an_apps_value_must_fit_in_every_environment(world: World) -> None:
    app = world.environment.app
    staging = create_environment(world.dana, app, "staging", world.cell)
    world.service()
    create_service(world.dana, staging, world.fields("api"))
    set_variables(world.dana, staging, None, {"A": "x" * 60_000})

    for set_it in (
        lambda: set_variables(world.dana, app, None, {"B": "x" * 6_000}),
        lambda: set_secret(world.dana, app, None, "B", "x" * 6_000),
    ):
        with pytest.raises(Invalid, match=r"api of shop/staging: .* 66002 bytes"):
            set_it()
    set_variables(world.dana, app, None, {"B": "x" * 5_000})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"A": "${B}"}, "refers to ${A} itself"),
        ({"API_URL": "x"}, "A link is called API_URL too"),
        ({"TOKEN": "x"}, "already a secret"),
    ],
)
def test_an_apps_bad_variable_is_refused_by_its_name(
    world: World, values: dict[str, str], said: str
) -> None:
    app, web = world.environment.app, world.service()
    world.service("api")
    set_links(world.dana, web, [LinkFields("API_URL", "api")])
    set_variables(world.dana, world.environment, web, {"B": "$A"})
    set_secret(world.dana, app, None, "TOKEN", "x")
    with pytest.raises(Invalid) as caught:
        set_variables(world.dana, app, None, values)

    (name,) = values
    assert said in caught.value.errors[f"variables.{name}"][0]


def test_a_service_is_not_of_an_app_alone(world: World) -> None:
    with pytest.raises(Unknown):
        set_variables(world.dana, world.environment.app, world.service(), {})


def test_what_somebody_changed_of_an_app_meanwhile_is_told(world: World) -> None:
    app = world.environment.app
    set_variables(world.dana, app, None, {"A": "2"})
    with pytest.raises(Stale):
        set_variables(world.dana, app, None, {"A": "3"}, seen={"A": "1"})
