"""A site with its rules, and what each request to it must be answered, whoever serves it."""

from __future__ import annotations

from pathlib import Path

from jobs.document import HeaderDoc, RedirectDoc, ServiceDoc

FILES = {
    "index.html": "home",
    "about.html": "about",
    "docs/index.html": "docs",
    "assets/main.3f2a9c1d.js": "hashed",
    "assets/app-BkT3x9aQ.css": "mixed",
    "assets/report-20240101.txt": "dated",
    "404.html": "own page",
    ".env": "SECRET=1",
    ".git/config": "hidden",
    ".well-known/security.txt": "known",
}
OUTSIDE = "not of the site"
SERVICE = ServiceDoc(
    name="site",
    kind="static",
    artifact="a" * 64,
    archive="tar.gz",
    port=8080,
    redirects=(
        RedirectDoc("/old", "/about.html", 301),
        RedirectDoc("/blog/*", "https://blog.example.org/?a=$host&b={{x}}", 308),
        RedirectDoc("/blog/special", "/never", 302),
    ),
    headers=(
        HeaderDoc("/docs/*", "X-Frame-Options", "SAMEORIGIN"),
        HeaderDoc("/*", "X-Frame-Options", "DENY"),
        HeaderDoc("/*", "X-Odd", 'a "quoted" $dollar \\ {{brace}} ${HOME}'),
        HeaderDoc("/about.html", "cache-control", "max-age=60"),
    ),
)
IMMUTABLE = "immutable"
# Path, status, a header with what its value has in it, and the body.
ANSWERS: tuple[tuple[str, int, tuple[str, str], str], ...] = (
    ("/", 200, ("Cache-Control", "no-cache"), "home"),
    ("/?x=/old", 200, ("X-Frame-Options", "DENY"), "home"),
    ("/docs/", 200, ("X-Frame-Options", "SAMEORIGIN"), "docs"),
    ("/about.html", 200, ("Cache-Control", "max-age=60"), "about"),
    ("/assets/main.3f2a9c1d.js", 200, ("Cache-Control", IMMUTABLE), "hashed"),
    ("/assets/app-BkT3x9aQ.css", 200, ("Cache-Control", IMMUTABLE), "mixed"),
    ("/assets/report-20240101.txt", 200, ("Cache-Control", "no-cache"), "dated"),
    ("/.well-known/security.txt", 200, ("X-Odd", '"quoted" $dollar \\ {{brace}} ${HOME}'), "known"),
    ("/old", 301, ("Location", "/about.html"), ""),
    ("/older", 404, ("X-Frame-Options", "DENY"), "own page"),
    ("/blog/special", 308, ("Location", "https://blog.example.org/?a=$host&b={{x}}"), ""),
    ("/blog/", 308, ("Location", "https://blog.example.org/"), ""),
    ("/.muster/health", 200, ("Content-Length", "3"), "ok"),
    ("/nothing", 404, ("Cache-Control", "no-cache"), "own page"),
    ("/assets/", 404, ("X-Frame-Options", "DENY"), "own page"),
    ("/.env", 404, ("X-Frame-Options", "DENY"), "own page"),
    ("/.git/config", 404, ("X-Frame-Options", "DENY"), "own page"),
    ("/docs/.hidden", 404, ("X-Frame-Options", "SAMEORIGIN"), "own page"),
    ("/link.txt", 404, ("X-Frame-Options", "DENY"), "own page"),
)
# Paths that would lead out of the folder: no 200, and never what stands outside.
ESCAPES = (
    "/../outside.txt",
    "/docs/../../outside.txt",
    "/%2e%2e/outside.txt",
    "/..%2foutside.txt",
    "/docs/..%5c..%5coutside.txt",
    "//etc/passwd",
    "/%00",
)


def lay_out(folder: Path) -> Path:
    """The folder of the site, with a file and a hidden one beside it that are not of it."""
    root = folder / "app"
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "outside.txt").write_text(OUTSIDE)
    (root / "link.txt").symlink_to(folder / "outside.txt")
    (root / "docs" / "round").symlink_to(root / "docs")
    return root
