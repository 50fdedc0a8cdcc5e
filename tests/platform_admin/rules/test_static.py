from __future__ import annotations

import pytest

from platform_admin.rules.static import fallback_error, headers_error, redirects_error


def redirect(path: str, to: str, status: int = 308) -> dict[str, str | int]:
    return {"path": path, "to": to, "status": status}


def header(name: str, value: str, path: str = "/*") -> dict[str, str]:
    return {"path": path, "name": name, "value": value}


@pytest.mark.parametrize(
    ("redirects", "said"),
    [
        ([redirect("/a", "/b"), redirect("/b/*", "https://example.org/x?y=1#z", 301)], None),
        ([redirect("/a", "/b"), redirect("/b", "/c"), redirect("/c", "/d")], None),
        ([redirect("a", "/b")], "write /a"),
        ([redirect("/a*b", "/b")], "only at its end"),
        ([redirect("/../a", "/b")], "leads elsewhere"),
        ([redirect("/a?x=1", "/b")], "no query"),
        ([redirect("/a", "//evil.example")], "no target"),
        ([redirect("/a", "javascript:alert(1)")], "no target"),
        ([redirect("/a", "https://user@example.org/")], "no target"),
        ([redirect("/a", "/b\r\nSet-Cookie: x=1")], "not an address"),
        ([redirect("/a", "/b", 303)], "303 is no status"),
        ([redirect("/a", "/a")], "comes round"),
        ([redirect("/*", "/index.html")], "comes round"),
        ([redirect("/a", "/b"), redirect("/b", "/a?again=1")], "comes round"),
        ([redirect("/x", "/a"), redirect("/a", "/b"), redirect("/b", "/a")], "comes round"),
        ([redirect(f"/{n}", "/") for n in range(101)], "too many"),
    ],
)
def test_redirects_are_checked(redirects: list[dict[str, str | int]], said: str | None) -> None:
    found = redirects_error(redirects)
    assert (found is None) if said is None else (found and said in found)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (header("X-Frame-Options", "DENY"), None),
        (header("Content-Security-Policy", "default-src 'self'; img-src *"), None),
        (header("X-Ok", "a\r\nSet-Cookie: x=1"), "one line"),
        (header("X Ok", "a"), "no name of a header"),
        (header("X-Ok:", "a"), "no name of a header"),
        (header("Content-Length", "3"), "written by the server itself"),
        (header("transfer-encoding", "chunked"), "written by the server itself"),
        (header("X-Ok", ""), "is empty"),
        (header("X-Ok", "grüße"), "plain characters"),
        (header("X-Ok", "a", "docs"), "write /docs"),
    ],
)
def test_headers_are_checked(one: dict[str, str], said: str | None) -> None:
    found = headers_error([one])
    assert (found is None) if said is None else (found and said in found)


@pytest.mark.parametrize(
    ("fallback", "said"),
    [
        ("", None),
        ("/index.html", None),
        ("index.html", "write /index.html"),
        ("/../secret", "leads elsewhere"),
        ("/*", "nowhere"),
    ],
)
def test_a_fallback_is_a_path(fallback: str, said: str | None) -> None:
    found = fallback_error(fallback)
    assert (found is None) if said is None else (found and said in found)
