"""Cells into an Excel worksheet, each so that it is read back as the sheet had it."""

import textwrap
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from importer.records import Cell

LONGEST_TEXT: Final = 32_767
"""What a cell holds, in UTF-16 units as Excel counts them."""

LINE_HEIGHT = 15

# With more comments than this a workbook opens slowly, and nobody reads them.
COMMENTS = 2_000

CUT = f"Cut here: a cell holds at most {LONGEST_TEXT:,} characters."

# Error values that can be written as a formula of their own; newer ones (#SPILL!) are written as text.
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}

DAY_0 = datetime(1899, 12, 30)


class CellWriter:
    """Writes into one worksheet of xlsxwriter, by row and column from 0; a look of None is plain."""

    def __init__(self, worksheet: Any) -> None:
        self._worksheet = worksheet
        self._comments_left = COMMENTS
        self._by_type: dict[type, Callable[[int, int, Any, Any], object]] = {
            str: self.text,
            bool: worksheet.write_boolean,
            int: self._number,
            float: self._number,
            datetime: self._date,
            date: self._date,
            time: self._date,
            timedelta: self._date,
        }

    def cell(self, row: int, column: int, cell: Cell, look: Any) -> None:
        if cell.value is None:
            self._worksheet.write_blank(row, column, None, look)
        elif cell.is_error and cell.value in ERRORS:
            self._worksheet.write_formula(row, column, f"={cell.value}", look, cell.value)
        else:
            self._by_type[type(cell.value)](row, column, cell.value, look)

    def text(self, row: int, column: int, text: str, look: Any) -> None:
        """Text as it is, never a formula, a number or a link; what a cell cannot hold is cut, and said."""
        if text.startswith("<r>"):
            # xlsxwriter takes such a text for markup of its own and would write it as it stands.
            fragments = [part for part in (text[:1], text[1:2], text[2:], look) if part is not None]
            self._worksheet.write_rich_string(row, column, *fragments)
        elif self._worksheet.write_string(row, column, text, look) == -2:
            self.comment(row, column, CUT)

    def comment(self, row: int, column: int, text: str) -> None:
        """A comment, as long as there are not too many of them."""
        if self._comments_left:
            self._comments_left -= 1
            size = {"x_scale": 2, "y_scale": 1 + len(text) // 150}
            self._worksheet.write_comment(row, column, text[:2_000], size)

    def make_room(self, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
        """A row high enough for wrapped texts: not every program finds the height by itself."""
        lines = max(len(textwrap.wrap(text, width)) for text, width in zip(texts, widths, strict=False))
        self._worksheet.set_row(row, LINE_HEIGHT * max(lines, 1))

    def _number(self, row: int, column: int, number: float, look: Any) -> None:
        exact = number if float(f"{number:.16G}") == number else _Exact(number)
        self._worksheet.write_number(row, column, exact, look)

    def _date(self, row: int, column: int, value: date | time | timedelta, look: Any) -> None:
        if isinstance(value, date) and value.year < 1900:
            self.text(row, column, str(value).removesuffix(" 00:00:00"), look)
        else:
            self._worksheet.write_number(row, column, _serial(value), look)


class _Exact(float):
    """A number with 17 digits, which xlsxwriter would round to 16."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def _serial(value: date | time | timedelta) -> float:
    """The number that Excel stores for it: days, in a calendar whose year 1900 has a 29 February."""
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, time):
        value = datetime.combine(DAY_0, value)
    elif not isinstance(value, datetime):
        value = datetime.combine(value, time())
    days = (value.replace(tzinfo=None) - DAY_0) / timedelta(days=1)
    return days - 1 if 1 <= days < 61 else days
