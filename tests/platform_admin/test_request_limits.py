"""What is refused before anything of it is read."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from platform_admin.request_limits import TAKES_AN_ARCHIVE, RequestLimitsMiddleware

MB = 2**20
SHOP = ["shop", "production"]
limited = RequestLimitsMiddleware(lambda _: HttpResponse("read"))


def posted(path: str, megabytes: int, *, signed_in: bool = True) -> int:
    request = RequestFactory().post(path)
    request.META["CONTENT_LENGTH"] = str(megabytes * MB)
    if signed_in:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "a session"
    return limited(request).status_code


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("new_service", []),
        ("new_service_preview", []),
        ("archive_live", []),
        ("service_settings", ["web"]),
        ("service_settings_preview", ["web"]),
    ],
)
def test_the_forms_that_take_an_archive_have_room_for_one(name: str, more: list[str]) -> None:
    path = reverse(name, args=[*SHOP, *more])

    assert TAKES_AN_ARCHIVE.fullmatch(path)
    assert posted(path, settings.MUSTER_ARTIFACT_LIMIT_MB) == 200
    assert posted(path, 3 * settings.MUSTER_ARTIFACT_LIMIT_MB) == 413
    assert posted(path, 6, signed_in=False) == 413


@pytest.mark.parametrize("path", ["/accounts/login/", "/shop/production/variables/save/"])
def test_other_forms_take_a_few_megabytes(path: str) -> None:
    assert posted(path, 4) == 200
    assert posted(path, 6) == 413


@pytest.mark.parametrize("address", ["/search?q=%00", "/a%00b/", "/admin/autocomplete/?term=a%00"])
def test_a_null_character_in_an_address_is_400(address: str) -> None:
    request: HttpRequest = RequestFactory().get(address)

    assert limited(request).status_code == 400
