"""The reference: what a sent row can be found by in LeadSquared."""

from dataclasses import replace

from importer.account_schema import AccountSchema
from importer.records import Capture, Field

NOTE = "OpportunityNote"

# LeadSquared's documented length of a note; a longer one would be refused or cut, and the reference with it.
NOTE_LENGTH = 200

# As `Run.reference` makes them, but for the row number.
REFERENCE_LENGTH = len("ref-k7pmx2wq-")

_SHOWN = 10


def column(place: str) -> str:
    """The schema name of what holds the reference: of the note, or the field itself; "" for nothing."""
    return {"note": NOTE, "none": ""}.get(place, place)


def note_length(account: AccountSchema | None, event_code: int) -> int:
    """How long a note may be together with its reference: as documented, or less as the account has it."""
    told = account and account.longest_note(event_code)
    return min(NOTE_LENGTH, told or NOTE_LENGTH)


def referenced(capture: Capture, place: str, reference: str, length: int = NOTE_LENGTH) -> Capture:
    """The capture with its reference at the end of the note, in the field named by `place`, or nowhere.

    place:  `note`, a field's schema name, or `none`.
    length: of a note and its reference at most; the note is shortened to leave room, the reference never.
    """
    if place == "none":
        return capture
    if place != "note":
        return replace(capture, fields=(*capture.fields, Field(place, reference)))
    room = length - len(reference) - 1
    note = capture.note if len(capture.note) <= room else f"{capture.note[: room - 1]}…"
    return replace(capture, note=f"{note} {reference}".lstrip())


class ShortenedNotes:
    """Counts the captures whose note is shortened for it; `place` and `length` as in `referenced`."""

    def __init__(self, place: str, length: int) -> None:
        self._in_notes = place == "note"
        self._length = length
        self._count = 0
        self._first: list[int] = []

    def see(self, capture: Capture) -> None:
        room = self._length - REFERENCE_LENGTH - len(str(capture.row)) - 1
        if self._in_notes and len(capture.note) > room:
            self._count += 1
            if self._count <= _SHOWN:
                self._first.append(capture.row)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the operator should know of them, if there are any."""
        if not self._count:
            return ()
        notes, are, rows = ("note", "is", "row") if self._count == 1 else ("notes", "are", "rows")
        named = ", ".join(map(str, self._first))
        more = f" and {self._count - _SHOWN:,} more" if self._count > _SHOWN else ""
        return (
            f"{self._count:,} {notes} {are} longer than {self._length} characters with the reference that is"
            f" added, and {are} shortened to fit: {rows} {named}{more}"
            " (the mapping may give the reference another place).",
        )
