"""No answer of ours has a secret's value in it: every page, live part and page of the admin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from platform_admin.admin.site import site as operators
from platform_admin.models import Rotation
from platform_admin.rules.generated import Shape
from platform_admin.verbs.secrets import secret_value, set_secret
from tests.platform_admin.admin.scene import address
from tests.platform_admin.pages.site import Site
from tests.platform_admin.pages.test_access import CHANGED, OPERATED, PERSONAL, VIEWED

MARKER = "marker-zq8-of-nobody"
OF = {
    "/shop/": "OF_APP",
    "/shop/production/": "OF_ENVIRONMENT",
    "/shop/production/web/": "OF_SERVICE",
}


@pytest.fixture
def marked(site: Site) -> Site:
    """A site with a secret in each scope, which is live, is deployed and was rotated."""
    web, alice = site.service(), site.alice.actor
    site.redis()
    app, environment = site.environment.app, site.environment
    for within, service, name in (
        (app, None, "OF_APP"),
        (environment, None, "OF_ENVIRONMENT"),
        (environment, web, "OF_SERVICE"),
    ):
        set_secret(alice, within, service, name, f"{MARKER}\n{name}")
    set_secret(alice, environment, None, "GENERATED", Shape())
    site.live(web)
    deployment = site.deployment(web)
    version = set_secret(alice, app, None, "OF_APP", f"{MARKER} again")
    Rotation.objects.create(pk=1, version=version).deployments.add(deployment)
    return site


def pages() -> Iterator[str]:
    yield from (reverse(name) for name in sorted(PERSONAL))
    for name, args in {**VIEWED, **CHANGED, **OPERATED}.items():
        yield reverse(name, args=args)
    for scope, name in OF.items():
        yield f"{scope}variables/secret/?rotate={name}"
        yield f"{scope}variables/secret/?remove={name}"
    yield reverse("admin:index")
    for model in operators._registry:
        yield address(model, "changelist")
        for row in model._default_manager.all()[:5]:
            yield address(model, "change", row.pk)


def never(site: Site) -> tuple[str, str]:
    return MARKER, secret_value(site.environment, None, "GENERATED", 1)


def test_no_page_has_a_secrets_value_in_it(marked: Site) -> None:
    shown = []
    for page in pages():
        response = marked.olga.browser.get(page)
        text = b"".join(response).decode() if response.streaming else response.content.decode()
        shown += [page for secret in never(marked) if secret in text]

    assert shown == []


@pytest.mark.parametrize("scope", ["/shop/", "/shop/production/", "/shop/production/web/"])
def test_no_form_that_was_refused_or_previewed_has_it_either(marked: Site, scope: str) -> None:
    shown = []
    for where, data in (
        ("secret/", {"name": "1BAD", "value": MARKER}),
        ("secret/", {"name": "KEY", "value": MARKER, "preview": "yes"}),
        ("secret/", {"name": "KEY", "value": MARKER * 4000}),
        ("secret/", {"name": OF[scope], "value": MARKER * 4000, "rotate": "yes"}),
        ("live/?secret=yes", {"name": "KEY", "value": MARKER}),
        ("paste/", {"pasted": f"1BAD={MARKER}", "secrets": "set"}),
        ("paste/", {"pasted": f"KEY={MARKER}", "secrets": "look"}),
        ("paste/", {"pasted": f"{OF[scope]}={MARKER}"}),
    ):
        response = marked.alice.browser.post(f"{scope}variables/{where}", data)
        assert response.status_code in (200, 422), where
        if MARKER in response.content.decode():
            shown.append((where, data))

    assert shown == []
