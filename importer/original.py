"""The sheet that is written again in a result: its own rows, and how large they are."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from importer.cell_text import UNREADABLE
from importer.cell_writer import ERRORS, LONGEST_TEXT
from importer.records import Cell, Row
from importer.result_columns import ResultColumns, find
from importer.sheet import Sheet
from importer.targets import free_target
from importer.workbook import LAST_COLUMN, LAST_ROW, Page


@dataclass(frozen=True, slots=True)
class Original:
    """The sheet that is written again.

    rows:      gives all its rows from row 1 on, as often as wanted, without what an earlier result told.
    results:   the columns that an earlier result told that in; the new ones take their place.
    worksheet: what its worksheet is to be called. A text file has none, but the mapping may name one, and
               then a workbook made of the file can be run with that mapping; "" becomes Results.
    """

    path: Path
    rows: Callable[[], Iterator[Row]]
    header_row: int
    worksheet: str
    results: ResultColumns | None = None

    def page(self, width: int, headings: tuple[str, ...]) -> Page:
        """The page on which these headings are told beside `width` columns of the sheet's own."""
        there = self.results
        fits = there and (width <= there.first or len(headings) <= len(there.headings))
        return Page(
            self.worksheet, self.header_row, headings, width, there.first if there and fits else width
        )


def original_of(sheet: Sheet, header_row: int, worksheet: str) -> Original:
    """worksheet: as in `Original`, for a sheet that has none."""
    rows = sheet.rows()
    with closing(rows):
        headings = next((row.texts for row in rows if row.number == header_row), ())
    results = find(headings)

    def own_rows() -> Iterator[Row]:
        return map(results.left_out, sheet.rows()) if results else sheet.rows()

    return Original(sheet.path, own_rows, header_row, sheet.worksheet or worksheet, results)


def marked(row: Row) -> Row:
    """The row with what could not be trusted marked, so that no later run takes it for a good value."""
    if not row.faults:
        return row
    width = max(len(row.texts), 1 + max(row.faults))
    texts = [*row.texts, *[""] * (width - len(row.texts))]
    cells = [*row.cells, *[Cell(None)] * (width - len(row.cells))] if row.cells else []
    for column in row.faults:
        texts[column] = UNREADABLE + texts[column]
        cell = cells[column] if cells else Cell(None)
        if cells and (cell.value is None or (cell.is_error and cell.value not in ERRORS)):
            cells[column] = Cell(texts[column])
    return replace(row, texts=tuple(texts), cells=tuple(cells))


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a sheet is: its last row, its widest row, and its longest text in UTF-16 units."""

    rows: int
    width: int
    longest: int

    def name_for(self, target: Path, page: Page, longest: int | None = None) -> Path:
        """The target, or one that ends in .csv where a workbook cannot hold the sheet."""
        columns = page.columns
        too_long = longest is not None and self.longest > longest
        if target.suffix.lower() == ".csv" or not (self.rows > LAST_ROW or columns > LAST_COLUMN or too_long):
            return target
        return free_target(target.with_suffix(".csv"))


def extent_of(original: Original) -> Extent:
    rows = width = longest = 0
    for row in original.rows():
        rows = row.number
        width = max(width, len(row.texts))
        longest = max(longest, max(map(_units, row.texts), default=0))
    return Extent(rows, width, longest)


def _units(text: str) -> int:
    # Only a text of half the length can be too long, and measuring exactly takes time.
    return len(text) if len(text) <= LONGEST_TEXT // 2 else len(text.encode("utf-16-le", "replace")) // 2
