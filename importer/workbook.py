"""Excel files out: the sheet's rows, and what is told beside them. Makes xlsxwriter's files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name  # type: ignore[import-untyped]

from importer.cell_writer import CellWriter
from importer.looks import Looks
from importer.quick_worksheet import QuickWorksheet
from importer.records import Cell, Ended, Problem, Row
from importer.summary_page import Block, write_summary

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

ROWS_MEASURED = 200
NARROWEST, WIDEST = 8, 60
WRAPPED_FROM = 20

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


@dataclass(frozen=True, slots=True)
class Page:
    """The worksheet that shows the rows: the sheet's own `width` columns, and one for each of `headings`.

    told_at: the first column of those; they follow the sheet's own, or take the place of earlier ones.
    """

    worksheet: str
    header_row: int
    headings: tuple[str, ...]
    width: int
    told_at: int

    @property
    def columns(self) -> int:
        return max(self.width, self.told_at + len(self.headings))

    def texts(self, line: "Line") -> list[str]:
        """A text for every column."""
        texts = [*line.row.texts, *[""] * (self.columns - len(line.row.texts))]
        texts[self.told_at : self.told_at + len(line.told)] = line.told
        return texts


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet as it is written at row `number`, with what is told beside it."""

    number: int
    row: Row
    told: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def write_workbook(file: BinaryIO, page: Page, lines: Iterable[Line], blocks: Iterable[Block] = ()) -> None:
    """Write the lines, then the blocks on a worksheet Summary; memory stays flat. Raises OSError.

    `blocks` is read after the last line, so it may depend on all of them.
    """
    # xlsxwriter leaves its temporary files behind, and open, when it does not come to its end.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        book = xlsxwriter.Workbook(file, {**OPTIONS, "tmpdir": folder})
        try:
            _write_pages(book, page, lines, blocks)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            for worksheet in book.worksheets():
                worksheet.row_data_fh.close()


def _write_pages(book: Any, page: Page, lines: Iterable[Line], blocks: Iterable[Block]) -> None:
    looks = Looks(book)
    writer = _PageWriter(book.add_worksheet(_worksheet_name(page.worksheet), QuickWorksheet), looks, page)
    for line in lines:
        writer.write(line)
    writer.finish()
    write_summary(book, looks, list(blocks))


class _PageWriter:
    """Writes the lines of a page, from top to bottom."""

    def __init__(self, worksheet: Any, looks: Looks, page: Page) -> None:
        self._worksheet = worksheet
        self._cells = CellWriter(worksheet)
        self._looks = looks
        self._page = page
        self._columns = page.columns
        self._widths = [NARROWEST] * self._columns
        self._last = page.header_row

    def write(self, line: Line) -> None:
        at = line.number - 1
        look = "heading" if line.number == self._page.header_row else "plain"
        if 0 <= line.number - self._page.header_row <= ROWS_MEASURED:
            self._measure(line)
        for column, cell in enumerate(line.row.cells):
            if cell.value is not None:
                self._cells.cell(at, column, cell, self._looks.get(look, cell.number_format))
        if not line.row.cells:
            self._write_texts(at, 0, line.row.texts, self._looks.get(look, "@"))
        self._write_texts(at, self._page.told_at, line.told, self._looks.get(look))
        if line.problems:
            self._mark(line)
        self._last = max(self._last, line.number)

    def finish(self) -> None:
        header, last, right = self._page.header_row, self._last, self._columns - 1
        for column, width in enumerate(self._widths):
            self._worksheet.set_column(column, column, width)
        self._worksheet.freeze_panes(header, 0)
        self._worksheet.autofilter(header - 1, 0, last - 1, right)
        self._worksheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(right)}{last}"})
        if "Outcome" in self._page.headings and last > header:
            self._tint(self._page.told_at + self._page.headings.index("Outcome"))

    def _write_texts(self, at: int, first: int, texts: Sequence[str], look: Any) -> None:
        for column, text in enumerate(texts, first):
            if text:
                self._cells.text(at, column, text, look)

    def _mark(self, line: Line) -> None:
        messages: dict[int, list[str]] = {}
        for problem in line.problems:
            if problem.cell:
                messages.setdefault(xl_cell_to_rowcol(problem.cell)[1], []).append(problem.message)
        for column, said in messages.items():
            told = column - self._page.told_at
            is_told = 0 <= told < len(line.told)
            cell = Cell(line.told[told] or None) if is_told else _stored(line.row, column)
            self._cells.cell(line.number - 1, column, cell, self._looks.get("faulty", cell.number_format))
            self._cells.comment(line.number - 1, column, "\n".join(said))

    def _measure(self, line: Line) -> None:
        """The headings and the first rows say how wide the columns are; title rows may run over."""
        texts = self._page.texts(line)
        if line.number == self._page.header_row:
            widths = [_heading_width(text) for text in texts]
            self._cells.make_room(line.number - 1, texts, widths)
            # The button of the filter stands over the end of a heading.
            self._widths = [max(width + 4, NARROWEST) for width in widths]
        else:
            for column, text in enumerate(texts):
                self._widths[column] = max(self._widths[column], min(len(text) + 2, WIDEST))

    def _tint(self, outcome_column: int) -> None:
        first, last = self._page.header_row, self._last - 1
        outcome = f"${xl_col_to_name(outcome_column)}{first + 1}"
        for ended in Ended:
            # A tint hides the fill of a faulty cell, so an invalid row is tinted beside its own cells.
            left = self._page.told_at if ended is Ended.INVALID else 0
            rule = {"type": "formula", "criteria": f'={outcome}="{ended}"', "format": self._looks.tint(ended)}
            self._worksheet.conditional_format(first, left, last, self._columns - 1, rule)


def _stored(row: Row, column: int) -> Cell:
    if column < len(row.cells):
        return row.cells[column]
    text = row.texts[column] if not row.cells and column < len(row.texts) else ""
    return Cell(text or None, "General" if row.cells else "@")


def _heading_width(heading: str) -> int:
    """A heading may be wrapped, but not within a word."""
    longest_word = max(map(len, heading.split()), default=1)
    return min(max(longest_word, min(len(heading), WRAPPED_FROM)), WIDEST)


def _worksheet_name(name: str) -> str:
    """As the sheet calls it, within what Excel takes: other programs allow more."""
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31].strip("'") or "Results"
