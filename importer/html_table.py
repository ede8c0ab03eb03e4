"""The tables of a web page, cell by cell: the only module that knows html.parser."""

import re
from collections import deque
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from importer.cell_text import MERGED
from importer.records import Row

LAST_COLUMN = 16_384
LONGEST_CELL = 1_000_000
# Of the page, before it is known what it is: most likely something that never closes.
LONGEST_PIECE = 2_000_000
NESTED = "holds a table of its own, which is not read (make one plain table of the two)"

_CELLS = ("td", "th")
_GROUPS = ("thead", "tbody", "tfoot")
_CODE = ("script", "style")
# Each stands on lines of its own, wherever in a line it is written.
_BLOCKS = re.compile(
    "address|article|aside|blockquote|center|d[dlt]|div|fieldset|footer|form|h[1-6r]|header|li|main|nav|[ou]l|p|pre|"
    "section"
)
_SPACE = re.compile(r"[ \t\n\f\r]+")
# No text has these two: space becomes a blank.
_BREAK, _BLOCK = "\n", "\r"
_AROUND_BREAKS = re.compile(f" *([{_BREAK}{_BLOCK}]) *")
_ALL_ROWS = 1 << 30


class UnfitPage(ValueError):
    """Says why the page cannot be read, as the end of a sentence that starts with its name."""


@dataclass(slots=True, eq=False)
class _Cell:
    column: int
    is_heading: bool
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    holds_table: bool = False
    text: str = ""

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.size += len(piece)

    def close(self) -> None:
        text = _AROUND_BREAKS.sub(r"\1", re.sub(" +", " ", "".join(self.pieces)))
        text = re.sub(f"{_BLOCK}*{_BREAK}{_BLOCK}*", _BREAK, text)
        text = re.sub(f"{_BLOCK}+", _BREAK, text).strip(" \n")
        self.text = "" if text.isspace() else text
        self.pieces.clear()


@dataclass(frozen=True, slots=True)
class _Span:
    """Columns that a cell covers beside its own, in one row; and in how many rows below that one."""

    first: int
    last: int
    cell: _Cell
    rows: int = 0


@dataclass(slots=True)
class _Table:
    """A table as far as it has come.

    row, cell: what is open, if anything.
    covered:   what in the open row belongs to cells above it, or before.
    above:     those above that the row has not come to yet.
    below:     what is covered in the rows that follow.
    """

    place: int
    number: int = 0
    in_head: bool = False
    row: list[_Cell] | None = None
    cell: _Cell | None = None
    next_column: int = 0
    covered: list[_Span] = field(default_factory=list)
    above: deque[_Span] = field(default_factory=deque)
    below: list[_Span] = field(default_factory=list)

    def open_row(self) -> list[Row]:
        """Closes the row before, and gives it if it holds anything."""
        closed = self.close_row()
        self.number += 1
        self.row, self.next_column = [], 0
        self.covered = sorted(self.below, key=lambda span: span.first)
        self.above = deque(self.covered)
        self.below = [replace(span, rows=span.rows - 1) for span in self.below if span.rows > 1]
        return closed

    def open_cell(self, is_heading: bool, width: int, height: int) -> None:
        self.close_cell()
        first = self.next_column
        while self.above and self.above[0].first <= first:
            first = max(first, self.above.popleft().last + 1)
        last = first + width - 1
        if last >= LAST_COLUMN:
            raise UnfitPage(f"row {self.number} of its table is wider than {LAST_COLUMN:,} columns")
        self.cell = _Cell(first, is_heading)
        if self.row is not None:
            self.row.append(self.cell)
        self.next_column = last + 1
        if width > 1:
            self.covered.append(_Span(first + 1, last, self.cell))
        if height > 1:
            self.below.append(_Span(first, last, self.cell, height - 1))

    def close_cell(self) -> None:
        if self.cell:
            self.cell.close()
        self.cell = None

    def close_row(self) -> list[Row]:
        self.close_cell()
        cells, self.row = self.row, None
        filled = [cell for cell in cells or [] if cell.text]
        faults = {cell.column: NESTED for cell in cells or [] if cell.holds_table} | self._merged(filled)
        width = 1 + max([*(cell.column for cell in filled), *faults], default=-1)
        texts = [""] * width
        for cell in filled:
            texts[cell.column] = cell.text
        return [Row(self.number, tuple(texts), (), faults)] if texts else []

    def _merged(self, filled: list[_Cell]) -> dict[int, str]:
        """The columns of the open row whose value stands in another cell; those of headings miss none."""
        if self.in_head or all(cell.is_heading for cell in filled):
            return {}
        # A value that stands alone is a title, and is not missing in the cells beside it.
        spans = [span for span in self.covered if span.cell.text and filled != [span.cell]]
        return {column: MERGED for span in spans for column in range(span.first, span.last + 1)}

    def change_group(self, in_head: bool) -> list[Row]:
        """Closes the open row; cells reach down to the end of their group at most."""
        closed = self.close_row()
        self.in_head = in_head
        self.below.clear()
        return closed


class Tables(HTMLParser):
    """Gives the rows of all tables that hold anything, each with its table's place among the tables.

    A table within a cell is a table of its own. Raises UnfitPage.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.count = 0
        self._open: list[_Table] = []
        self._rows: list[tuple[int, Row]] = []
        self._in_code = False

    def rows_of(self, piece: str) -> list[tuple[int, Row]]:
        """The rows that end in this next piece of the page; an empty piece ends the page."""
        if piece:
            self.feed(piece)
        else:
            self.close()
            while self._open:
                self.handle_endtag("table")
        if len(self.rawdata) > LONGEST_PIECE:
            raise UnfitPage("it has a tag, a comment or a script that is very long or never closes")
        rows, self._rows = self._rows, []
        return rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_code = tag in _CODE
        if tag == "table":
            if self._open and (cell := self._open[-1].cell):
                cell.holds_table = True
            self._open.append(_Table(self.count))
            self.count += 1
        elif self._open:
            self._start(self._open[-1], tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML the slash means nothing: `<td/>` is a cell that begins.
        if tag not in _CODE:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._in_code = False
        if not self._open:
            return
        table = self._open[-1]
        if tag == "table":
            self._keep(table, table.close_row())
            self._open.pop()
        elif tag == "tr":
            self._keep(table, table.close_row())
        elif tag in _GROUPS:
            self._keep(table, table.change_group(in_head=False))
        elif tag in _CELLS:
            table.close_cell()
        elif _BLOCKS.fullmatch(tag) and table.cell:
            table.cell.add(_BLOCK)

    def handle_data(self, data: str) -> None:
        cell = self._open[-1].cell if self._open else None
        if cell and not self._in_code:
            cell.add(_SPACE.sub(" ", data))
            if cell.size > LONGEST_CELL:
                number = self._open[-1].number
                raise UnfitPage(
                    f"row {number} of its table has a cell of more than {LONGEST_CELL:,} characters"
                )

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # What begins with `<![` is a comment to a browser; html.parser gives up over most of it.
        return self.parse_bogus_comment(i)

    def _start(self, table: _Table, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "tr":
            self._keep(table, table.open_row())
        elif tag in _CELLS:
            if table.row is None:
                self._keep(table, table.open_row())
            height = _span(attributes.get("rowspan")) or _ALL_ROWS
            table.open_cell(tag == "th", _span(attributes.get("colspan")) or 1, height)
        elif tag in _GROUPS:
            self._keep(table, table.change_group(in_head=tag == "thead"))
        elif table.cell and (tag == "br" or _BLOCKS.fullmatch(tag)):
            table.cell.add(_BREAK if tag == "br" else _BLOCK)

    def _keep(self, table: _Table, rows: list[Row]) -> None:
        self._rows += ((table.place, row) for row in rows)


def _span(text: str | None) -> int:
    """How many columns or rows; 1 where that is not said in a way that a browser understands."""
    found = re.match(r"\s*\+?(\d{1,12})", text or "")
    return int(found[1]) if found else 1
