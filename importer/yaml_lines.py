"""YAML text → plain texts, lists and blocks, each with its line: the only module that knows ruamel.yaml.

Every value is the text exactly as written (`NO`, `0091`, `12:30`, `1e5`), so that nothing is lost before
the mapping says what it should be. Aliases are refused: a file of a few lines could grow without end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

Keys = tuple[str | int, ...]
Tree = str | list["Tree"] | dict[str, "Tree"] | None

MAX_DEPTH = 20
BLANKS = ("", "~", "null", "Null", "NULL")

# What ruamel.yaml says (a part of it) → what a person can do about it.
SENTENCES = {
    r"'\t' that cannot start": "a tab stands here (indent with spaces)",
    "that cannot start any token": "a text that starts with this sign needs quotes around it",
    "mapping values are not allowed": "a ':' does not fit here (a text with a colon in it needs "
    "quotes around it; lines of one level start below each other)",
    "could not find expected ':'": "a ':' is missing (write name: value, with a space after the colon)",
    "unexpected end of stream": "a quote is opened and never closed",
    "expected ',' or": "a bracket or brace is opened and never closed, or a comma is missing",
    "expected <block end>": "this does not fit the lines above it (lines of one level start below each "
    "other; a text that starts with a brace, bracket or quote needs quotes around the whole of it)",
    "unknown escape": "a backslash inside double quotes (use single quotes around it: '\\d+')",
    "second document": "a second document starts here (a mapping file is one; remove the ---)",
    "too deep": f"more than {MAX_DEPTH} levels inside each other (no mapping needs so many)",
}
BEGIN_EARLIER = {
    SENTENCES[part] for part in ("could not find expected ':'", "unexpected end of stream", "expected ',' or")
}
UNREADABLE = (
    "this cannot be read (look for a missing quote, bracket, colon or space here and in the line above)"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the file: in which line, under which keys, and what it is (what would do)."""

    line: int
    keys: Keys
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"line {self.line}", where(self.keys), self.text) if part)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, without the values that have a fault; `tree` is None where nothing could be read."""

    tree: Tree
    lines: dict[Keys, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def line(self, keys: Keys) -> int:
        """The line of this key, or of its nearest parent that is in the file."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)


def where(keys: Keys) -> str:
    """`lead.attributes.Phone.aliases[2]`; list items count from 1."""
    parts = [f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys]
    return "".join(parts).removeprefix(".")


def read_document(text: str) -> Document:
    reader = _Reader(text)
    try:
        tree = reader.document()
    except MarkedYAMLError as error:
        return Document(None, faults=(_syntax_fault(error),))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Document(None, faults=(Fault(line, (), "a sign that no text can hold (remove it)"),))
    except (ValueError, OverflowError):
        # ruamel.yaml gives codes such as "\U00110000" to chr() unchecked; the last name read is before it.
        line = max(reader.lines.values(), default=1)
        return Document(None, faults=(Fault(line, (), SENTENCES["unknown escape"]),))
    return Document(tree, reader.lines, tuple(reader.faults))


def _syntax_fault(error: MarkedYAMLError) -> Fault:
    problem = str(error.problem)
    said = next((sentence for part, sentence in SENTENCES.items() if part in problem), UNREADABLE)
    begins_earlier = said in BEGIN_EARLIER and error.context_mark
    mark = error.context_mark if begins_earlier else error.problem_mark
    return Fault(mark.line + 1 if mark else 1, (), said)


class _Reader:
    """Builds the tree from ruamel's events, which know the line even of an alias and of a second key."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Event] = map(_sound, YAML(typ="safe", pure=True).parse(text))
        self.lines: dict[Keys, int] = {}
        self.faults: list[Fault] = []

    def document(self) -> Tree:
        trees: list[Tree] = []
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if trees:
                    raise MarkedYAMLError(problem="second document", problem_mark=event.start_mark)
                trees.append(self._value((), next(self._events)))
        return trees[0] if trees else None

    def _value(self, keys: Keys, event: Event) -> Tree:
        if len(keys) > MAX_DEPTH:
            raise MarkedYAMLError(problem="too deep", problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            self._fault(event, keys, "what starts with ! has no meaning in a mapping (remove it)")
        match event:
            case AliasEvent():
                self._fault(event, keys, f"*{event.anchor} points elsewhere in the file (write it out here)")
                return None
            case ScalarEvent():
                return self._text(keys, event)
            case SequenceStartEvent():
                return self._list(keys)
            case _:
                return self._block(keys)

    def _text(self, keys: Keys, event: ScalarEvent) -> str | None:
        if event.style is None and event.value in BLANKS:
            text = (
                'nothing is written here (write a value, in quotes if it starts with #; "" for an empty text)'
            )
            self._fault(event, keys, text)
            return None
        return str(event.value)

    def _list(self, keys: Keys) -> list[Tree]:
        items: list[Tree] = []
        for number, event in enumerate(self._until(SequenceEndEvent)):
            place = (*keys, number)
            self.lines[place] = _line(event)
            item = self._value(place, event)
            items.append("" if item is None else item)
        return items

    def _block(self, keys: Keys) -> dict[str, Tree]:
        block: dict[str, Tree] = {}
        for event in self._until(MappingEndEvent):
            place = (*keys, str(event.value)) if isinstance(event, ScalarEvent) else (*keys, "?")
            if place in self.lines or not isinstance(event, ScalarEvent):
                self._refuse(place, event)
                continue
            self.lines[place] = _line(event)
            value = self._value(place, next(self._events))
            if value is not None:
                block[event.value] = value
        return block

    def _refuse(self, place: Keys, event: Event) -> None:
        """Passes over a name that cannot stand here, and over its value."""
        if isinstance(event, ScalarEvent):
            text = f"stands here a second time, after line {self.lines[place]} (keep one of them)"
        else:
            text = "a name of several parts (put quotes around a text that has braces)"
            self._skip(event)
        self._skip(next(self._events))
        self.faults.append(Fault(_line(event), place, text))

    def _skip(self, event: Event) -> None:
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _fault(self, event: Event, keys: Keys, text: str) -> None:
        # A value that is missing starts, for ruamel, where the next line does.
        self.faults.append(Fault(self.lines.get(keys, _line(event)), keys, text))


def _sound(event: Event) -> Event:
    """Half a sign, from a code such as "\\ud800", could not be sent or even shown."""
    if isinstance(event, ScalarEvent) and re.search("[\ud800-\udfff]", event.value):
        raise MarkedYAMLError(problem="unknown escape", problem_mark=event.start_mark)
    return event


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1
