"""Cell text to LeadSquared text: one function per kind of value.

Each takes what a person sees in a cell and returns what is sent, or raises Bad, whose text ends the sentence
that the cell's place begins. A new kind is one function and one line of KINDS.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email

from importer.account_schema import AccountUser
from importer.cell_text import Bad, clean, quoted
from importer.choices import chooser, parter, several, translator
from importer.dates import date_reader, datetime_reader
from importer.numbers import integer, number
from importer.owners import owner_reader
from importer.phones import phone_reader

Convert = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ValueRules:
    """What a mapping says about the values of one source, in the words of the mapping file."""

    values: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    separator: str = ";"
    region: str | None = None
    formats: tuple[str, ...] = ()
    day_first: bool | None = None
    time_zone: str = "UTC"
    min: Decimal | None = None
    max: Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    users: tuple[AccountUser, ...] | None = None


def converter(kind: str, rules: ValueRules) -> Convert:
    """The function that turns a cell of this kind into what is sent, or raises Bad.

    A text in which nothing can be seen gives "", and so does one that `values` translate to nothing. Words
    (text, choice, multi_choice) that have `values` or `choices` must be one of these; what other kinds do not
    translate, they read. Raises ValueError for rules that cannot be, such as an unknown region.
    """
    translate = translator(rules.values) if rules.values else None
    read, limits = KINDS[kind](rules), _limits(rules)

    def convert(cell: str) -> str:
        text = translate(clean(cell)) if translate else clean(cell)
        if not text or text.isspace():
            return ""
        value = read(text)
        if limits and (broken := [(code, said) for code, said, holds in limits if not holds(value)]):
            reasons = " and ".join(said for _, said in broken)
            raise Bad(broken[0][0], f"{quoted(cell)} {reasons}")
        return value

    return convert


_LIMITS: tuple[tuple[str, str, str, Callable[[Any, str], bool]], ...] = (
    ("min", "NUMBER-SMALL", "is less than {}", lambda least, value: Decimal(value) >= least),
    ("max", "NUMBER-LARGE", "is more than {}", lambda most, value: Decimal(value) <= most),
    ("min_length", "TEXT-SHORT", "has fewer than {} characters", lambda least, value: len(value) >= least),
    ("max_length", "TEXT-LONG", "has more than {} characters", lambda most, value: len(value) <= most),
    (
        "pattern",
        "PATTERN-BROKEN",
        "does not fit the pattern {}",
        lambda pattern, value: bool(re.fullmatch(pattern, value)),
    ),
)


def _limits(rules: ValueRules) -> list[tuple[str, str, Callable[[str], bool]]]:
    declared = [(getattr(rules, name), code, said, holds) for name, code, said, holds in _LIMITS]
    return [
        (code, said.format(bound), partial(holds, bound))
        for bound, code, said, holds in declared
        if bound is not None
    ]


_PLAIN_EMAIL = re.compile(r"(?=.{3,254}$)[\w+-]+(?:\.[\w+-]+)*@([\w.-]+)", re.ASCII)


def email(cell: str) -> str:
    """An e-mail address as typed, without the space around it."""
    address = cell.strip()
    plain = _PLAIN_EMAIL.fullmatch(address)
    if plain and _email_fault(f"a@{plain[1]}") is None:
        return address
    if fault := _email_fault(address):
        raise Bad(
            "EMAIL-INVALID", f"{quoted(cell)} is not an e-mail address such as asha@example.com ({fault})"
        )
    return address


@lru_cache(maxsize=4096)
def _email_fault(address: str) -> str | None:
    # Checking takes long beside all else in a row, and most addresses share their domain with many others.
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error).strip().removesuffix(".")
    return None


_WORDS_FOR = {
    "true": ("true", "yes", "y", "t", "on", "1", "✓", "✔"),
    "false": ("false", "no", "n", "f", "off", "0", "✗", "✘"),
}
_BOOLEANS = {word: sent for sent, words in _WORDS_FOR.items() for word in words}


def boolean(cell: str) -> str:
    """`true` or `false`, from the words that people use."""
    try:
        return _BOOLEANS[cell.strip().casefold()]
    except KeyError:
        raise Bad("BOOLEAN-UNKNOWN", f"{quoted(cell)} is neither yes nor no") from None


_GUID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


def guid(cell: str) -> str:
    """A GUID in small letters, without the braces that some programs write around it."""
    text = cell.strip()
    bare = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if not _GUID.fullmatch(bare):
        raise Bad("GUID-INVALID", f"{quoted(cell)} is not an id such as 0f8fad5b-d9cb-469f-a165-70867728950e")
    return bare.lower()


def _words(rules: ValueRules) -> Convert | None:
    options = rules.choices or tuple(rules.values.values())
    return chooser(options, shown=filter(None, (*options, *rules.values))) if options else None


def _multi_choice(rules: ValueRules) -> Convert:
    parts_of = parter(rules.separator, (*rules.choices, *rules.values, *rules.values.values()))
    return several(parts_of, translator(rules.values), _words(rules) or str)


KINDS: dict[str, Callable[[ValueRules], Convert]] = {
    "text": lambda rules: _words(rules) or str,
    "email": lambda _: email,
    "phone": lambda rules: phone_reader(rules.region),
    "number": lambda _: number,
    "integer": lambda _: integer,
    "boolean": lambda _: boolean,
    "date": lambda rules: date_reader(rules.formats, rules.day_first),
    "datetime": lambda rules: datetime_reader(rules.formats, rules.day_first, ZoneInfo(rules.time_zone)),
    "choice": lambda rules: _words(rules) or str.strip,
    "multi_choice": _multi_choice,
    "guid": lambda _: guid,
    "owner": lambda rules: owner_reader(rules.users),
}
