"""Workbooks of the formats beside .xlsx: the only module that knows pandas' readers and calamine.

A program of its own, so that no file can harm the importer, whatever is in it: it imports nothing of ours,
opens no file, takes the workbook's bytes from stdin, and says on stdout, one piece of JSON a line:

- `[number, cells, covered]` for every row of the worksheet that is read which holds anything: its number in
  Excel; its cells, of which a date, a time or a duration is `[kind, value]`; the columns (0 is A) of cells
  that a merged one covers although the row is one of data;
- at the end `{"worksheets": [[title, is visible, holds anything], ...]}`.
"""

import io
import json
import re
import signal
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

NOT_INSTALLED, OUT_OF_MEMORY = 3, 4
"""What it ends with, beside 0; anything else is trouble with the file."""

# Python with pandas and calamine takes 160 MB of address space; with an .xls of 65,536 rows and 15 columns
# 500 MB, with an .ods of 200,000 such rows 1,030 MB.
MEMORY = 1_536 * 2**20

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# calamine gives a duration of OpenDocument from a day on as it is written there.
_DURATION = re.compile(r"(-?)PT(\d{1,6})H(\d\d)M(\d\d(?:\.\d+)?)S")

Range = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of its first and its last cell, from 0."""


def main(wanted: str) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the importer hears Ctrl-C, and ends this program
    _limit_memory()
    try:
        import pandas  # noqa: F401  # without it or calamine there is no reading
        import python_calamine  # noqa: F401
    except ImportError:
        return NOT_INSTALLED
    try:
        worksheets = list(_read(sys.stdin.buffer.read(), wanted))
        print(json.dumps({"worksheets": worksheets}))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _limit_memory() -> None:
    # Windows has no such limits; other systems may not know this one.
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _read(content: bytes, wanted: str) -> Iterator[tuple[str, bool, bool]]:
    """What is known of each worksheet; on the way, the rows of the one that is read are told."""
    import pandas
    from python_calamine import SheetVisibleEnum

    is_old = content.startswith(_OLD_OFFICE)
    if not is_old:
        _check_sums(content)
    is_told = False
    with pandas.ExcelFile(io.BytesIO(content), engine="calamine") as workbook:
        book: Any = workbook.book
        states = {each.name: each.visible for each in book.sheets_metadata}
        for title in map(str, workbook.sheet_names):
            is_visible = states[title] == SheetVisibleEnum.Visible
            if not (title.casefold() == wanted.casefold() if wanted else is_visible):
                yield title, is_visible, False
                continue
            frame = _frame(workbook, title)
            is_filled = any(map(_is_filled, _rows(frame)))
            if is_filled and not is_told:
                # Only the reader of .xls knows of merged cells.
                merged = book.get_sheet_by_name(title).merged_cell_ranges if is_old else None
                _tell(frame, merged or [])
                is_told = True
            yield title, is_visible, is_filled


def _check_sums(archive: bytes) -> None:
    """Raises BadZipFile over a damaged part: calamine reads those as they are."""
    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        if parts.testzip():
            raise zipfile.BadZipFile


def _frame(workbook: Any, title: str) -> Any:
    import pandas

    return pandas.read_excel(workbook, sheet_name=title, header=None, dtype=object, na_filter=False)


def _rows(frame: Any) -> Iterator[tuple[Any, ...]]:
    """From row 1 and column A on, as wide as the worksheet; a blank cell is ""."""
    rows: Iterator[tuple[Any, ...]] = frame.itertuples(index=False, name=None)
    return rows


def _is_filled(row: tuple[Any, ...]) -> bool:
    return any(value.strip() if isinstance(value, str) else True for value in row)


def _tell(frame: Any, merged: list[Range]) -> None:
    by_row: dict[int, list[Range]] = {}
    for one in merged:
        (top, left), (bottom, _) = one
        if top < len(frame) and left < frame.shape[1] and frame.iat[top, left] != "":
            for at in range(top, min(bottom + 1, len(frame))):
                by_row.setdefault(at, []).append(one)
    for at, row in enumerate(_rows(frame)):
        covered = sorted({column for one in by_row.get(at, []) for column in _covered(at, row, one)})
        cells = [_told(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells or covered:
            print(json.dumps([at + 1, cells, covered]))


def _covered(at: int, row: tuple[Any, ...], merged: Range) -> Iterator[int]:
    """The columns of this row whose value stands in the first cell of a merged one."""
    (top, left), (_, right) = merged
    # A value that stands alone in its row is a title, and is not missing in the cells beside it.
    if any(value != "" for column, value in enumerate(row) if column != left):
        yield from (column for column in range(left, min(right + 1, len(row))) if (at, column) != (top, left))


def _told(value: Any) -> Any:
    match value:
        case "":
            return None
        case str() if found := _DURATION.fullmatch(value):
            sign = -1 if found[1] else 1
            seconds = int(found[2]) * 3600 + int(found[3]) * 60 + float(found[4])
            return "duration", sign * seconds
        case datetime():
            return "datetime", value.isoformat()
        case time():
            return "time", value.isoformat()
        case timedelta():
            return "duration", value.total_seconds()
        case _:
            return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
