"""The forms of a page as a browser sees them: what stands in them, and what pressing sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = Mapping[str, str | None]
Values = Mapping[str, str | Sequence[str]]
Pairs = list[tuple[str, str]]


@dataclass
class Control:
    """One field; `sent` is whether it goes along as it stands (an unchecked radio does not)."""

    kind: str
    name: str
    value: str = ""
    sent: bool = True


@dataclass
class Button:
    """What a person presses: its words, and what it adds to what is sent."""

    words: str = ""
    name: str = ""
    value: str = ""


@dataclass
class Form:
    """A form with its fields in the order of the page."""

    action: str = ""
    method: str = "get"
    id: str = ""
    controls: list[Control] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def button(self, words: str) -> Button | None:
        """The button with these words, if there is one."""
        return next((each for each in self.buttons if each.words == words), None)

    def filled(self, values: Values, pressed: Button) -> Pairs:
        """What is sent once these values are typed; fails where the form has no such field.

        A list fills fields of one name from the first on; the others stay as they are.
        """
        for name, value in values.items():
            self._type(name, value)
        pairs = [(each.name, each.value) for each in self.controls if each.sent]
        return [*pairs, (pressed.name, pressed.value)] if pressed.name else pairs

    def files(self) -> set[str]:
        """The names of the fields that take a file."""
        return {each.name for each in self.controls if each.kind == "file"}

    def _type(self, name: str, value: str | Sequence[str]) -> None:
        fields = [each for each in self.controls if each.name == name and each.kind != "hidden"]
        if fields and fields[0].kind == "radio":
            chosen = [each for each in fields if each.value == value]
            assert chosen, f"{name} offers {[each.value for each in fields]}, not {value!r}"
            for each in fields:
                each.sent = each in chosen
            return
        typed = [value] if isinstance(value, str) else value
        assert len(fields) >= len(typed), f"the form has {len(fields)} fields called {name}"
        for each, one in zip(fields, typed, strict=False):
            each.value = one


def forms_in(html: str) -> list[Form]:
    """The forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    """Collects forms; fields of a disabled fieldset are left out, as a browser leaves them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._button: Button | None = None
        self._text: Control | None = None
        self._select: Control | None = None
        self._fieldsets: list[bool] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            method = (found.get("method") or "get").lower()
            self._form = Form(found.get("action") or "", method, found.get("id") or "")
            self.forms.append(self._form)
        elif tag == "fieldset":
            self._fieldsets.append("disabled" in found)
        elif tag == "button" and found.get("form"):
            self._press(found, *(form for form in self.forms if form.id == found["form"]))
        elif self._form is not None and not any(self._fieldsets) and "disabled" not in found:
            self._field(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "fieldset":
            self._fieldsets.pop()
        elif tag == "button" and self._button is not None:
            self._button.words = " ".join(self._button.words.split())
            self._button = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.words += data
        elif self._text is not None:
            self._text.value += data

    def _field(self, tag: str, found: Attributes) -> None:
        assert self._form is not None
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "button":
            self._press(found, self._form)
        elif tag == "option":
            self._option(value, "selected" in found)
        elif tag in ("input", "textarea", "select") and name:
            self._control(tag, name, value, found)

    def _press(self, found: Attributes, *forms: Form) -> None:
        """A button of its form; one that stands elsewhere on the page names the form."""
        self._button = Button("", found.get("name") or "", found.get("value") or "")
        for form in forms:
            form.buttons.append(self._button)

    def _control(self, tag: str, name: str, value: str, found: Attributes) -> None:
        assert self._form is not None
        kind = (found.get("type") or "text") if tag == "input" else tag
        choice = kind in ("radio", "checkbox")
        sent = "checked" in found if choice else kind != "file"
        control = Control(kind, name, value or ("on" if choice else ""), sent)
        self._form.controls.append(control)
        self._text = control if tag == "textarea" else None
        self._select = control if tag == "select" else None
        if self._select is not None:
            control.sent = False

    def _option(self, value: str, selected: bool) -> None:
        """A list shows its first option until one is marked."""
        if self._select is not None and (selected or not self._select.sent):
            self._select.value, self._select.sent = value, True
