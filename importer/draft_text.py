"""A drafted mapping → the text of its file, with the reason of each guess beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from importer.account_schema import AccountSchema, SchemaField
from importer.cell_names import column_letter
from importer.cell_text import quoted
from importer.drafting import Draft
from importer.guesses import Left
from importer.naming import ATTRIBUTES, FIELDS
from importer.needed import missing
from importer.seats import Seat, field_for, free_numbers
from importer.spelling import counted
from importer.synonyms import HEADINGS
from importer.yaml_lines import Keys
from importer.yaml_text import Line, Setting, entry, laid_out, scalar

_ANY_EVENT_CODE = 12000
_ORDER = {name: number for number, name in enumerate(HEADINGS)}

_TOP = (
    "What says confirm: true is a guess. See whether it is right, correct it, and remove confirm: true. As "
    "long as there is one, importer run sends nothing with this file; check and run --demo take it.",
    "On the left stand LeadSquared's schema names, on the right the headings of the sheet.",
)
_FIELDS = (
    "mx_Custom_ numbers are not the same in two accounts, so those below are made up. LeadSquared lists the "
    "fields of your opportunity type with their schema names: write the right one on each line."
)


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of its sheet.

    worksheet, header_row: where they have to be said; else "" and 0.
    event_code: 0 where nobody has said it.
    account:    what is known of the account; with its names nothing is made up.
    """

    name: str
    sheet: str
    rows: int
    worksheet: str = ""
    header_row: int = 0
    event_code: int = 0
    account: AccountSchema | None = None

    @property
    def type_name(self) -> str:
        """The opportunity type's; "" where it is not known."""
        types = (self.account and self.account.types) or ()
        return next((kind.name for kind in types if kind.event_code == self.event_code), "")

    def field(self, keys: Keys) -> SchemaField | None:
        """What the account says of a lead attribute or field."""
        account = self.account or AccountSchema()
        known = account.attributes if keys[0] == "lead" else account.fields.get(self.event_code)
        return next((field for field in known or () if field.schema_name == keys[-1]), None)

    def is_needed(self, seat: Seat) -> bool:
        field = self.field(seat.keys)
        return bool(field and field.is_needed)


def draft_text(draft: Draft, about: About) -> str:
    """A whole mapping file."""
    return laid_out(
        (*_top(about), Line(""), *_settings(draft, about), Line(""), *_lead(draft, about), Line(""),
         *_opportunity(draft, about), *_identity(draft))
    )  # fmt: skip


def _top(about: About) -> Iterator[Line]:
    yield Line("", f"Drafted by importer draft from {quoted(about.sheet)}, {counted(about.rows, 'row')}.")
    for paragraph in _TOP:
        yield Line("#")
        yield Line("", paragraph)


def _settings(draft: Draft, about: About) -> Iterator[Line]:
    yield Line("version: 1")
    yield Line(f"name: {scalar(about.name)}", "what people call this import")
    if about.worksheet:
        yield Line(f"worksheet: {scalar(about.worksheet)}", "the workbook has several")
    if about.header_row:
        yield Line(f"header_row: {about.header_row}", "the row of the headings")
    yield from _of_times(draft)
    if draft.day_first is not None:
        meaning = "03/04/2026 is 3 April" if draft.day_first else "03/04/2026 is March 4"
        yield Line(f"day_first: {scalar(draft.day_first)}", f"{meaning}, as other dates of the sheet show")
    elif any(seat.kind in ("date", "datetime") for seat in draft.seats):
        yield Line("#day_first: true", "03/04/2026 is 3 April; the sheet does not say which it is")


def _of_times(draft: Draft) -> Iterator[Line]:
    meaning = "what times in the sheet mean; LeadSquared gets UTC"
    if draft.time_zone:
        yield Line(
            f"time_zone: {draft.time_zone}", f"a guess, from phone numbers of {draft.region}: {meaning}"
        )
    elif draft.sends_times:
        yield Line("#time_zone: Asia/Kolkata", f"{meaning}; without it they are taken as UTC")


def _lead(draft: Draft, about: About) -> Iterator[Line]:
    found_by = draft.search_by if len(draft.search_by) > 1 else draft.search_by[0]
    meaning = "finds the lead" if isinstance(found_by, str) else "find the lead: the first that the row has"
    yield Line("lead:")
    yield Line(f"  search_by: {scalar(found_by)}", meaning)
    yield Line("  attributes:", "of a lead that exists already, these are written over")
    seats = sorted(draft.below("lead"), key=lambda seat: _ORDER.get(str(seat.keys[-1]), -1))
    for seat in sorted(seats, key=lambda seat: not about.is_needed(seat)):
        yield from _entry(seat, 4)
    yield from _missing(seats, ATTRIBUTES, about)


def _opportunity(draft: Draft, about: About) -> Iterator[Line]:
    yield Line("opportunity:")
    if about.event_code:
        meaning = about.type_name or "the number of the opportunity type"
        yield Line(f"  event_code: {about.event_code}", meaning)
    else:
        yield Line(
            f"  event_code: {_ANY_EVENT_CODE}",
            "made up: write the number of your opportunity type in LeadSquared",
        )
        yield Line("  confirm: true", "remove this line once event_code is right")
    for seat in draft.below("opportunity", "note"):
        note = scalar("{" + seat.column.heading + "}")
        yield Line(f"  note: {note}", _because(seat))
    for seat in draft.below("opportunity", "date_time"):
        yield from _entry(seat, 2)
    yield from _fields(draft, about)


def _fields(draft: Draft, about: About) -> Iterator[Line]:
    seats = sorted(draft.below("opportunity", "fields"), key=lambda seat: _natural(seat.keys))
    left = [one for one in draft.left if one.may_be_field]
    if (seats or left) and not about.account:
        yield Line("")
        yield Line("", _FIELDS)
    if seats:
        yield Line("  fields:")
    for seat in sorted(seats, key=lambda seat: not about.is_needed(seat)):
        yield from _entry(seat, 4)
    yield from _missing(seats, FIELDS, about)
    if left and about.account:
        yield from _nameless(left)
    elif left:
        yield from _suggested(left, seats)
    yield from _unused(draft)


def _unused(draft: Draft) -> Iterator[Line]:
    unused = [one for one in draft.left if not one.may_be_field]
    if unused or draft.more:
        yield Line("")
        yield Line("", "Columns that are not used:")
    for one in unused:
        yield Line(f"#   {column_letter(one.column.place)}, {quoted(one.column.heading)}", "; ".join(one.why))
    if draft.more:
        yield Line("", f"and {counted(draft.more, 'more column')} to the right, which were not looked at")


def _missing(seats: list[Seat], room: Keys, about: About) -> Iterator[Line]:
    if about.account:
        mapped = {str(seat.keys[-1]) for seat in seats}
        for field in missing(about.account, about.event_code, room, mapped):
            why = "mandatory in LeadSquared, and no column of the sheet seems to hold it: write its heading"
            yield Line(f"    #{field.schema_name}: {{column: ?}}", f"{field.display_name}: {why}")


def _nameless(left: list[Left]) -> Iterator[Line]:
    yield Line("")
    yield Line(
        "",
        "Columns of which LeadSquared has nothing by this name. To send one, write the name of the field on "
        "the left (importer account lists all) and remove the #:",
    )
    for one in left:
        yield Line(f"    #?: {scalar(one.column.heading)}", "; ".join(one.why))


def _suggested(left: list[Left], seats: list[Seat]) -> Iterator[Line]:
    yield Line("")
    yield Line(
        "", "Columns that nobody has mapped yet. To send one, remove its # and see to it as to the others:"
    )
    if not seats:
        yield Line("  #fields:")
    numbers = free_numbers(str(seat.keys[-1]) for seat in seats)
    for one in left:
        for line in _entry(field_for(one, next(numbers)), 0):
            yield Line(f"    #{line.code}", line.comment)


def _natural(keys: Keys) -> tuple[bool, int, str]:
    """mx_Custom_3 before mx_Custom_10, and both before others."""
    name = str(keys[-1])
    number = name.rpartition("_")[2]
    return (not number.isdecimal(), int(number) if number.isdecimal() else 0, name)


def _entry(seat: Seat, indent: int) -> list[Line]:
    settings: dict[str, Setting] = {"column": seat.column.heading}
    if seat.kind != "text" and seat.keys[-1] != "date_time":
        settings["kind"] = seat.kind
    settings |= seat.settings
    if seat.confirm:
        settings["confirm"] = True
    return entry(indent, str(seat.keys[-1]), settings, _because(seat))


def _because(seat: Seat) -> str:
    return "; ".join((*seat.why, *(f"to confirm: {doubt}" for doubt in seat.doubts)))


def _identity(draft: Draft) -> Iterator[Line]:
    if not draft.identity:
        return
    yield Line("")
    yield Line(
        f"#identity: {scalar((draft.identity,))}",
        "each row has another one: remove the # if it makes a row the same row in another sheet too",
    )
