from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from platform_admin.content_security import HEADER, ContentSecurityMiddleware, policy


def script_sources(path: str) -> str:
    [directive] = [part for part in policy(path).split("; ") if part.startswith("script-src")]
    return directive


@pytest.mark.parametrize("path", ["/", "/shop/production/", "/shop/admin/", "/administration/"])
def test_a_page_runs_only_our_own_files(path: str) -> None:
    assert script_sources(path) == "script-src 'self'"


@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/user/"])
def test_only_the_admin_may_evaluate(path: str) -> None:
    assert script_sources(path) == "script-src 'self' 'unsafe-eval'"


def test_a_response_that_has_a_policy_keeps_it(rf: RequestFactory) -> None:
    def strict(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={HEADER: "default-src 'none'"})

    response = ContentSecurityMiddleware(strict)(rf.get("/"))

    assert response.headers[HEADER] == "default-src 'none'"


@pytest.mark.django_db
def test_every_answer_of_the_platform_has_the_headers(client: Client) -> None:
    headers = client.get("/healthz").headers

    assert headers[HEADER] == policy("/healthz")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
