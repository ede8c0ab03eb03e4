"""A mapping file's tree → the model: faults of shape, in the words of the person who wrote the file.

What cannot be read gets a stand-in, so that everything else is still looked at and all faults come at once.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from importer.mapping_model import Lead, Mapping, Opportunity
from importer.mapping_source import FieldSource, Source
from importer.mapping_texts import did_you_mean, nearest
from importer.yaml_lines import Document, Fault, Keys, Tree

EXAMPLES = {
    "version": "write version: 1 at the top",
    "lead": "write lead: and below it search_by and attributes",
    "search_by": "write search_by: EmailAddress, or another unique attribute",
    "attributes": "write attributes: and below it such as EmailAddress: Email",
    "opportunity": "write opportunity: and below it event_code",
    "event_code": "write event_code: and the number of the opportunity type, such as 12000",
}
BELOW = "{found} cannot stand here (write the settings below it, one `name: value` on each line)"
TEXT = "{found} cannot stand here (a text is wanted; put quotes around a text with braces or brackets)"
SENTENCES = {
    "string_type": TEXT,
    "tuple_type": "{found} cannot stand here (write one name, or several as [One, Two])",
    "dict_type": BELOW,
    "model_type": BELOW,
    "model_attributes_type": BELOW,
    "bool_type": "{found} is neither true nor false (write one of them)",
    "bool_parsing": "{found} is neither true nor false (write one of them)",
    "int_type": "{found} is not a whole number (write it in digits)",
    "int_parsing": "{found} is not a whole number (write it in digits)",
    "decimal_type": "{found} is not a number (write it such as 1500.50)",
    "decimal_parsing": "{found} is not a number (write it such as 1500.50)",
    "finite_number": "{found} is not a number (write it such as 1500.50)",
    "greater_than_equal": "{found} is too small (write {ge} or more)",
    "less_than_equal": "{found} is too large (write {le} or less)",
    "too_short": "nothing is in it (write at least one)",
    "string_too_short": "nothing is between the quotes (write at least one character)",
}
STAND_INS: dict[Keys, Tree] = {
    ("version",): "1",
    ("lead",): {"search_by": "EmailAddress", "attributes": {"EmailAddress": "?"}},
    ("lead", "search_by"): "EmailAddress",
    ("opportunity",): {"event_code": "1"},
    ("opportunity", "event_code"): "1",
    ("opportunity", "note"): "?",
    ("opportunity", "reference"): "none",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The mapping with stand-ins in its `broken` parts, and what is wrong there."""

    mapping: Mapping
    faults: tuple[Fault, ...] = ()
    broken: frozenset[Keys] = frozenset()

    def is_broken(self, keys: Keys) -> bool:
        return any(keys[: len(part)] == part for part in self.broken)


def read_shape(document: Document, path: Path) -> Shape:
    """What the document says, as far as it can be read; `document.tree` is a block."""
    context = (path, document)
    details: list[ErrorDetails] = []
    try:
        mapping = Mapping.model_validate(document.tree, context=context)
    except ValidationError as error:
        details = error.errors(include_url=False)  # at least one, so that something is broken
    wrong = {*(fault.keys for fault in document.faults), *(each["loc"] for each in details)}
    broken = frozenset(_part(keys) for keys in wrong if keys)
    if broken:
        mapping = Mapping.model_validate(_mended(document.tree, broken), context=context)
    return Shape(mapping, (*_of_the_text(document, details), *_of_the_shape(document, details)), broken)


def _part(keys: Keys) -> Keys:
    """The smallest part of the mapping around these keys that can be taken out: a setting or a source."""
    match keys:
        case ("lead", "attributes", _, *_):
            return keys[:3]
        case ("lead", "attributes"):
            return keys[:1]
        case ("opportunity", "fields", _, *_):
            end = 3
            while keys[end : end + 1] == ("fields",) and len(keys) > end + 1:
                end += 2
            return keys[:end]
        case ("lead" | "opportunity", _, *_):
            return keys[:2]
    return keys[:1]


def _of_the_text(document: Document, details: Iterable[ErrorDetails]) -> Iterator[Fault]:
    """The faults met in reading, but for those inside something that cannot stand there at all."""
    wrong = {each["loc"] for each in details}
    for fault in document.faults:
        if not any(fault.keys[:end] in wrong for end in range(len(fault.keys))):
            yield fault


def _of_the_shape(document: Document, details: Iterable[ErrorDetails]) -> Iterator[Fault]:
    """The faults of shape, but for names that only seem missing: left empty, or misspelt."""
    unknown = [each["loc"] for each in details if each["type"] == "extra_forbidden"]
    misspelt = {(*keys[:-1], nearest(str(keys[-1]), _names(keys[:-1]))) for keys in unknown}
    told = {fault.keys for fault in document.faults}
    for each in details:
        seems_missing = each["type"] == "missing" and each["loc"] in misspelt
        if not seems_missing and each["loc"] not in told:
            yield Fault(document.line(each["loc"]), each["loc"], _sentence(each))


def _names(keys: Keys) -> Iterable[str]:
    """What may stand below these keys."""
    match keys:
        case ():
            return Mapping.model_fields
        case ("lead",):
            return Lead.model_fields
        case ("opportunity",):
            return Opportunity.model_fields
        case ("opportunity", "fields", *_):
            return FieldSource.model_fields
    return Source.model_fields


def _sentence(details: ErrorDetails) -> str:
    match details["type"]:
        case "missing":
            return f"is missing ({EXAMPLES[str(details['loc'][-1])]})"
        case "extra_forbidden":
            return _unknown_name(details["loc"])
        case "literal_error":
            return _not_a_word(details)
        case "value_error":
            return str(details["ctx"]["error"])
    sentence = SENTENCES.get(details["type"], "{found} cannot be used here (see the sample mappings)")
    return sentence.format(found=_found(details["input"]), **details.get("ctx", {}))


def _unknown_name(keys: Keys) -> str:
    name, names = str(keys[-1]), _names(keys[:-1])
    for section, model in (("lead", Lead), ("opportunity", Opportunity), ("", Mapping)):
        if name in model.model_fields:
            home = f"below {section}:" if section else "at the left edge"
            return f"{name!r} does not belong here (write it {home})"
    listed = f"possible are {', '.join(names)}"
    return f"there is no {name!r} here ({did_you_mean(name, names, listed)})"


def _not_a_word(details: ErrorDetails) -> str:
    words = re.findall(r"'([^']*)'", details["ctx"]["expected"]) or [details["ctx"]["expected"]]
    found, listed = details["input"], ", ".join(words)
    if details["loc"][-1] == "kind":
        return f"{_found(found)} is not a kind ({did_you_mean(str(found), words, f'the kinds are {listed}')})"
    return (
        f"{_found(found)} is not possible here ({did_you_mean(str(found), words, f'possible are {listed}')})"
    )


def _found(given: Any) -> str:
    match given:
        case dict():
            return "a block with names of its own"
        case list():
            return "a list"
        case _:
            return repr(given) if len(str(given)) <= 60 else f"{str(given)[:60]!r}…"


def _mended(tree: Tree, broken: Iterable[Keys]) -> Tree:
    tree = deepcopy(tree)
    for keys in sorted(broken, key=len, reverse=True):
        _mend(tree, keys)
    return tree


def _mend(tree: Any, keys: Keys) -> None:
    for key in keys[:-1]:
        tree = tree.get(key)
        if not isinstance(tree, dict):
            return
    if keys in STAND_INS:
        tree[keys[-1]] = deepcopy(STAND_INS[keys])
    elif len(keys) > 2:
        tree[keys[-1]] = "?"
    else:
        tree.pop(keys[-1], None)
