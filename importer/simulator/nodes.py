"""A YAML file to a value, node by node, or to what is wrong with it and on which line."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

Read = Callable[[Any, str], Any]
"""From a node and its place (`faults.yaml, line 3`) to a value. Raises ValueError with a line per fault."""


def file(path: Path, read: Read) -> Any:
    """An empty file is as one without any names. Raises ValueError as `Read` does, and OSError."""
    # Only `importer simulate` with a file needs YAML here, and importing it takes time.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        document = YAML().load(path.read_text(encoding="utf-8-sig"))
    except YAMLError as error:
        raise ValueError(f"{path.name} is not YAML: {error}") from None
    return read({} if document is None else document, path.name)


def text(node: Any, place: str) -> str:
    if not isinstance(node, str):
        raise ValueError(f"{place}: {node!r} is not text (put it in quotes)")
    return str(node)


def flag(node: Any, place: str) -> bool:
    if not isinstance(node, bool):
        raise ValueError(f"{place}: {node!r} is neither true nor false")
    return node


def whole(node: Any, place: str) -> int:
    if not isinstance(node, int) or isinstance(node, bool) or node < 0:
        raise ValueError(f"{place}: {node!r} is not a whole number")
    return int(node)


def number(node: Any, place: str) -> float:
    value = signed(node, place)
    if value < 0:
        raise ValueError(f"{place}: {node!r} is below 0")
    return value


def signed(node: Any, place: str) -> float:
    if not isinstance(node, int | float) or isinstance(node, bool):
        raise ValueError(f"{place}: {node!r} is not a number")
    return float(node)


def one_of(words: Collection[str]) -> Read:
    def read(node: Any, place: str) -> str:
        if node not in words:
            raise ValueError(f"{place}: {node!r} is not known here (one of: {', '.join(words)})")
        return str(node)

    return read


def many(of: Read) -> Read:
    def read(node: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(node, list):
            raise ValueError(f"{place}: {node!r} is not a list, such as [a, b]")
        return tuple(_all(node, place, [(index, of, child) for index, child in enumerate(node)]).values())

    return read


def pair(of: Read) -> Read:
    def read(node: Any, place: str) -> tuple[Any, ...]:
        values: tuple[Any, ...] = many(of)(node, place)
        if len(values) != 2:
            raise ValueError(f"{place}: {len(values)} values are given where two are needed, such as [a, b]")
        return values

    return read


def several(of: Read) -> Read:
    """A list whose order means nothing."""
    return lambda node, place: frozenset(many(of)(node, place))


def by(name: Read, of: Read) -> Read:
    """Values by a name that is itself to be read."""

    def read(node: Any, place: str) -> dict[Any, Any]:
        children = _children(node, place)
        names = _all(node, place, [(key, name, key) for key in children])
        values = _all(node, place, [(key, of, child) for key, child in children.items()])
        return {names[key]: values[key] for key in children}

    return read


def record(make: type, **reads: Read) -> Read:
    """A dataclass by the names of its members."""

    def read(node: Any, place: str) -> Any:
        children = _children(node, place)
        members = [(key, reads.get(key, _unknown(key, reads)), child) for key, child in children.items()]
        values = _all(node, place, members)
        if missing := [name for name in _needed(make) if name not in values]:
            raise ValueError(f"{place}: {', '.join(missing)} is missing")
        try:
            return make(**values)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None

    return read


def _unknown(key: Any, known: Iterable[str]) -> Read:
    def refuse(_: Any, place: str) -> Any:
        raise ValueError(f"{place}: {key!r} is not known here (one of: {', '.join(known)})")

    return refuse


def _needed(make: type) -> list[str]:
    members = fields(make)
    return [member.name for member in members if member.default is member.default_factory is MISSING]


def _children(node: Any, place: str) -> dict[Any, Any]:
    if not isinstance(node, dict):
        raise ValueError(f"{place}: {node!r} is not a list of names with values, such as name: value")
    return node


def _all(node: Any, place: str, members: Iterable[tuple[Any, Read, Any]]) -> dict[Any, Any]:
    """Read every member (its key, how, and what), so that all that is wrong is said at once."""
    values, wrong = {}, []
    for key, of, member in members:
        try:
            values[key] = of(member, _place_of(key, node, place))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("\n".join(wrong))
    return values


def _place_of(key: Any, node: Any, place: str) -> str:
    positions = node.lc
    find = positions.item if isinstance(node, list) else positions.key
    return f"{place.partition(', line ')[0]}, line {find(key)[0] + 1}"
