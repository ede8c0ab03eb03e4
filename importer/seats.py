"""Guessed columns, each given a place of its own in the mapping."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from importer.cell_names import column_letter
from importer.cell_text import clean, quoted
from importer.choices import fold as fold_choice
from importer.folding import fold
from importer.guesses import WANTED, Guess, Left, guess
from importer.mapping import Kind
from importer.profile import ColumnProfile
from importer.synonyms import DATE_TIME, FIELD, FULL_NAME, NOTE, STAGE, STATUS, TITLE
from importer.yaml_lines import Keys
from importer.yaml_text import Setting

_ELSEWHERE = {
    **{"Phone": "Mobile", "Mobile": "Phone"},
    **dict.fromkeys((DATE_TIME, TITLE, STAGE, STATUS), FIELD),
}
"""Where a column goes whose place is taken by a better one."""

_NUMBERS = {TITLE: 1, STAGE: 2}
_FIRST_NUMBER, _OF_STATUS_COMMENTS = 3, 19
MOST_COLUMNS, _MOST_FIELDS = 200, 40
_FITS = 0.8
_OPEN_OR_CLOSED = ("Open", "Won", "Lost")


@dataclass(frozen=True, slots=True)
class Seat:
    """A column at its place.

    keys:     of the place, as in the mapping.
    settings: what the mapping says of it beside `column`, `kind` and `confirm`.
    """

    column: ColumnProfile
    keys: Keys
    kind: Kind
    settings: Mapping[str, Setting]
    why: tuple[str, ...]
    doubts: tuple[str, ...]
    confirm: bool


@dataclass(frozen=True, slots=True)
class Seating:
    """Every column of a sheet, once: seated, or left with the reason. `more` were not even looked at."""

    seats: tuple[Seat, ...]
    left: tuple[Left, ...]
    more: int = 0


def seated(columns: Sequence[ColumnProfile]) -> Seating:
    """Of two columns for one place the better one gets it."""
    counts = Counter(column.heading for column in columns)
    twins = {heading for heading, count in counts.items() if count > 1}
    guesses = [guess(column, twins) for column in columns[:MOST_COLUMNS]]
    left = [one for one in guesses if isinstance(one, Left)]
    seats = _Seats()
    placed = sorted((one for one in guesses if isinstance(one, Guess)), key=_by_rank)
    # All at their own place first, so that nobody who has to move takes another's.
    displaced = [one for one in placed if not seats.take(one)]
    left += [seats.refused(one) for one in displaced if not seats.take_another(one)]
    left.sort(key=lambda one: one.column.place)
    in_order = sorted(seats.numbered(), key=lambda seat: seat.column.place)
    return Seating(tuple(in_order), tuple(left), max(0, len(columns) - MOST_COLUMNS))


def _by_rank(one: Guess) -> tuple[bool, int, int, int]:
    # A column without values is worth less than any other.
    return (not one.column.filled, one.rank, -one.column.filled, one.column.place)


class _Seats:
    """The places, and who has them."""

    def __init__(self) -> None:
        self._taken: dict[str, Guess] = {}
        self._fields: list[Guess] = []

    def take(self, one: Guess) -> bool:
        """Whether there was room at its own place."""
        if one.place == FIELD:
            if len(self._fields) == _MOST_FIELDS:
                return False
            self._fields.append(one)
            return True
        place = "FirstName" if one.place == FULL_NAME else one.place
        if place in self._taken:
            return False
        self._taken[place] = replace(one, place=place)
        return True

    def take_another(self, one: Guess) -> bool:
        """Whether there was room where a column goes whose place is taken."""
        place = one.place
        other = _ELSEWHERE.get(place)
        if other is None or (other in self._taken and other != FIELD):
            return False
        if other == FIELD:
            return self.take(replace(one, place=FIELD))
        doubt = f"{place} is taken by {quoted(self._taken[place].column.heading)}"
        self._taken[other] = replace(one, place=other, doubts=(*one.doubts, doubt))
        return True

    def refused(self, one: Guess) -> Left:
        holder = self._taken.get("FirstName" if one.place == FULL_NAME else one.place)
        if holder is None:
            return Left(one.column, ("there are too many columns of its sort", *one.why), may_be_field=True)
        said = f"{one.place} is taken by {quoted(holder.column.heading)}"
        return Left(one.column, (said, *one.why), may_be_field=one.place not in WANTED)

    def numbered(self) -> Iterator[Seat]:
        """All seats; those of an account's own fields have numbers, which only the account knows."""
        for place, one in self._taken.items():
            yield _seat(one, _keys(place))
        numbers = free_numbers()
        for one in sorted(self._fields, key=lambda field: field.column.place):
            yield _seat(one, ("opportunity", "fields", f"mx_Custom_{next(numbers)}"))


def free_numbers(used: Iterable[str] = ()) -> Iterator[int]:
    """Numbers for fields of which nobody knows the number; the first have a meaning in most accounts."""
    names, number = set(used), _FIRST_NUMBER
    while True:
        if number != _OF_STATUS_COMMENTS and f"mx_Custom_{number}" not in names:
            yield number
        number += 1


def _keys(place: str) -> Keys:
    if place in (DATE_TIME, NOTE):
        return ("opportunity", place)
    if place in _NUMBERS:
        return ("opportunity", "fields", f"mx_Custom_{_NUMBERS[place]}")
    if place in (STATUS, "Owner"):
        return ("opportunity", "fields", place)
    return ("lead", "attributes", place)


def field_for(left: Left, number: int) -> Seat:
    """The seat that this column would have as the account's own field of this number."""
    place = Guess(left.column, FIELD, 0, (f"column {column_letter(left.column.place)}", *left.why))
    return _seat(place, ("opportunity", "fields", f"mx_Custom_{number}"))


def _seat(one: Guess, keys: Keys) -> Seat:
    kind = _kind(one, keys)
    settings = dict(settings_of(one.column, kind))
    doubts = one.doubts
    if one.place == STATUS:
        settings["choices"], seen = _statuses(one.column)
        doubts = doubts if seen else (*doubts, "see that the choices are those of your opportunity type")
    elif "choices" in settings:
        doubts = (*doubts, "these are the words of the sheet: write LeadSquared's choices in their place")
    if one.place == DATE_TIME:
        doubts = (*doubts, "see that time_zone is right: LeadSquared gets UTC")
    is_numbered = str(keys[-1]).startswith("mx_Custom_")
    return Seat(one.column, keys, kind, settings, one.why, doubts, bool(doubts) or is_numbered)


def _statuses(column: ColumnProfile) -> tuple[tuple[str, ...], bool]:
    """The choices of a status, and whether the sheet has nothing but these that every account has."""
    found = choices_of(column) if column.kind == "choice" else ()
    is_usual = bool(found) and {*map(fold, found)} <= {*map(fold, _OPEN_OR_CLOSED)}
    return (_OPEN_OR_CLOSED if is_usual or not found else found), is_usual


def _kind(one: Guess, keys: Keys) -> Kind:
    column, place = one.column, one.place
    if place in WANTED:
        return WANTED[place][0]
    if place == STATUS:
        return "choice"
    if place.startswith("DoNot"):
        return "boolean" if column.kind == "boolean" else "text"
    if place == "mx_Date_Of_Birth":
        return "date" if column.kind in ("date", "datetime") else "text"
    if keys[0] == "opportunity" and place != NOTE and column.fits >= _FITS:
        is_choice = column.kind in ("choice", "multi_choice")
        return "text" if is_choice and not choices_of(column) else column.kind
    return "text"


_OPTIONS: dict[Kind, tuple[str, ...]] = {
    "phone": ("region",),
    "date": ("formats",),
    "datetime": ("formats",),
    "multi_choice": ("separator",),
}


def settings_of(column: ColumnProfile, kind: Kind) -> Iterator[tuple[str, Setting]]:
    """What the mapping says of a column of this kind beside that, as its cells have it."""
    for option in _OPTIONS.get(kind, ()):
        value = column.options.get(option)
        if isinstance(value, str | tuple) and value:
            yield option, value
    if kind in ("choice", "multi_choice"):
        yield "choices", choices_of(column)


def choices_of(column: ColumnProfile) -> tuple[str, ...]:
    """The words of a choice, each in one spelling."""
    words: dict[str, str] = {}
    for value, _ in column.values:
        text = clean(value).strip()
        if text:
            words.setdefault(fold_choice(text), text)
    return tuple(words.values())
