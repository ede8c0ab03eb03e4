"""Of which kind the values of a column are, told by the readers that a check uses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from importer.cell_text import Bad
from importer.choice_guess import Counts, guess_choice, guess_several
from importer.column_tally import Seen
from importer.date_guess import AS_DATES, Dates, guess_dates
from importer.mapping_source import Kind
from importer.phone_guess import Phones, guess_phones, is_read_by
from importer.remarks import oddity
from importer.values import ValueRules, converter

# An even choice of so many decides; the others are then read as the kind that it is.
_DECIDE = 1_000
_MOSTLY, _CLEARLY = 0.6, 0.8


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column looks like. `options` and `values` are those of ColumnProfile."""

    kind: Kind = "text"
    options: Mapping[str, object] = field(default_factory=dict)
    values: Counts = ()
    dates: Dates | None = None
    phones: Phones | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that is not of the kind that its column is."""

    seen: Seen
    code: str
    message: str


def guess_kind(heading: str, values: Sequence[Seen]) -> Guess:
    """values: the different ones of a column, or an even choice of them."""
    meant = [value for value in values if not oddity(value.text)]
    if not meant:
        return Guess()
    # Evenly over the sheet, so that a change in the middle of it is seen.
    texts = [value.text for value in meant[:: 1 + len(meant) // _DECIDE]]
    guesses: tuple[Callable[[], Guess | None], ...] = (
        lambda: _by_share("guid", texts, _MOSTLY),
        lambda: _by_share("email", texts, _MOSTLY),
        lambda: _boolean(meant),
        lambda: _date(texts),
        lambda: _phone(heading, texts),
        lambda: _number(texts),
        lambda: _several(meant),
        lambda: _choice(heading, meant),
    )
    return next((found for guess in guesses if (found := guess())), Guess())


def misfits(guess: Guess, values: Sequence[Seen]) -> Iterator[Misfit]:
    """The values that a mapping with this kind and these options would refuse, and why."""
    rules: dict[str, Any] = dict(guess.options)
    read = converter(guess.kind, ValueRules(**rules))
    for value in values:
        try:
            read(value.text)
        except Bad as bad:
            yield Misfit(value, bad.code, str(bad))


def share_that_fits(values: Sequence[Seen], refused: Sequence[Misfit]) -> float:
    """The share of the values that are of the kind, 0 to 1; an ambiguous date is a date."""
    others = sum(misfit.code not in AS_DATES for misfit in refused)
    return 1 - others / len(values) if values else 1.0


def _by_share(kind: Kind, texts: Sequence[str], share: float) -> Guess | None:
    read = is_read_by(converter(kind, ValueRules()))
    return Guess(kind) if sum(map(read, texts)) >= share * len(texts) else None


def _boolean(values: Sequence[Seen]) -> Guess | None:
    words = {value.text.casefold() for value in values}
    # A column of nothing but 1 counts something, more likely, and one of nothing but n is a mark.
    if len(words) != 2 or not all(map(is_read_by(_BOOLEAN), words)):
        return None
    return Guess("boolean")


_BOOLEAN = converter("boolean", ValueRules())


def _date(texts: Sequence[str]) -> Guess | None:
    dates = guess_dates(texts)
    if dates is None:
        return None
    return Guess("datetime" if dates.has_times else "date", dates.options, dates=dates)


def _phone(heading: str, texts: Sequence[str]) -> Guess | None:
    phones = guess_phones(heading, texts)
    if phones is None:
        return None
    return Guess("phone", {"region": phones.region} if phones.region else {}, phones=phones)


def _number(texts: Sequence[str]) -> Guess | None:
    # Zeros in front, and more digits than a number keeps, are those of an identifier.
    coded = [
        text for text in texts if text.isdigit() and ((text[0] == "0" and len(text) > 1) or len(text) > 15)
    ]
    if 20 * len(coded) > len(texts):
        return None
    whole = sum(map(is_read_by(converter("integer", ValueRules())), texts))
    broken = sum(map(is_read_by(converter("number", ValueRules())), texts))
    if broken < _CLEARLY * len(texts):
        return None
    return Guess("integer" if whole == broken else "number")


def _several(values: Sequence[Seen]) -> Guess | None:
    separator, counts = guess_several(values)
    return Guess("multi_choice", {"separator": separator}, counts) if separator else None


def _choice(heading: str, values: Sequence[Seen]) -> Guess | None:
    counts = guess_choice(heading, values)
    return Guess("choice", {}, counts) if counts else None
