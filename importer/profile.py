"""What the columns of a sheet hold, as far as can be told without a mapping. Counts with pandas."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, zip_longest

import pandas as pd

from importer.cell_names import column_letter
from importer.column_tally import MOST_TEXTS, ColumnTally
from importer.date_guess import AS_DATES
from importer.header_guess import Headings, headings_in
from importer.kind_guess import guess_kind, misfits, share_that_fits
from importer.mapping_source import Kind
from importer.oddities import Column, oddities
from importer.records import Row
from importer.remarks import oddity
from importer.sheet import Sheet
from importer.stored_tally import StoredTally

# About so many cells are counted at once, and no fewer rows: both cost least for each cell.
_CELLS, _LEAST_ROWS = 300_000, 500

_HEAD = 50
_SAMPLES = 3
_LONGEST_SAMPLE = 40


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column, below its heading.

    place:     0 is column A.
    heading:   as the sheet has it, without outer space; "" where there is none.
    filled, blank, distinct: cells, of which `distinct` counts the different texts of filled ones, without
               outer space; a cell that cannot be trusted (Row.faults) counts as blank.
    kind:      the mapping's kind that it looks like; `text` where nothing else fits.
    fits:      the share of the different values that are of this kind, 0 to 1; an ambiguous date is a date.
    options:   what else the mapping would say of it so that the values are read, by the words of the mapping
               file: {"region": "IN"}, {"day_first": True}, {"formats": ("%d.%m.%y",)}, {"separator": "|"}.
    values:    of a choice or a multi_choice, each value in its commonest spelling with its count, the
               commonest first; else ().
    samples:   up to three different values, shortened where they are long.
    oddities:  what a person should know of it, each a whole sentence with the first cell (`C14`).
    """

    place: int
    heading: str
    filled: int
    blank: int
    distinct: int
    kind: Kind
    fits: float
    options: Mapping[str, object]
    values: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]
    oddities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetProfile:
    """A whole sheet. `rows` are those below the headings that hold anything; `hidden` are among them."""

    header_row: int
    rows: int
    hidden: int
    columns: tuple[ColumnProfile, ...]
    notices: tuple[str, ...]


def profile_of(sheet: Sheet, header_row: int | None = None) -> SheetProfile:
    """Read the whole sheet once. Raises SheetError where it has no headings, or a row cannot be read."""
    headings = headings_in(sheet.head(max(_HEAD, header_row or 0)), header_row)
    counted = _Counted(headings)
    with closing(_own_rows(sheet, headings)) as rows:
        while block := list(islice(rows, max(_LEAST_ROWS, _CELLS // max(1, len(headings.texts))))):
            counted.add(block)
    columns = list(counted.columns())
    return SheetProfile(
        headings.row,
        counted.rows,
        counted.hidden,
        tuple(map(_profile, columns)),
        (*sheet.notices, *_notices(headings, columns)),
    )


def _own_rows(sheet: Sheet, headings: Headings) -> Generator[Row, None, None]:
    with closing(sheet.rows()) as rows:
        for row in rows:
            own = headings.results.left_out(row) if headings.results else row
            if row.number > headings.row and not own.is_blank:
                yield own


class _Counted:
    """The columns of a sheet, block by block of its rows."""

    def __init__(self, headings: Headings) -> None:
        self.rows = self.hidden = 0
        self._headings = headings
        self._columns: list[tuple[ColumnTally, StoredTally]] = []

    def add(self, block: Sequence[Row]) -> None:
        self.rows += len(block)
        self.hidden += sum(row.is_hidden for row in block)
        numbers = pd.Index([row.number for row in block])
        beyond_text = [row for row in block if row.cells or row.faults]
        columns = zip_longest(*(_trusted(row) for row in block), fillvalue="")
        for place, texts in enumerate(columns):
            if place == len(self._columns):
                self._columns.append((ColumnTally(), StoredTally(place)))
            tally, stored = self._columns[place]
            tally.add(pd.Series(texts, index=numbers, dtype=object))
            stored.add(beyond_text)

    def columns(self) -> Iterator[Column]:
        """Each that has a heading or values, in the sheet's order."""
        texts = self._headings.texts
        for place in range(max(len(texts), len(self._columns))):
            heading = texts[place] if place < len(texts) else ""
            there = place < len(self._columns)
            tally, stored = self._columns[place] if there else (ColumnTally(), StoredTally(place))
            if heading or tally.filled or stored.fault:
                yield self._column(place, heading, tally, stored)

    def _column(self, place: int, heading: str, tally: ColumnTally, stored: StoredTally) -> Column:
        values = tally.values()
        guess = guess_kind(heading, values)
        twins = [other for other, text in enumerate(self._headings.texts) if heading and text == heading]
        return Column(
            place,
            heading,
            self._headings.row,
            self.rows,
            tally,
            stored,
            values,
            guess,
            tuple(misfits(guess, values)),
            tuple(other for other in twins if other != place),
        )


def _trusted(row: Row) -> tuple[str, ...]:
    if not row.faults:
        return row.texts
    return tuple("" if place in row.faults else text for place, text in enumerate(row.texts))


def _profile(column: Column) -> ColumnProfile:
    refused = dict.fromkeys(one.seen.text for one in column.refused if one.code not in AS_DATES)
    refused |= dict.fromkeys(filter(oddity, column.texts))
    typical = [value.text for value in column.values if value.text not in refused]
    samples = (*typical, *refused)[:_SAMPLES]
    return ColumnProfile(
        column.place,
        column.heading,
        column.tally.filled,
        column.rows - column.tally.filled,
        column.tally.distinct,
        column.guess.kind,
        share_that_fits(column.values, column.refused),
        column.guess.options,
        column.guess.values,
        tuple(map(_short, samples)),
        tuple(oddities(column)),
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SAMPLE else f"{line[: _LONGEST_SAMPLE - 1]}…"


def _notices(headings: Headings, columns: Sequence[Column]) -> Iterator[str]:
    if headings.is_doubtful:
        yield (
            f"Row {headings.row} is taken for the headings, though that is not sure "
            "(--header-row names another; a sheet without headings needs a row of them)."
        )
    if headings.results:
        first, last = column_letter(headings.results.first), column_letter(headings.results.end - 1)
        yield f"Columns {first} to {last} are those of an earlier result: left out."
    if sampled := [column_letter(column.place) for column in columns if column.tally.is_sampled]:
        yield (
            f"Columns with more than {MOST_TEXTS:,} different values ({', '.join(sampled)}): so many were "
            "read to tell what they are, evenly over the sheet. importer check reads every cell."
        )
