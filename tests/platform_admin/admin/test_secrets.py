from __future__ import annotations

import base64

import pytest
from django.db.models import Model

from platform_admin.admin.site import site
from platform_admin.models import Credential, Environment, Resource, SecretVersion, Variable
from platform_admin.verbs.credentials import password
from platform_admin.verbs.secrets import secret_value
from tests.platform_admin.admin.scene import SECRET, Scene, address
from tests.platform_admin.admin.written import watched


def forms_of(sealed: bytes) -> set[str]:
    """How the encrypted bytes could stand in a page."""
    return {sealed.hex(), base64.b64encode(sealed).decode(), repr(sealed)[2:-1], str(sealed)}


def test_versions_and_credentials_have_no_pages_of_their_own() -> None:
    assert not {SecretVersion, Credential} & set(site._registry)


@pytest.mark.parametrize("model", sorted(site._registry, key=lambda model: str(model)))
def test_no_page_shows_a_secret_sealed_or_not(scene: Scene, model: type[Model]) -> None:
    rows = model._default_manager.all()[:20]
    pages = [address(model, "changelist"), *(address(model, "change", row.pk) for row in rows)]
    text = "".join(scene.browser.get(page).content.decode() for page in pages)

    never = {SECRET, password(Credential.objects.get())}
    for rows_of in (SecretVersion.objects, Credential.objects):
        for sealed in rows_of.values_list("sealed", flat=True):
            never |= forms_of(bytes(sealed))
    assert [secret for secret in never if secret in text] == []


def test_a_secret_shows_the_number_key_and_date_of_its_versions(scene: Scene) -> None:
    token = Variable.objects.get(name="TOKEN")

    page = scene.browser.get(address(Variable, "change", token.pk)).content.decode()

    version = token.versions.get()
    assert version.key_id in page
    assert "dana" in page
    assert 'name="value"' not in page


def test_a_credential_shows_its_user_and_key(scene: Scene) -> None:
    page = scene.browser.get(address(Resource, "change", scene.store.pk)).content.decode()

    assert Credential.objects.get().key_id in page


def test_a_secret_gets_a_new_version_and_nothing_is_written_around(scene: Scene) -> None:
    token = Variable.objects.get(name="TOKEN")
    page = address(Variable, "new_value", token.pk)

    asked = scene.browser.get(page).content.decode()
    with watched() as written:
        answer = scene.browser.post(page, {"name": "TOKEN", "value": " newer "})

    assert 'value="TOKEN"' in asked
    assert answer.status_code == 302
    assert written.around == []
    assert secret_value(scene.world.environment, None, "TOKEN", 2) == " newer "


def test_a_secret_is_not_changed_by_the_form_of_plain_values(scene: Scene) -> None:
    token = Variable.objects.get(name="TOKEN")

    answer = scene.browser.post(address(Variable, "change", token.pk), {"value": "plain"})

    assert answer.status_code == 403
    assert Variable.objects.get(name="TOKEN").value == ""


def test_a_plain_variable_has_no_version_to_make(scene: Scene) -> None:
    colour = Variable.objects.get(name="COLOUR")

    answer = scene.browser.post(address(Variable, "new_value", colour.pk), {"value": "x"})

    assert answer.status_code == 302
    assert SecretVersion.objects.count() == 1


def test_a_removed_secret_is_out_of_the_draft(scene: Scene) -> None:
    token = Variable.objects.get(name="TOKEN")

    scene.browser.post(address(Variable, "remove", token.pk))

    token.refresh_from_db()
    assert token.removed
    assert token.versions.count() == 1


def test_a_secret_that_was_refused_is_not_shown_again(scene: Scene) -> None:
    page = address(Environment, "new_secret", scene.world.environment.pk)

    answer = scene.browser.post(page, {"name": "1BAD", "value": "zq8 zq8"})

    assert answer.status_code == 422
    assert "1BAD" in answer.content.decode()
    assert "zq8" not in answer.content.decode()
