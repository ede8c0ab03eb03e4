"""Spreadsheets in: a text file, a workbook or a web page as rows, each cell as a person sees it."""

import hashlib
import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from importer.csv_sheet import CsvSheet, find_csv
from importer.errors import SheetError
from importer.html_sheet import HtmlSheet, find_html
from importer.reading import AS_FOUND, Reading
from importer.records import Row
from importer.sheet_file import FileKind, file_kind, open_file

# What reads workbooks takes long to be there, so it is imported only for one.
if TYPE_CHECKING:
    from importer.excel_sheet import ExcelSheet
    from importer.legacy import LegacySheet

    Source = CsvSheet | ExcelSheet | LegacySheet | HtmlSheet

# Asking for the file's version costs as much as reading a row, so it is asked for many at once.
BLOCK = 64

_WITHOUT_WORKSHEETS = {FileKind.TEXT: "a text file (CSV)", FileKind.WEB_PAGE: "a web page"}


class Sheet:
    """The rows of one worksheet, read again from the file on every pass.

    worksheet: its name; "" for a CSV or a web page.
    facts:     what is to be told of its file.
    notices:   what was decided for the operator, in whole sentences.
    formatted_blanks: how many rows below the last that holds anything have formats; known after a whole pass.
    """

    def __init__(self, path: Path, source: "Source", version: tuple[int, int]) -> None:
        self.path = path
        self.worksheet = source.worksheet
        self.facts = source.facts
        self.notices = source.notices
        self._source = source
        self._version = version
        self._sha256 = ""
        self.formatted_blanks = 0

    @property
    def sha256(self) -> str:
        """Of the file's bytes, in hexadecimal."""
        if not self._sha256:
            with self._opened() as file:
                self._sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return self._sha256

    def rows(self) -> Generator[Row, None, None]:
        """Every row from row 1 to the last that holds anything, blank ones included.

        A row is as wide as its last filled cell, so rows differ in width and a blank row has none.
        The file is closed when the generator ends or is closed.
        Raises SheetError where a row cannot be read, or the file has changed since `open_sheet`.
        """
        with self._opened() as file, closing(self._source.filled_rows(file)) as filled:
            next_number, blanks = 1, 0
            for row in self._unchanged(file, filled):
                if not row.texts:
                    blanks += 1
                    continue
                for number in range(next_number, row.number):
                    yield Row(number, ())
                yield row
                next_number, blanks = row.number + 1, 0
            self.formatted_blanks = blanks

    def head(self, count: int = 50) -> list[Row]:
        """The first rows, blank ones included."""
        with closing(self.rows()) as rows:
            return list(islice(rows, count))

    def _unchanged(self, file: BinaryIO, rows: Iterator[Row]) -> Iterator[Row]:
        """Hands rows on only when the file still is what it was after they were read."""
        while block := list(islice(rows, BLOCK)):
            self._check_version(file)
            yield from block

    @contextmanager
    def _opened(self) -> Iterator[BufferedReader]:
        with open_file(self.path) as file:
            self._check_version(file)
            yield file

    def _check_version(self, file: BinaryIO) -> None:
        if _version(file) != self._version:
            raise SheetError(f"{self.path.name} was saved again after it was opened here (start again).")


def open_sheet(path: Path, reading: Reading = AS_FOUND) -> Sheet:
    """The sheet in this file, once it is sure that there is one.

    Without a worksheet the first visible one that holds anything is read.
    Raises SheetError with what was found and what would do.
    """
    with open_file(path) as file:
        version = _version(file)
        source = _find_source(file, path.name, reading)
    return Sheet(path, source, version)


def _find_source(file: BinaryIO, name: str, reading: Reading) -> "Source":
    kind = file_kind(file, name)
    if reading.visible_only and kind in (FileKind.LEGACY, FileKind.WEB_PAGE):
        raise SheetError(
            f"{name}: which rows are hidden cannot be seen in such a file "
            "(save it in Excel as .xlsx, or leave --visible-only out)."
        )
    if kind in (FileKind.WORKBOOK, FileKind.LEGACY):
        for option, given in (("encoding", reading.encoding), ("delimiter", reading.delimiter)):
            if given is not None:
                raise SheetError(f"{name} is a workbook and has no {option} (leave --{option} out).")
        if kind is FileKind.WORKBOOK:
            from importer.excel_sheet import find_excel

            return find_excel(file, name, reading.worksheet)
        from importer.legacy import find_legacy

        return find_legacy(file, name, reading.worksheet)
    if reading.worksheet is not None:
        raise SheetError(
            f"{name} is {_WITHOUT_WORKSHEETS[kind]} and has no worksheet {reading.worksheet!r} "
            "(leave the worksheet out)."
        )
    if kind is FileKind.WEB_PAGE:
        return find_html(file, name, reading.encoding)
    return find_csv(file, name, reading.encoding, reading.delimiter)


def _version(file: BinaryIO) -> tuple[int, int]:
    """Changes when the file does."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
