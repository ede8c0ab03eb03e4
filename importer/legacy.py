"""Worksheets of .xls, .xlsb and .ods as rows, read by a program of its own (legacy_workbook.py)."""

import json
import os
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from importer import legacy_workbook
from importer.cell_text import MERGED
from importer.errors import SheetError
from importer.excel_cells import Shown, show_boolean, show_moment, show_number
from importer.file_facts import FileFacts
from importer.records import Cell, Row
from importer.sheet_file import legacy_format
from importer.worksheets import choose

SECONDS = 60.0
"""After which a workbook counts as one that cannot be read."""

_SAVE_AS = "choose File > Save As > Excel Workbook (.xlsx) in Excel and hand that in"
_TROUBLES = {
    legacy_workbook.NOT_INSTALLED: (
        "which needs a further package",
        f'{_SAVE_AS}, or have it installed: pip install "leadsquared-importer[legacy]"',
    ),
    legacy_workbook.OUT_OF_MEMORY: ("but takes too much memory: it is too large, or damaged", _SAVE_AS),
}
_DAMAGED = "but damaged, or not as such a file should be", f"open it in Excel: if it opens, {_SAVE_AS}"
_TOO_SLOW = "but takes too long to read: it is too large, or damaged", _SAVE_AS
# What the allocator says before it ends the program.
_NO_MEMORY = b"memory allocation"
_BLOCK = 1 << 20
_BLANK = Cell(None)


@dataclass(frozen=True, slots=True)
class _Worksheet:
    title: str
    is_visible: bool
    is_filled: bool


@dataclass(frozen=True, slots=True, weakref_slot=True)
class LegacySheet:
    """One worksheet, whose rows were told into a nameless file that goes away with this object."""

    name: str
    worksheet: str
    notices: tuple[str, ...]
    facts: FileFacts
    _told: IO[bytes]

    def filled_rows(self, file: BinaryIO) -> Generator[Row, None, None]:
        """Every row that holds anything, each cell as a person sees it but for its number format."""
        for line in _lines(self._told):
            told = json.loads(line)
            if isinstance(told, dict):
                return
            yield _row(*told)


def find_legacy(file: BinaryIO, name: str, worksheet: str | None, seconds: float = SECONDS) -> LegacySheet:
    """The worksheet of that name, else the first visible one that holds anything.

    Raises SheetError where there is none, or the workbook cannot be read within so many seconds.
    """
    format_name = legacy_format(file)
    with ExitStack() as stack:
        told = stack.enter_context(TemporaryFile())
        if trouble := _tell_rows(file, worksheet or "", told, seconds):
            what, remedy = trouble
            raise SheetError(f"{name} is {format_name}, {what} ({remedy}).")
        worksheets = [_Worksheet(*each) for each in _last(told)["worksheets"]]
        chosen = choose(name, worksheets, worksheet, lambda one: one.is_filled)
        notices = (*chosen.notices, _what_is_not_seen(name, format_name))
        sheet = LegacySheet(name, chosen.title, notices, FileFacts(format_name, worksheets=chosen.all), told)
        weakref.finalize(sheet, stack.pop_all().close)
    return sheet


def _tell_rows(file: BinaryIO, wanted: str, told: IO[bytes], seconds: float) -> tuple[str, str] | None:
    """Has the rows told into that file. Why that went wrong, and what would do; None where it went well."""
    # By its path and with -P, so that Python looks neither into the folder it is called in nor into ours,
    # where modules are called as some of its own.
    program = [sys.executable, "-P", "-W", "ignore", str(Path(legacy_workbook.__file__)), wanted]
    file.seek(0)
    try:
        done = subprocess.run(  # noqa: S603  # no word of it comes from the file, and there is no shell
            program,
            input=file.read(),
            stdout=told,
            stderr=subprocess.PIPE,
            timeout=seconds,
            # Each thread of the number library would take its share of the memory, and none is of use.
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "ascii"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _TOO_SLOW
    if done.returncode and _NO_MEMORY in done.stderr:
        return _TROUBLES[legacy_workbook.OUT_OF_MEMORY]
    return _TROUBLES.get(done.returncode, _DAMAGED) if done.returncode else None


def _last(told: IO[bytes]) -> dict[str, Any]:
    (line,) = deque(_lines(told), maxlen=1)
    last: dict[str, Any] = json.loads(line)
    return last


def _lines(told: IO[bytes]) -> Iterator[bytes]:
    """From the first on, whoever else reads the same file meanwhile."""
    at = 0
    while True:
        told.seek(at)
        lines = told.readlines(_BLOCK)
        at = told.tell()
        if not lines:
            return
        yield from lines


def _what_is_not_seen(name: str, format_name: str) -> str:
    return (
        f"{name} is {format_name}, of which not everything can be seen here: a cell with an error (#N/A), "
        "or with a formula whose result was not saved, reads as blank, and a number without what its format "
        "shows (00123 as 123, 12.5% as 0.125); hidden rows look like others, and in .ods and .xlsb merged "
        "cells but for the first as blank. If that matters, save it in Excel as .xlsx."
    )


def _row(number: int, told: list[Any], covered: list[int]) -> Row:
    texts: list[str] = []
    cells: list[Cell] = []
    faults = dict.fromkeys(covered, MERGED)
    for column, (value, text, fault) in enumerate(map(_shown, told)):
        texts.append(text)
        cells.append(_BLANK if value is None else Cell(value, _number_format(value)))
        if fault:
            faults[column] = fault
    gap = max(faults, default=-1) + 1 - len(texts)
    return Row(number, (*texts, *[""] * gap), (*cells, *[_BLANK] * gap), faults)


def _shown(told: Any) -> Shown:
    match told:
        case None:
            return None, "", ""
        case str():
            return told, told, ""
        case bool():
            return show_boolean(told)
        case int() | float():
            return show_number(told)
        case [kind, value]:
            return show_moment(_MOMENTS[kind](value))
    raise ValueError(told)


_MOMENTS: dict[str, Callable[[Any], datetime | time | timedelta]] = {
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda seconds: timedelta(seconds=seconds),
}


def _number_format(value: object) -> str:
    """With which a value looks in a result as its text does here."""
    match value:
        case datetime():
            return "yyyy-mm-dd" if value.time() == time.min else "yyyy-mm-dd hh:mm:ss"
        case time():
            return "hh:mm:ss"
        case timedelta():
            return "[h]:mm:ss"
        case _:
            return "General"
