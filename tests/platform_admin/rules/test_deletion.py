from __future__ import annotations

from platform_admin.rules.deletion import name_error


def test_only_the_name_itself_is_taken() -> None:
    assert name_error("web", "web") is None
    assert name_error(" web ", "web") is None
    assert name_error("Web", "web") == "'Web' is not its name: type web, or leave it."
    assert name_error(" ", "web") == "Type web to say that you mean it."
