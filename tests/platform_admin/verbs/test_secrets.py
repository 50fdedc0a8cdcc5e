from __future__ import annotations

import base64

import pytest
from pytest_django import Settings

from platform_admin.models import AuditEvent, SecretVersion, Variable
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.secrets import remove_secret, secret_value, set_secret, set_secrets
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World

VALUE = 'hunter2 ${x} \n"'


def test_a_secret_opens_by_its_number(world: World) -> None:
    first = set_secret(world.dana, world.environment, None, "TOKEN", VALUE)
    second = set_secret(world.dev, world.environment, None, "TOKEN", "new")

    assert (first.number, second.number) == (1, 2)
    assert secret_value(world.environment, None, "TOKEN", 1) == VALUE
    assert secret_value(world.environment, None, "TOKEN", 2) == "new"
    assert second.author == world.dev.user


def test_the_value_stands_in_no_table_and_no_audit_row(world: World) -> None:
    set_secret(world.dana, world.environment, None, "TOKEN", "hunter2")

    assert b"hunter2" not in bytes(SecretVersion.objects.get().sealed)
    assert Variable.objects.get().value == ""
    assert "hunter2" not in str(list(AuditEvent.objects.values()))
    assert AuditEvent.objects.get(verb="set secret").after == {"name": "TOKEN", "version": 1}


def test_a_services_secret_is_another_one_than_its_environments(world: World) -> None:
    web = world.service()
    set_secret(world.dana, world.environment, None, "TOKEN", "shared")
    set_secret(world.dana, world.environment, web, "TOKEN", "own")

    assert secret_value(world.environment, None, "TOKEN", 1) == "shared"
    assert secret_value(world.environment, web, "TOKEN", 1) == "own"


def test_a_removed_secret_leaves_the_draft_and_still_opens(world: World) -> None:
    web = world.service()
    set_secret(world.dana, world.environment, web, "TOKEN", "old")
    remove_secret(world.dana, world.environment, web, "TOKEN")

    web_doc = draft(world.environment).service("web")
    assert web_doc is not None
    assert web_doc.secrets == {}
    assert secret_value(world.environment, web, "TOKEN", 1) == "old"
    with pytest.raises(Unknown):
        remove_secret(world.dana, world.environment, web, "TOKEN")


def test_a_secret_that_comes_back_goes_on_counting(world: World) -> None:
    set_secret(world.dana, world.environment, None, "TOKEN", "old")
    remove_secret(world.dana, world.environment, None, "TOKEN")

    assert set_secret(world.dana, world.environment, None, "TOKEN", "new").number == 2
    assert secret_value(world.environment, None, "TOKEN", 1) == "old"


def test_a_removed_secrets_name_is_free_for_a_plain_variable(world: World) -> None:
    set_secret(world.dana, world.environment, None, "TOKEN", "old")
    remove_secret(world.dana, world.environment, None, "TOKEN")
    set_variables(world.dana, world.environment, None, {"TOKEN": "plain"})

    with pytest.raises(Invalid, match="already a plain variable"):
        set_secret(world.dana, world.environment, None, "TOKEN", "new")
    assert secret_value(world.environment, None, "TOKEN", 1) == "old"


@pytest.mark.parametrize(
    ("name", "value", "field", "said"),
    [
        ("1X", "x", "name", "not a variable's name"),
        ("NOMAD_TOKEN", "x", "name", "choose another name"),
        ("REDIS_URL", "x", "name", "A link is called REDIS_URL too"),
        ("PLAIN", "x", "name", "already a plain variable"),
        ("TOKEN", "", "value", "type one"),
        ("TOKEN", "a\0b", "value", "zero byte"),
        ("TOKEN", "x" * 70_000, "value", "shorten them by"),
        ("TOKEN", "x" * 65_534, "value", "shorten them by"),
    ],
)
def test_a_bad_secret_is_refused_by_field_and_its_value_is_not_repeated(
    world: World, name: str, value: str, field: str, said: str
) -> None:
    web = world.service()
    world.redis()
    set_links(world.dana, web, [LinkFields("REDIS_URL", "cache")])
    set_variables(world.dana, world.environment, web, {"PLAIN": "x"})
    with pytest.raises(Invalid) as caught:
        set_secret(world.dana, world.environment, web, name, value)

    assert list(caught.value.errors) == [field]
    assert said in caught.value.errors[field][0]
    assert "xxxx" not in str(caught.value)
    assert not SecretVersion.objects.exists()


def test_a_value_moved_to_another_row_does_not_open(world: World) -> None:
    one = set_secret(world.dana, world.environment, None, "ONE", "x")
    set_secret(world.dana, world.environment, None, "TWO", "y")
    SecretVersion.objects.filter(variable__name="TWO").update(sealed=one.sealed)

    with pytest.raises(SealError):
        secret_value(world.environment, None, "TWO", 1)


def test_after_a_rotation_of_keys_old_and_new_values_open(world: World, settings: Settings) -> None:
    old = settings.MUSTER_ENCRYPTION_KEYS
    set_secret(world.dana, world.environment, None, "TOKEN", "old")
    settings.MUSTER_ENCRYPTION_KEYS = f"next:{base64.b64encode(b'2' * 32).decode()},{old}"
    version = set_secret(world.dana, world.environment, None, "TOKEN", "new")

    assert version.key_id == "next"
    assert [secret_value(world.environment, None, "TOKEN", n) for n in (1, 2)] == ["old", "new"]

    settings.MUSTER_ENCRYPTION_KEYS = old
    with pytest.raises(SealError, match="no key 'next'"):
        secret_value(world.environment, None, "TOKEN", 2)


def test_a_version_that_is_none_is_unknown(world: World) -> None:
    set_secret(world.dana, world.environment, None, "TOKEN", "x")
    staging = create_environment(world.dana, world.environment.app, "staging", world.cell)

    for environment, name, number in (
        (world.environment, "TOKEN", 2),
        (world.environment, "NONE", 1),
        (staging, "TOKEN", 1),
    ):
        with pytest.raises(Unknown):
            secret_value(environment, None, name, number)


def test_an_apps_secret_is_another_one_than_its_environments(world: World) -> None:
    app = world.environment.app
    set_secret(world.dana, app, None, "TOKEN", "the app's")
    set_secret(world.dana, world.environment, None, "TOKEN", "its own")

    assert secret_value(app, None, "TOKEN", 1) == "the app's"
    assert secret_value(world.environment, None, "TOKEN", 1) == "its own"
    remove_secret(world.dana, app, None, "TOKEN")
    assert Variable.objects.get(removed=True).app == app


def test_several_secrets_are_set_all_or_none(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        set_secrets(world.dana, world.environment, None, {"ONE": "1", "1BAD": "2"})

    assert list(caught.value.errors) == ["1BAD.name"]
    assert not Variable.objects.exists()
