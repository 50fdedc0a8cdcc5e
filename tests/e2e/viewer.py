"""A viewer of the demo's team: somebody new, let in by the operator and added by the owner."""

from __future__ import annotations

from tests.e2e.muster import Muster

NAME, PASSWORD = "vera", "a view of the harbour"


def make(muster: Muster) -> None:
    """Nothing; the person may sign in, and look."""
    operator = muster.browser("olga")
    form = operator.open("/admin/auth/user/add/")
    saved = operator.press(form, "Save", {"username": NAME, "password": PASSWORD})
    assert saved.path.startswith("/admin/auth/user/"), saved.text
    owner = muster.browser("dana")
    made = owner.press(owner.open("/teams/demo/"), "Save", {"user": NAME, "role": "viewer"})
    assert f"{NAME} is viewer now." in made.text, made.text
