"""What one column of a sheet most likely is in LeadSquared, and why."""

from collections.abc import Collection
from dataclasses import dataclass

from importer.cell_text import quoted
from importer.mapping import Kind
from importer.profile import ColumnProfile
from importer.spelling import counted
from importer.synonyms import DATE_TIME, FIELD, FULL_NAME, NOTE, OWNER, Known, known_as

WANTED: dict[str, tuple[Kind, ...]] = {
    "EmailAddress": ("email",),
    "Phone": ("phone",),
    "Mobile": ("phone",),
    "ProspectID": ("guid",),
    "OwnerId": ("guid",),
    OWNER: ("guid",),
    DATE_TIME: ("datetime", "date"),
}
"""What the values of these places have to be."""

_BY_VALUES: dict[Kind, str] = {"email": "EmailAddress", "phone": "Phone"}
_CLEARLY = 0.9

# Added to a rank: only the values speak for it, or against it.
_UNHEADED, _MISFIT, LONGEST_HEADING = 600, 1_000, 200

_LOOK_LIKE: dict[Kind, tuple[str, str]] = {
    "email": ("an e-mail address", "e-mail addresses"),
    "phone": ("a phone number", "phone numbers"),
    "number": ("a number", "numbers"),
    "integer": ("a whole number", "whole numbers"),
    "boolean": ("yes or no", "yes or no"),
    "date": ("a date", "dates"),
    "datetime": ("a date with a time", "dates with times"),
    "guid": ("an id", "ids"),
    "multi_choice": ("a list of choices", "lists of choices"),
}
_UNKNOWN_TO_US = "whether your account has this attribute, and by this name, only the account knows"
_USER = "as an owner it needs kind: owner, and the e-mail addresses or full names of users of LeadSquared"
_NO_IDS = {
    "ProspectID": "LeadSquared's id of a lead is such as 0f8fad5b-d9cb-469f-a165-70867728950e",
    "OwnerId": _USER,
    OWNER: _USER,
}
_OF_A_PLACE = {
    FULL_NAME: "a whole name cannot be parted for sure, so all of it becomes the first name",
    "mx_Date_Of_Birth": _UNKNOWN_TO_US,
    "mx_Gender": _UNKNOWN_TO_US,
    "ProspectStage": "LeadSquared stores whatever comes here: see that each value is a stage of your account",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A place for a column.

    rank:   of two columns for one place the one with the lower rank is better.
    why:    what speaks for it, as parts of a sentence.
    doubts: what a person has to see to, in the same way; () where it is sure.
    """

    column: ColumnProfile
    place: str
    rank: int
    why: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A column without a place.

    may_be_field: it could be a field of the opportunity, of which nobody can tell which.
    """

    column: ColumnProfile
    why: tuple[str, ...]
    may_be_field: bool = False


def guess(column: ColumnProfile, twins: Collection[str]) -> Guess | Left:
    """The best place for it. `twins` are the headings that the sheet has more than once."""
    if fault := _fault(column.heading, twins):
        return Left(column, (fault,))
    known = known_as(column.heading)
    misplaced = known is None or known.place == FULL_NAME or not _suits(column, known.place)
    if misplaced and (by_values := _by_values(column)):
        return by_values
    if is_counter(column):
        return Left(column, ("it only counts the rows",))
    if known is None:
        return Left(column, ("the heading is not known", *described(column)), may_be_field=True)
    return _placed(column, known)


def is_counter(column: ColumnProfile) -> bool:
    """Whether it numbers the rows of this sheet, so that another sheet has the same numbers."""
    is_full = column.kind == "integer" and not column.blank and column.distinct == column.filled
    return is_full and column.samples == tuple(map(str, range(1, len(column.samples) + 1)))


def _fault(heading: str, twins: Collection[str]) -> str:
    if not heading:
        return "it has no heading"
    if heading in twins:
        return "several columns have this heading (give each its own)"
    if len(heading) > LONGEST_HEADING:
        return "a heading as long as this is none"
    return ""


def _by_values(column: ColumnProfile) -> Guess | None:
    place = _BY_VALUES.get(column.kind)
    if not place or not column.filled or column.fits < _CLEARLY:
        return None
    doubt = "only its values speak for this, not its heading"
    return Guess(column, place, _UNHEADED, (described(column)[0],), (doubt,))


def _suits(column: ColumnProfile, place: str) -> bool:
    return not column.filled or column.kind in WANTED.get(place, (column.kind,))


def _placed(column: ColumnProfile, known: Known) -> Guess | Left:
    place, rank, suits = known.place, known.rank, _suits(column, known.place)
    why = ("known heading", *described(column))
    doubts: list[str] = []
    if known.is_close:
        why = why[1:]
        doubts += [f"the heading is only nearly {quoted(known.like)}"] * (not suits or place not in WANTED)
    if not suits and WANTED[place] == ("guid",):
        return Left(column, (_NO_IDS[place], *why), may_be_field=True)
    if not suits:
        rank += _MISFIT
        doubts.append(f"its cells do not look like {_LOOK_LIKE[WANTED[place][0]][1]}")
    if place in _OF_A_PLACE:
        doubts.append(_OF_A_PLACE[place])
    # A note has no way to be confirmed.
    is_no_note = place == NOTE and (known.is_close or not can_be_in_note(column))
    if (place == DATE_TIME and not suits) or is_no_note:
        place = FIELD
    return Guess(column, place, rank, why, tuple(doubts))


def can_be_in_note(column: ColumnProfile) -> bool:
    """A note names its columns in braces."""
    return not {"{", "}"} & {*column.heading}


def described(column: ColumnProfile) -> tuple[str, ...]:
    """What its cells hold, as parts of a sentence."""
    if not column.filled:
        return ("no cell is filled",)
    blank = (f"{column.blank:,} of {column.filled + column.blank:,} cells blank",) if column.blank else ()
    return (_values(column), *blank)


def _values(column: ColumnProfile) -> str:
    if column.kind == "choice":
        return f"it holds {counted(len(column.values), 'choice')}"
    if column.kind not in _LOOK_LIKE:
        return counted(column.distinct, "different value")
    one, several = _LOOK_LIKE[column.kind]
    if column.distinct == 1:
        return f"its only value looks like {one}"
    share = "all" if column.fits == 1 else f"{min(99, int(100 * column.fits))}% of"
    return f"{share} {column.distinct:,} different values look like {several}"
