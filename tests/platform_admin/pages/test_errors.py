from __future__ import annotations

import pytest

from platform_admin.models import Release
from tests.platform_admin.pages.site import Site

MANY = {f"field{number}": "x" for number in range(1100)}
LARGE = {"note": "x" * 5_000_000}


@pytest.mark.parametrize(("form", "as_form"), [(MANY, True), (MANY, False), (LARGE, True)])
def test_a_form_that_is_too_large_is_refused_with_a_page_in_words(
    site: Site, form: dict[str, str], as_form: bool
) -> None:
    kind = "application/x-www-form-urlencoded"
    address = "/shop/production/plan/"
    site.service()

    if as_form:
        body = "&".join(f"{name}={value}" for name, value in form.items())
        response = site.alice.browser.post(address, body, content_type=kind)
    else:
        response = site.alice.browser.post(address, form)

    page = response.content.decode()
    assert response.status_code == 400
    assert "The form has too many fields or is too large" in page
    assert "Nothing was changed" in page
    assert 'href="/static/css/muster.css"' in page
    assert not Release.objects.exists()
