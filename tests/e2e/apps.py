"""The apps that the tests make by the forms: the shop, and a small one that echoes."""

from __future__ import annotations

import sys

import examples.shop
from tests.e2e import program
from tests.e2e.browser import Browser
from tests.e2e.muster import get
from tests.e2e.person import App, address, new_app

PYTHON = sys.executable
RESOURCE = {"REDIS_URL": "store:url"}


def shop(browser: Browser, name: str) -> App:
    """The example's three services and their redis, linked, in the draft."""
    app = new_app(browser, name)
    app.add_resource("store")
    app.add_service(
        examples.shop.archive("api"),
        _service("api", "private", "-m gunicorn api:app")
        | {"release_command": f"{PYTHON} migrate.py", "health_path": "/health"},
        RESOURCE,
    )
    app.add_service(
        examples.shop.archive("worker"), _service("worker", "worker", "work.py"), RESOURCE
    )
    app.add_service(
        examples.shop.archive("web"),
        _service("web", "web", "-m gunicorn web:app") | {"health_path": "/health", "maximum": "3"},
        RESOURCE | {"API_URL": "api:url"},
    )
    app.set_variables({"VERSION": "first"})
    return app


def echo(browser: Browser, name: str, secret: str = "", maximum: int = 1) -> App:
    """One small web service in the draft, greeting with "one"."""
    app = new_app(browser, name)
    fields = _service("web", "web", "echo.py")
    fields |= {"health_path": "/health", "maximum": str(maximum), "memory_mb": "64"}
    app.add_service(program.archive(), fields, {})
    app.set_variables({"GREETING": "one"})
    if secret:
        app.set_secret("SECRET", secret)
    return app


def parcels(browser: Browser, name: str) -> App:
    """An echo, and beside it the example's worker with a redis of its own."""
    app = echo(browser, name)
    app.add_resource("store")
    app.add_service(
        examples.shop.archive("worker"), _service("worker", "worker", "work.py"), RESOURCE
    )
    return app


def greeting(app: App) -> str:
    """What the echo answers through the edge."""
    answer = get(address(app.page("web/"), "By port"))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["greeting"])


def _service(name: str, kind: str, program: str) -> dict[str, str]:
    return {"name": name, "kind": kind, "command": f"{PYTHON} {program}"}
