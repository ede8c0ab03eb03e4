"""Merged cells of a worksheet: only the first of them holds the value, and the others look blank."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from importer.cell_names import cell_name, column_number
from importer.errors import SheetError

# The ranges stand behind all rows, where a reader that goes row by row learns of them too late.
_RANGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]{0,99}?\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
_CHUNK = 1 << 16
_OVERLAP = 256
_MOST = 300_000


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Rows as Excel numbers them, columns from 0 for A; all of them included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def __str__(self) -> str:
        first = cell_name(self.first_column, self.first_row)
        return f"{first}:{cell_name(self.last_column, self.last_row)}"


def merged_ranges(part: IO[bytes]) -> list[MergedRange]:
    """Those of a worksheet's XML, by their first row. Raises SheetError where they are too many."""
    return sorted(set(_ranges(part)), key=lambda each: each.first_row)


def _ranges(part: IO[bytes]) -> Iterator[MergedRange]:
    count, rest = 0, b""
    while chunk := part.read(_CHUNK):
        text = rest + chunk
        for found in _RANGE.finditer(text):
            count += 1
            if count > _MOST:
                raise SheetError(
                    f"A worksheet of this file has more than {_MOST:,} merged ranges "
                    "(select all, choose Home > Unmerge Cells, and fill in what is blank then)."
                )
            first, top, last, bottom = found.groups()
            yield MergedRange(
                int(top), int(bottom), column_number(first.decode()), column_number(last.decode())
            )
        rest = text[-_OVERLAP:]


class Merged:
    """Tells for one row after the other which of its cells only look blank."""

    def __init__(self, ranges: Iterable[MergedRange]) -> None:
        self._coming = iter(ranges)
        self._next = next(self._coming, None)
        self._open: list[MergedRange] = []
        self._width = 0

    def faults(self, row: int, filled: Sequence[int]) -> dict[int, str]:
        """Column → why its blank cannot be trusted.

        Rows come in their order; `filled` are the row's columns, ascending. A column that is blank in all
        rows so far holds nothing that anybody could miss, though a title may be merged across it.
        """
        if not self._next and not self._open:
            return {}
        self._width = max(self._width, 1 + max(filled, default=-1))
        while self._next and self._next.first_row <= row:
            # A range whose first cell is blank hides nothing.
            if self._next.first_row == row and self._next.first_column in filled:
                self._open.append(self._next)
            self._next = next(self._coming, None)
        self._open = [each for each in self._open if each.last_row >= row]
        if not filled:
            # The lower half of a heading or of an entry that is two rows high: no row of its own.
            return {}
        return {
            column: (
                f"is merged with {cell_name(each.first_column, each.first_row)} and has no value of its own "
                f"(select {each}, choose Home > Unmerge Cells, and fill in each cell)"
            )
            for each in self._open
            for column in range(each.first_column, min(each.last_column + 1, self._width))
            if (row, column) != (each.first_row, each.first_column)
        }
