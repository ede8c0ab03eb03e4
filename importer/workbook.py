"""Excel files out: their worksheets, looks and comments. The only module that knows xlsxwriter's files."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name  # type: ignore[import-untyped]

from importer.cell_writer import CellWriter
from importer.records import Cell, Ended, Problem, Row

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

ROWS_MEASURED = 200
NARROWEST, WIDEST = 8, 60
WRAPPED_FROM = 20
LINE_HEIGHT = 15
SUMMARY_WIDTHS = (32, 10, 50, 36, 70)

# Pale, so that black text stays readable; the word in the Outcome column says the same.
TINTS = {
    Ended.CREATED: "#E2F0D9",
    Ended.DUPLICATE: "#DDEBF7",
    Ended.REJECTED: "#F8CBAD",
    Ended.INVALID: "#FFF2CC",
    Ended.SKIPPED: "#EDEDED",
    Ended.UNKNOWN: "#E4DFEC",
    Ended.NOT_SENT: "#F7F7F7",
}

# Excel's own short date and moment, which each reader sees as their country writes them; as a text they would
# be American dates.
BY_LOCALE = {"mm-dd-yy": 14, "m/d/yy h:mm": 22}

LOOKS: dict[str, dict[str, object]] = {
    "plain": {},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2", "bottom": 1},
    "faulty": {"bg_color": "#FFC000", "bold": True, "border": 1, "border_color": "#C00000"},
    "title": {"bold": True, "font_size": 13},
    "entry": {"text_wrap": True, "valign": "top", "align": "left"},
    "fact": {},
    **{ended: {"bg_color": colour, "valign": "top"} for ended, colour in TINTS.items()},
}

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand: the sheet's own `width` columns, then one column for each of `headings`."""

    worksheet: str
    header_row: int
    width: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet as it is written at row `number`, with what is told beside it."""

    number: int
    row: Row
    told: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A block of the worksheet Summary; without headings it is a list of facts."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str | int, ...]]


def write_workbook(
    file: BinaryIO, layout: Layout, lines: Iterable[Line], tables: Iterable[Table] = ()
) -> None:
    """Write the lines, then the tables on a worksheet Summary; memory stays flat. Raises OSError.

    `tables` is read after the last line, so it may depend on all of them.
    """
    # xlsxwriter leaves its temporary files behind, and open, when it does not come to its end.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        book = xlsxwriter.Workbook(file, {**OPTIONS, "tmpdir": folder})
        try:
            _write_pages(book, layout, lines, tables)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            for page in book.worksheets():
                page.row_data_fh.close()


def _write_pages(book: Any, layout: Layout, lines: Iterable[Line], tables: Iterable[Table]) -> None:
    looks = _Looks(book)
    page = _Page(book.add_worksheet(_worksheet_name(layout.worksheet)), looks, layout)
    for line in lines:
        page.write(line)
    page.finish()
    _write_summary(book, looks, list(tables))


class _Looks:
    """xlsxwriter's formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {("General", "plain"): None}

    def get(self, look: str, number_format: str = "General") -> Any:
        key = (number_format, look)
        if key not in self._made:
            form = BY_LOCALE.get(number_format, number_format)
            self._made[key] = self._book.add_format({**LOOKS[look], "num_format": form})
        return self._made[key]

    def tint(self, ended: Ended) -> Any:
        return self._book.add_format({"bg_color": TINTS[ended]})


class _Page:
    """The worksheet with the sheet's rows, written from top to bottom."""

    def __init__(self, page: Any, looks: _Looks, layout: Layout) -> None:
        self._page = page
        self._cells = CellWriter(page)
        self._looks = looks
        self._layout = layout
        self._columns = layout.width + len(layout.headings)
        self._widths = [NARROWEST] * self._columns
        self._last = layout.header_row

    def write(self, line: Line) -> None:
        at = line.number - 1
        look = "heading" if line.number == self._layout.header_row else "plain"
        if 0 <= line.number - self._layout.header_row <= ROWS_MEASURED:
            self._measure(line)
        for column, cell in enumerate(line.row.cells):
            if cell.value is not None:
                self._cells.cell(at, column, cell, self._looks.get(look, cell.number_format))
        if not line.row.cells:
            self._write_texts(at, 0, line.row.texts, self._looks.get(look, "@"))
        self._write_texts(at, self._layout.width, line.told, self._looks.get(look))
        if line.problems:
            self._mark(line)
        self._last = max(self._last, line.number)

    def finish(self) -> None:
        header, last, right = self._layout.header_row, self._last, self._columns - 1
        for column, width in enumerate(self._widths):
            self._page.set_column(column, column, width)
        self._page.freeze_panes(header, 0)
        self._page.autofilter(header - 1, 0, last - 1, right)
        self._page.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(right)}{last}"})
        if "Outcome" in self._layout.headings and last > header:
            self._tint(self._layout.width + self._layout.headings.index("Outcome"))

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
            cell = _stored(line.row, column)
            self._cells.cell(line.number - 1, column, cell, self._looks.get("faulty", cell.number_format))
            self._cells.comment(line.number - 1, column, "\n".join(said))

    def _measure(self, line: Line) -> None:
        """The headings and the first rows say how wide the columns are; title rows may run over."""
        blanks = [""] * (self._layout.width - len(line.row.texts))
        texts = [*line.row.texts, *blanks, *line.told]
        if line.number == self._layout.header_row:
            widths = [_heading_width(text) for text in texts]
            _set_height(self._page, line.number - 1, texts, widths)
            # The button of the filter stands over the end of a heading.
            self._widths = [max(width + 4, NARROWEST) for width in widths]
        else:
            for column, text in enumerate(texts):
                self._widths[column] = max(self._widths[column], min(len(text) + 2, WIDEST))

    def _tint(self, outcome_column: int) -> None:
        first, last = self._layout.header_row, self._last - 1
        outcome = f"${xl_col_to_name(outcome_column)}{first + 1}"
        for ended in Ended:
            # A tint hides the fill of a faulty cell, so an invalid row is tinted beside its own cells.
            left = self._layout.width if ended is Ended.INVALID else 0
            rule = {"type": "formula", "criteria": f'={outcome}="{ended}"', "format": self._looks.tint(ended)}
            self._page.conditional_format(first, left, last, self._columns - 1, rule)


def _stored(row: Row, column: int) -> Cell:
    if column < len(row.cells):
        return row.cells[column]
    text = row.texts[column] if not row.cells and column < len(row.texts) else ""
    return Cell(text or None, "General" if row.cells else "@")


def _heading_width(heading: str) -> int:
    """A heading may be wrapped, but not within a word."""
    longest_word = max(map(len, heading.split()), default=1)
    return min(max(longest_word, min(len(heading), WRAPPED_FROM)), WIDEST)


def _set_height(page: Any, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """Room for wrapped texts: not every program finds the height of a row by itself."""
    lines = max(len(textwrap.wrap(text, width)) for text, width in zip(texts, widths, strict=False))
    page.set_row(row, LINE_HEIGHT * max(lines, 1))


def _worksheet_name(name: str) -> str:
    """As the sheet calls it, within what Excel takes: other programs allow more."""
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31].strip("'") or "Results"


def _write_summary(book: xlsxwriter.Workbook, looks: _Looks, tables: Sequence[Table]) -> None:
    if not tables:
        return
    taken = book.worksheets()[0].get_name().casefold() == "summary"
    page = book.add_worksheet("Summary (run)" if taken else "Summary")
    cells = CellWriter(page)
    for column, width in enumerate(SUMMARY_WIDTHS):
        page.set_column(column, column, width)
    at = 0
    for table in tables:
        cells.text(at, 0, table.title, looks.get("title"))
        for column, heading in enumerate(table.headings):
            cells.text(at + 1, column, heading, looks.get("heading"))
        at += 2 if table.headings else 1
        for entry in table.rows:
            if table.headings:
                _set_height(page, at, [str(value) for value in entry], SUMMARY_WIDTHS)
            for column, value in enumerate(entry):
                look = value if value in TINTS else "entry" if table.headings else "fact"
                cells.cell(at, column, Cell(value), looks.get(look))
            at += 1
        at += 1
