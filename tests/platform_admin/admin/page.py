"""Forms as a browser finds them in a page, and sends them back."""

from __future__ import annotations

from html.parser import HTMLParser

TICKED = {"checkbox", "radio"}


class _Forms(HTMLParser):
    """The fields of each form of a page, with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._inside = False
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
            self._inside = True
        elif not self._inside:
            return
        elif tag == "input" and name and _sent(given, attrs):
            unsaid = "on" if given.get("type") in TICKED else ""
            self.forms[-1][name] = given.get("value", unsaid)
        elif tag == "select":
            self._select = name
            self.forms[-1].setdefault(name, "")
        elif tag == "option" and ("selected" in dict(attrs)):
            self.forms[-1][self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.forms[-1][name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area] += data.removeprefix("\n")


def _sent(given: dict[str, str], attrs: list[tuple[str, str | None]]) -> bool:
    kind = given.get("type", "text")
    if kind in {"submit", "button", "search"}:
        return False
    return kind not in TICKED or "checked" in dict(attrs)


def form_with(html: str, field: str) -> dict[str, str]:
    """The fields of the page's one form that has this field."""
    parser = _Forms()
    parser.feed(html)
    [found] = [form for form in parser.forms if field in form]
    return found
