from __future__ import annotations

import pytest

from jobs.document import digest, read
from platform_admin.models import AuditEvent, Release, Service
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.releases import release, restore
from platform_admin.verbs.secrets import remove_secret, secret_value, set_secret
from platform_admin.verbs.services import change_service
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World


def test_a_release_freezes_the_draft(world: World) -> None:
    service = world.service()
    made = release(world.dana, world.environment, "the first")
    change_service(world.dana, service, world.fields(memory_mb=512))

    document = read(Release.objects.get().document)
    frozen = document.service("web")
    assert frozen is not None
    assert frozen.memory_mb == 128
    assert (made.number, made.note, made.author) == (1, "the first", world.dana.user)
    assert made.digest == digest(document)
    assert AuditEvent.objects.get(verb="release").object_name == "shop/production release 1"


def test_the_same_draft_is_the_same_release(world: World) -> None:
    world.service()

    assert release(world.dana, world.environment) == release(world.dev, world.environment)
    assert AuditEvent.objects.filter(verb="release").count() == 1


def test_releases_are_numbered_in_their_environment(world: World) -> None:
    world.service()
    numbers = []
    for value in ("1", "2", "1"):
        set_variables(world.dana, world.environment, None, {"V": value})
        numbers.append(release(world.dana, world.environment).number)

    assert numbers == [1, 2, 3]


def test_an_empty_draft_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        release(world.dana, world.environment)

    assert "no service yet" in caught.value.errors["draft"][0]


def test_a_note_that_is_too_long_is_refused(world: World) -> None:
    world.service()
    with pytest.raises(Invalid) as caught:
        release(world.dana, world.environment, "x" * 201)

    assert list(caught.value.errors) == ["note"]


def test_restoring_makes_a_new_release_and_leaves_the_draft(world: World) -> None:
    service = world.service()
    first = release(world.dana, world.environment)
    change_service(world.dana, service, world.fields(memory_mb=512))
    release(world.dana, world.environment)
    restored = restore(world.dev, world.environment, 1)

    assert (restored.number, restored.restores, restored.digest) == (3, first, first.digest)
    assert restored.note == "Back to release 1"
    assert Service.objects.get().memory_mb == 512


def test_restoring_the_newest_release_is_that_release(world: World) -> None:
    world.service()
    made = release(world.dana, world.environment)

    assert restore(world.dana, world.environment, 1) == made


def test_a_restored_release_still_opens_the_secret_that_it_names(world: World) -> None:
    world.service()
    set_secret(world.dana, world.environment, None, "TOKEN", "old")
    release(world.dana, world.environment)
    set_secret(world.dana, world.environment, None, "TOKEN", "new")
    remove_secret(world.dana, world.environment, None, "TOKEN")
    release(world.dana, world.environment)
    frozen = read(restore(world.dana, world.environment, 1).document).service("web")

    assert frozen is not None
    number = frozen.secrets["TOKEN"].version
    assert secret_value(world.environment, None, "TOKEN", number) == "old"


def test_a_number_that_is_none_is_unknown(world: World) -> None:
    with pytest.raises(Unknown, match="no release 7"):
        restore(world.dana, world.environment, 7)
