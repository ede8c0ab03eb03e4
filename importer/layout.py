"""Where the columns of a mapping are in one sheet: its row of headings, and which column is which."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from importer.cell_names import cell_name, column_letter
from importer.cell_text import clean, quoted, says_something
from importer.errors import SheetError
from importer.folding import fold
from importer.mapping import ColumnUse, Mapping
from importer.records import Row
from importer.result_columns import ResultColumns, find


@dataclass(frozen=True, slots=True)
class Layout:
    """A mapping laid over one sheet.

    header_row: the number of the row that holds the headings; rows above it are titles.
    headings:   all of that row's texts, by column (0 is column A).
    columns:    a column's name in the mapping → its place in the sheet.
    missing:    optional columns of the mapping that the sheet does not have.
    unused:     headings of the sheet that the mapping does not use.
    notices:    what the operator should know of this, in sentences.
    results:    the columns that an earlier result wrote; they are none of the sheet's own.
    """

    header_row: int
    headings: tuple[str, ...]
    columns: Table[str, int]
    missing: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    results: ResultColumns | None = None


def fit(mapping: Mapping, rows: Sequence[Row], header_row: int | None = None) -> Layout:
    """Find the mapping's columns in the sheet.

    rows:       the sheet's first rows, from row 1.
    header_row: the number of the row of the headings; else the mapping's, else the row that has most of the
                mapping's columns.
    Raises SheetError that names everything that does not fit.
    """
    wanted, declared = mapping.columns(), header_row or mapping.header_row
    headings = _declared(mapping, rows, header_row) if declared else _found(wanted, rows)
    places = {column.name: headings.places(column) for column in wanted}
    unnamed = _unnamed(headings, rows)
    if faults := [*_missing(wanted, places, headings), *_ambiguous(wanted, places, headings), *unnamed]:
        title = f"The sheet does not fit the mapping, with row {headings.row} as its headings:"
        raise SheetError("\n  ".join([title, *faults]))
    columns = {name: found[0] for name, found in places.items() if found}
    missing = [column for column in wanted if column.name not in columns]
    unused = tuple(
        text for place, text in enumerate(headings.texts) if text.strip() and place not in columns.values()
    )
    notices = (
        *([] if declared else _titles(headings.row)),
        *(_lacking(column, headings) for column in missing),
        *([f"Columns that the mapping does not use: {', '.join(map(quoted, unused))}."] if unused else []),
    )
    names = tuple(column.name for column in missing)
    return Layout(headings.row, headings.texts, columns, names, unused, notices, headings.results)


class _Headings:
    """One row's texts, as headings."""

    def __init__(self, row: Row) -> None:
        self.row = row.number
        texts = tuple(map(clean, row.texts))
        self.results = find(texts)
        self.texts = self.results.left_out(Row(row.number, texts)).texts if self.results else texts
        self._exact = _places(text.strip() for text in self.texts)

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        return _places(map(fold, self.texts))

    def text(self, place: int) -> str:
        """The heading of the column without outer space; "" where it has none."""
        return self.texts[place].strip() if place < len(self.texts) else ""

    def places(self, column: ColumnUse) -> list[int]:
        """Where the column may be: by its name exactly, then loosely, then by its aliases the same way."""
        for names in ({column.name.strip()}, {alias.strip() for alias in column.aliases}):
            for own, sought in ((self._exact, names), (self._folded, set(map(fold, names)))):
                if found := sorted(place for text in sought for place in own.get(text, ())):
                    return found
        return []

    def nearest(self, column: ColumnUse) -> str:
        """The heading that looks most like the column's name or an alias, as the end of a sentence."""
        for name in (column.name, *column.aliases):
            for close in get_close_matches(fold(name), self._folded, n=1):
                place = self._folded[close][0]
                return f"; nearest heading: {quoted(self.texts[place])} in column {column_letter(place)}"
        return ""


def _places(texts: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if text:
            places.setdefault(text, []).append(place)
    return places


def _declared(mapping: Mapping, rows: Sequence[Row], header_row: int | None) -> _Headings:
    declared = header_row or mapping.header_row
    for row in rows:
        if row.number == declared and not row.is_blank:
            return _Headings(row)
    said = (
        f"--header-row {declared} is given"
        if header_row
        else f"The mapping says header_row: {declared} (line {mapping.line('header_row')})"
    )
    raise SheetError(
        f"{said}, but that row of the sheet holds nothing "
        "(give the row of the headings as Excel numbers it, or leave it out to have it found)."
    )


def _found(wanted: Sequence[ColumnUse], rows: Sequence[Row]) -> _Headings:
    candidates = [_Headings(row) for row in rows if not row.is_blank]
    if not candidates:
        raise SheetError("The sheet is empty: its headings belong in row 1, with a row for each lead below.")

    def fitness(headings: _Headings) -> tuple[bool, int]:
        there = [bool(headings.places(column)) for column in wanted]
        needed = (found for column, found in zip(wanted, there, strict=True) if column.required)
        return all(needed), sum(there)

    best = max(candidates, key=fitness)
    if fitness(best)[1] == 0:
        names = ", ".join(column.name for column in wanted)
        raise SheetError(
            f"None of the first {len(rows)} rows has the headings that the mapping looks for ({names})."
        )
    return best


def _missing(wanted: Sequence[ColumnUse], places: Table[str, list[int]], headings: _Headings) -> list[str]:
    return [
        f"{quoted(column.name)} is missing ({_line(column)}){headings.nearest(column)}"
        for column in wanted
        if column.required and not places[column.name]
    ]


def _ambiguous(wanted: Sequence[ColumnUse], places: Table[str, list[int]], headings: _Headings) -> list[str]:
    return [
        f"{quoted(column.name)} ({_line(column)}) is there {len(found)} times: "
        + " and ".join(f"{quoted(headings.texts[place])} in column {column_letter(place)}" for place in found)
        + " (give each column a heading of its own)"
        for column in wanted
        if len(found := places[column.name]) > 1
    ]


def _unnamed(headings: _Headings, rows: Sequence[Row]) -> Iterator[str]:
    """Columns with values below no heading: a value there may have been shifted from where it belongs.

    One that stands in a row here and there is that row's problem, and not the sheet's.
    """
    below = [row for row in rows if row.number > headings.row and not row.is_blank]
    found: dict[int, list[tuple[int, str]]] = {}
    for row in below:
        own = headings.results.left_out(row) if headings.results else row
        for place, text in enumerate(own.texts):
            if says_something(text) and not headings.text(place):
                found.setdefault(place, []).append((row.number, text))
    for place, values in found.items():
        number, text = values[0]
        if 2 * len(values) >= len(below):
            yield (
                f"{cell_name(place, number)} holds {quoted(text)}, and its column has no heading in "
                f"row {headings.row} (write it into {cell_name(place, headings.row)}, or clear the cell; "
                f"if the values of row {number} have been shifted, put them into their columns)"
            )


def _lacking(column: ColumnUse, headings: _Headings) -> str:
    return (
        f"The sheet has no column {quoted(column.name)} ({_line(column)}); the mapping can do without it"
        f"{headings.nearest(column)}."
    )


def _line(column: ColumnUse) -> str:
    return f"mapping, line {column.line}"


def _titles(header_row: int) -> list[str]:
    if header_row == 1:
        return []
    above = "row 1 is" if header_row == 2 else f"rows 1 to {header_row - 1} are"
    return [f"Row {header_row} is used as the headings; {above} left as found."]
