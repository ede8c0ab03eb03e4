"""Columns of a sheet, each given the place that the account itself has for it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from importer.account_schema import NOTE as NOTE_FIELD
from importer.account_schema import AccountSchema, SchemaField
from importer.account_several import USUAL, separator_of, words_of
from importer.choices import fold as fold_choice
from importer.field_faults import label
from importer.fitting_kinds import suited
from importer.folding import fold
from importer.guesses import Guess, Left, can_be_in_note, described, guess
from importer.mapping import Kind
from importer.naming import ATTRIBUTES, FIELDS
from importer.profile import ColumnProfile
from importer.seats import MOST_COLUMNS, Seat, Seating, choices_of, settings_of
from importer.synonyms import (
    DATE_TIME,
    FIELD,
    FULL_NAME,
    HEADINGS,
    NOTE,
    OF_THE_OPPORTUNITY,
    OWNER,
    STAGE,
    STATUS,
    TITLE,
    known_as,
)
from importer.yaml_lines import Keys

_NEARLY = 0.7
_NAMED = 3
_CALLED = {TITLE: ("Opportunity Name", "Deal Name"), STAGE: ("Stage", "Opportunity Stage")}
_ANY = ("text", "owner", "choice", "multi_choice")
_AS_GOOD = {("integer", "number"), ("date", "datetime"), ("datetime", "date"), ("text", "choice")}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column may go. field: what the account says of it, where it says anything."""

    keys: Keys
    rank: int
    field: SchemaField | None = None
    why: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def seated_by_account(columns: Sequence[ColumnProfile], account: AccountSchema, event_code: int) -> Seating:
    """As `seated`, with no made-up names. Of two columns for one place that with the better name gets it."""
    counts = Counter(column.heading for column in columns)
    twins = {heading for heading, count in counts.items() if count > 1}
    places = _Places(account, event_code)
    found: list[tuple[ColumnProfile, _Place]] = []
    left: list[Left] = []
    for column in columns[:MOST_COLUMNS]:
        first = guess(column, twins)
        if isinstance(first, Left) and not first.may_be_field:
            left.append(first)
        elif place := places.of(column, first):
            found.append((column, place))
        else:
            left.append(Left(column, (places.why_none(column), *described(column)), may_be_field=True))
    seats: dict[Keys, Seat] = {}
    for column, place in sorted(found, key=lambda one: (one[1].rank, -one[0].filled, one[0].place)):
        if taken := seats.get(place.keys):
            why = (f"{place.keys[-1]} is taken by {taken.column.heading!r}", *described(column))
            left.append(Left(column, why, may_be_field=True))
        else:
            seats[place.keys] = _seat(column, place)
    in_order = sorted(seats.values(), key=lambda seat: seat.column.place)
    left.sort(key=lambda one: one.column.place)
    return Seating(tuple(in_order), tuple(left), max(0, len(columns) - MOST_COLUMNS))


class _Places:
    """All places of the account, by the names that people give them."""

    def __init__(self, account: AccountSchema, event_code: int) -> None:
        fields = account.fields.get(event_code, ())
        self._rooms: dict[Keys, tuple[SchemaField, ...]] = {
            ATTRIBUTES: account.attributes or (),
            FIELDS: fields,
        }
        self._by_name: dict[str, list[tuple[Keys, SchemaField]]] = {}
        self._of_note: set[str] = set()
        for room, known in self._rooms.items():
            for field in (field for field in known if not field.is_read_only):
                if field.schema_name == NOTE_FIELD:
                    self._of_note |= _names(field)
                    continue
                for name in _names(field):
                    self._by_name.setdefault(name, []).append((room, field))

    def of(self, column: ColumnProfile, first: Guess | Left) -> _Place | None:
        named = self._by_its_name(column)
        if named or self._read_only(column):
            return named
        if fold(column.heading) in self._of_note and can_be_in_note(column):
            return _Place(("opportunity", NOTE), 0, None, (), ())
        return (
            self._by_synonym(column, first)
            or self._by_another_word(column)
            or self._by_nearly_its_name(column)
            or self._by_values(first)
        )

    def why_none(self, column: ColumnProfile) -> str:
        """Why the column has no place."""
        field = self._read_only(column)
        if field is None:
            return "LeadSquared has nothing of this name"
        return f"{field.display_name or field.schema_name} is read-only in LeadSquared"

    def _read_only(self, column: ColumnProfile) -> SchemaField | None:
        """What the heading names or means, and nobody can write."""
        meant = known_as(column.heading)
        names = {fold(column.heading), fold(meant.place) if meant else ""}
        for field in (field for known in self._rooms.values() for field in known if field.is_read_only):
            if _names(field) & names:
                return field
        return None

    def _by_its_name(self, column: ColumnProfile) -> _Place | None:
        found = self._by_name.get(fold(column.heading), [])
        if not found:
            return None
        known = known_as(column.heading)
        is_lead = known is not None and known.place not in OF_THE_OPPORTUNITY

        def is_exact(one: tuple[Keys, SchemaField]) -> bool:
            return column.heading in (one[1].schema_name, one[1].display_name)

        # Stable: of one room the first in the account's order, unless another is written just so.
        best, *others = sorted(found, key=lambda one: ((one[0] == ATTRIBUTES) != is_lead, not is_exact(one)))
        room, field = best
        alike = (other for other in others if other[0] != room or is_exact(other) == is_exact(best))
        doubts = tuple(f"{label(other)} has this name too" for _, other in alike)
        return _Place((*room, field.schema_name), 0, field, (), doubts)

    def _by_synonym(self, column: ColumnProfile, first: Guess | Left) -> _Place | None:
        known = known_as(column.heading)
        if known is None:
            return None
        doubts = (f"the heading is only nearly {known.like!r}",) if known.is_close else ()
        if known.place in (NOTE, DATE_TIME):
            if not isinstance(first, Guess) or first.place != known.place:
                return None
            return _Place(("opportunity", known.place), 1, None, (), first.doubts)
        if known.place in (STATUS, OWNER):
            return _Place((*FIELDS, known.place), 1, self._field(FIELDS, known.place), (), doubts)
        if known.place in _CALLED:
            return self._called(known.place, doubts)
        name = "FirstName" if known.place == FULL_NAME else known.place
        if known.place == FULL_NAME:
            doubts = (*doubts, "a whole name cannot be parted for sure, so all of it becomes the first name")
        field = self._field(ATTRIBUTES, name)
        return _Place((*ATTRIBUTES, name), 1, field, (), doubts) if field else None

    def _called(self, place: str, doubts: tuple[str, ...]) -> _Place | None:
        for name in _CALLED[place]:
            for room, field in self._by_name.get(fold(name), ()):
                if room == FIELDS:
                    return _Place((*FIELDS, field.schema_name), 1, field, (), (*doubts, f"it is {place}"))
        return None

    def _by_another_word(self, column: ColumnProfile) -> _Place | None:
        """A heading that means the same as the name of a place."""
        known = known_as(column.heading)
        words = (known.like, *HEADINGS.get(known.place, ())) if known and known.place != FIELD else ()
        for word in (known.like, *words) if known else ():
            for room, field in self._by_name.get(fold(word), ()):
                return _Place((*room, field.schema_name), 2, field, (), (f"the heading is like {word!r}",))
        return None

    def _by_nearly_its_name(self, column: ColumnProfile) -> _Place | None:
        close = get_close_matches(fold(column.heading), self._by_name, n=1, cutoff=_NEARLY)
        if not close:
            return None
        room, field = self._by_name[close[0]][0]
        return _Place((*room, field.schema_name), 2, field, (), ("the heading is only nearly that name",))

    def _by_values(self, first: Guess | Left) -> _Place | None:
        if not isinstance(first, Guess) or not (field := self._field(ATTRIBUTES, first.place)):
            return None
        return _Place((*ATTRIBUTES, first.place), 3, field, first.why, first.doubts)

    def _field(self, room: Keys, name: str) -> SchemaField | None:
        writable = (each for each in self._rooms[room] if not each.is_read_only)
        return next((each for each in writable if each.schema_name == name), None)


def _names(field: SchemaField) -> set[str]:
    return {fold(field.schema_name), fold(field.display_name)} - {""}


def _seat(column: ColumnProfile, place: _Place) -> Seat:
    kind = _kind(column, place)
    settings = {name: said for name, said in settings_of(column, kind) if name != "choices"}
    doubts = (*place.doubts, *_doubts(column, kind, place.field))
    if kind == "multi_choice" and (separator := separator_of(column, place.field)) not in ("", USUAL):
        settings["separator"] = separator
    shown = place.field.display_name if place.field else ""
    names = (shown,) if shown and shown != place.keys[-1] else ()
    why = (*names, *(place.why or described(column)))
    return Seat(column, place.keys, kind, settings, why, doubts, bool(doubts))


def _kind(column: ColumnProfile, place: _Place) -> Kind:
    if place.field is None:
        return {DATE_TIME: "datetime", OWNER: "owner", STATUS: "choice"}.get(str(place.keys[-1]), "text")  # type: ignore[return-value]
    # Its options check a text as well, and a text can stand without the account.
    kinds = tuple(kind for kind in suited(place.field) if kind not in ("choice", "multi_choice"))
    if place.field.options and "multi_choice" in suited(place.field):
        # As a text, a cell with several of them would be none.
        return "multi_choice"
    if "guid" in kinds and column.kind == "guid":
        return "guid"
    return column.kind if column.kind in kinds else kinds[0] if kinds else "text"  # type: ignore[return-value]


def _doubts(column: ColumnProfile, kind: Kind, field: SchemaField | None) -> Iterator[str]:
    if field and field.options:
        options = {fold_choice(option) for option in field.options}
        separator = separator_of(column, field)
        is_several = kind == "multi_choice"
        words = words_of(column, separator) if is_several else choices_of(column) or column.samples
        if kind == "multi_choice" and column.filled and not separator:
            yield f"several options in a cell are taken to be parted by {USUAL} (see separator:)"
        strange = [word for word in words if fold_choice(word) not in options]
        if strange:
            rest = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
            listed = f"{', '.join(map(repr, strange[:_NAMED]))}{rest}"
            yield f"not among LeadSquared's options: {listed} (translate with values:)"
    elif column.filled and (column.kind, kind) not in _AS_GOOD and kind not in (*_ANY, column.kind):
        yield f"LeadSquared takes kind {kind} here, and the cells look like {column.kind}"
