"""The columns that an earlier result wrote into a sheet: found, read, and left out of the sheet's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from importer.cell_names import cell_name
from importer.records import (
    LEFT_OUT,
    MENDING_HEADINGS,
    OPEN_OPPORTUNITY,
    RESULT_HEADINGS,
    Capture,
    Carried,
    Cell,
    Ended,
    Invalid,
    Row,
)
from importer.reply_details import DETAILS

OUTCOME, CREATED, CONFLICTED, EXCEPTION_TYPE = (
    RESULT_HEADINGS.index(name)
    for name in ("Outcome", "CreatedOpportunityId", "ConflictedOpportunityId", "ExceptionType")
)


@dataclass(frozen=True, slots=True)
class ResultColumns:
    """Side by side, from column `first` (0 is column A) on."""

    first: int
    headings: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.first + len(self.headings)

    @property
    def has_details(self) -> bool:
        return self.headings[-1] == DETAILS[-1]

    def left_out(self, row: Row) -> Row:
        """The row as if these columns were blank."""
        texts = _trimmed([*row.texts[: self.first], *[""] * len(self.headings), *row.texts[self.end :]])
        cells = [*row.cells[: self.first], *[Cell(None)] * len(self.headings), *row.cells[self.end :]]
        faults = {place: why for place, why in row.faults.items() if not self.first <= place < self.end}
        width = max(len(texts), 1 + max(faults, default=-1))
        return replace(
            row,
            texts=(*texts, *[""] * (width - len(texts))),
            cells=tuple(cells[:width]) if row.cells else (),
            faults=faults,
        )

    def says_hidden(self, row: Row) -> bool:
        """Whether an earlier result left the row out, since it was hidden in the sheet of then."""
        told = row.texts[self.first : self.end]
        return self.headings[0] == RESULT_HEADINGS[0] and told[EXCEPTION_TYPE : EXCEPTION_TYPE + 1] == (
            LEFT_OUT,
        )

    def carried(self, row: Row, verdict: Capture | Invalid) -> Carried | None:
        """What an earlier result says of this row, where that decides whether it may be sent."""
        if self.headings[0] != RESULT_HEADINGS[0]:
            return None
        told = [*row.texts[self.first : self.end], *[""] * len(self.headings)]
        ids = {place: told[place].strip() for place in (CREATED, CONFLICTED)}
        is_unknown = told[OUTCOME].strip() == Ended.UNKNOWN
        if told[EXCEPTION_TYPE].strip() == OPEN_OPPORTUNITY:
            # The id is another's: the row has none of its own, and may be sent once that one is closed.
            return None
        if not any(ids.values()) and not is_unknown:
            return None
        place = CREATED if ids[CREATED] else CONFLICTED
        cell = cell_name(self.first + place, row.number)
        return Carried(verdict, ids[CREATED], ids[CONFLICTED], cell, RESULT_HEADINGS[place])


def find(headings: Sequence[str]) -> ResultColumns | None:
    """The columns of a result, or of a file of rows to mend, whose two come last."""
    texts = tuple(text.strip() for text in headings)
    for first in _places(texts, RESULT_HEADINGS):
        own = RESULT_HEADINGS + DETAILS
        return ResultColumns(first, own if texts[first : first + len(own)] == own else RESULT_HEADINGS)
    texts = tuple(_trimmed(list(texts)))
    is_to_mend = texts[-len(MENDING_HEADINGS) :] == MENDING_HEADINGS
    return ResultColumns(len(texts) - len(MENDING_HEADINGS), MENDING_HEADINGS) if is_to_mend else None


def _places(texts: tuple[str, ...], sought: tuple[str, ...]) -> Iterator[int]:
    return (place for place in range(len(texts)) if texts[place : place + len(sought)] == sought)


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts
