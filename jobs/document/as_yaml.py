"""Documents as YAML text, with the place of every value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from jobs.document.write import Json

LARGEST_BYTES = 512 * 1024
DEEPEST = 20
_CORE = "tag:yaml.org,2002:"
PLAIN = {f"{_CORE}{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")}


@dataclass(frozen=True)
class Place:
    """Where something stands in the text, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Parsed:
    """The JSON values of a text, and where each stands, by its path such as `services.web.port`."""

    value: Any
    places: Mapping[str, Place]

    def place(self, path: str) -> Place:
        """Where that path stands, or the nearest above it that does."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path, Place(1, 1))


class SyntaxProblem(ValueError):
    """A text that is no YAML of the plain sort that a document needs."""

    def __init__(self, sentence: str, place: Place) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place


def written(value: Json) -> str:
    """The JSON values as YAML, in their order, unchanged when it is read again."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def parsed(text: str) -> Parsed:
    """The values of the text. SyntaxProblem: no YAML, an alias, a name twice, too large, too deep.

    As in YAML 1.2 only true and false are booleans, and nothing is a date.
    """
    if len(text.encode(errors="replace")) > LARGEST_BYTES:
        raise SyntaxProblem(f"The file is larger than {LARGEST_BYTES} bytes.", Place(1, 1))
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            places = {} if node is None else dict(_places(node, ""))
            return Parsed(None if node is None else loader.construct_document(node), places)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise SyntaxProblem(f"This is no YAML: {said}.", _place(error.problem_mark)) from error
    except (yaml.YAMLError, LookupError, ValueError, OverflowError) as error:
        if isinstance(error, SyntaxProblem):
            raise
        raise SyntaxProblem(f"This is no YAML: {error}.", Place(1, 1)) from error


def _places(node: yaml.Node, path: str) -> Iterator[tuple[str, Place]]:
    """Every path with its place; of a value below a name the name's. Refuses what is not plain."""
    yield path, _place(node.start_mark)
    if node.tag not in PLAIN:
        said = f"The tag {node.tag.replace(_CORE, '!!')} is not taken: write the plain value."
        raise SyntaxProblem(said, _place(node.start_mark))
    if isinstance(node, yaml.SequenceNode):
        for index, each in enumerate(node.value):
            yield from _places(each, _below(path, str(index)))
    if isinstance(node, yaml.MappingNode):
        yield from _members(node, path)


def _members(node: yaml.MappingNode, path: str) -> Iterator[tuple[str, Place]]:
    names: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            said = f"The name {getattr(key, 'value', '')!r} is no text: put it in quotes."
            raise SyntaxProblem(said, _place(key.start_mark))
        if key.value in names:
            said = f"{key.value} stands twice: keep one of them."
            raise SyntaxProblem(said, _place(key.start_mark))
        names.add(key.value)
        yield from _places(value, _below(path, key.value))
        yield _below(path, key.value), _place(key.start_mark)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _place(mark: yaml.Mark | None) -> Place:
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


class _Loader(yaml.SafeLoader):
    """Knows texts, numbers, true, false and null; no alias, and nothing that is nested deeply."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node; an alias would let a short text become a huge document."""
        if self.check_event(yaml.AliasEvent):
            said = "An alias (*) is not taken: write the value out."
            raise SyntaxProblem(said, _place(self.peek_event().start_mark))  # type: ignore[no-untyped-call]
        if self._depth == DEEPEST:
            said = "The file is nested too deeply."
            raise SyntaxProblem(said, _place(self.peek_event().start_mark))  # type: ignore[no-untyped-call]
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, and quotes what this or another reader would take for no text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Equal values are written out each time."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """The text, escaped in quotes where a reader would take a sign of it for an end of a line."""
    style = '"' if _ODD_BREAK.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_ODD_BREAK = re.compile("[\r\x85\u2028\u2029]")
_Dumper.add_representer(str, _text)


def _resolvers() -> dict[str | None, list[tuple[str, re.Pattern[str]]]]:
    """Those of YAML 1.1 without dates, merges, base 60 and its other words for true and false."""
    kept: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("null", r"~|null|Null|NULL|", "~nN"),
        ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
        (
            "float",
            r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?",
            "-+.0123456789",
        ),
    ):
        whole = re.compile(rf"^(?:{pattern})$")
        for character in [*first, *([""] if tag == "null" else [])]:
            kept.setdefault(character, []).append((f"tag:yaml.org,2002:{tag}", whole))
    return kept


_Loader.yaml_implicit_resolvers = _resolvers()
_Dumper.yaml_implicit_resolvers = {
    first: [*yaml.SafeDumper.yaml_implicit_resolvers.get(first, []), *_resolvers().get(first, [])]
    for first in {*yaml.SafeDumper.yaml_implicit_resolvers, *_resolvers()}
}
