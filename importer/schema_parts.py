"""What editors are told of single values: JSON Schema of the sorts of text that a mapping file holds.

An editor takes 12 and true for a number and a truth value; for the importer every value is the text as
written, and quotes around it change nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Part = dict[str, Any]

ANY_TEXT: Part = {"type": ["string", "number", "boolean"]}
NAME: Part = ANY_TEXT | {"pattern": r"\S"}

_PIECES = r"[^{}]|\{\{|\}\}"
_COLUMN = r"\{[^{}]*[^{}\s][^{}]*\}"
TEMPLATE: Part = ANY_TEXT | {"pattern": f"^(?:{_PIECES}|{_COLUMN})*$"}
WITH_COLUMNS: Part = {"type": "string", "pattern": f"^(?:{_PIECES})*(?:{_COLUMN}(?:{_PIECES})*)+$"}

DATE_FORMAT: Part = {
    "type": "string",
    "pattern": r"^(?=.*%d)(?=.*%[mbB])(?=.*%[Yy])(?:[^%]|%[dmbBYyHIMSfpzZaA%])*$",
}
REGION: Part = {"type": "string", "pattern": "^[A-Z]{2}$"}
SCHEMA_NAMES: Part = {"propertyNames": {"pattern": r"^\S+$"}}
NAMES: Part = {"propertyNames": {"pattern": r"\S"}}

_AN_AMOUNT = r"^\s*[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?\s*$"
AMOUNT: Part = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _AN_AMOUNT}]}


def several(part: Part, least: int = 0) -> Part:
    """One such value, or a list of them."""
    return {"anyOf": [part, {"type": "array", "items": part} | ({"minItems": least} if least else {})]}


def one_of(words: Sequence[str], pattern: str) -> Part:
    """One of the words, which an editor offers, or another text like this."""
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": pattern}]}


def whole(least: int, most: int | None = None) -> Part:
    """A whole number in digits; `least` is 0 or 1."""
    bounds = {"minimum": least} | ({"maximum": most} if most else {})
    digits = r"[0-9_]*[1-9][0-9_]*" if least else r"[0-9][0-9_]*"
    return {"anyOf": [{"type": "integer"} | bounds, {"type": "string", "pattern": rf"^\+?{digits}$"}]}


def _in_any_case(words: Iterable[str]) -> str:
    return "|".join("".join(f"[{letter}{letter.upper()}]" for letter in word) for word in words)


_TRUTHS = ("true", "t", "yes", "y", "on", "false", "f", "no", "n", "off")
TRUTH: Part = {
    "anyOf": [
        {"type": "boolean"},
        {"enum": [0, 1, "0", "1"]},
        {"type": "string", "pattern": f"^(?:{_in_any_case(_TRUTHS)})$"},
    ]
}
VERSION: Part = {"enum": [1, "1"]}
