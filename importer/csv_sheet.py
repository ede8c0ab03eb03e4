"""CSV files: the only module that knows csv."""

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO

from importer.errors import SheetError
from importer.file_facts import FileFacts
from importer.formulas import unguard
from importer.records import MENDING_HEADINGS, Row
from importer.text_encoding import as_text, declared_encoding, find_encoding, guess_notice

MOST_COLUMNS = 16_384
LONGEST_CELL = 1_000_000
LONGEST_LINE = 32_000_000
csv.field_size_limit(LONGEST_CELL)  # Excel keeps 32,767; beyond this it is a quote that never closes.

_DELIMITERS = "\t;|,"  # of equals the first: a comma stands in texts more often than the others
_SEP_LINE = re.compile(r'"?sep=([^"\r\n])"?\r?\n?\Z', re.IGNORECASE)
_SAMPLE = 1 << 15
_HEADINGS_WITHIN = 50
# Both of our files have these two side by side: the results, and the rows to mend.
_OURS = "\0".join(["", *MENDING_HEADINGS, ""])
_NEVER_CLOSED = 'a quote (") opens in this row and is never closed'
_TROUBLES = {
    "unexpected end": f"{_NEVER_CLOSED} (close it, or put quotes that belong to a cell twice)",
    "expected after": (
        'a quote (") that opens in this row closes in the middle of a cell '
        "(put quotes that belong to a cell twice, or save the file from Excel again)"
    ),
    "line limit": (
        f"it is longer than {LONGEST_LINE:,} characters "
        "(see whether the file is a table, with each row on a line of its own)"
    ),
    "field limit": f"a cell is longer than {LONGEST_CELL:,} characters, most likely because {_NEVER_CLOSED}",
}
_NO_FAULTS: MappingProxyType[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CsvSheet:
    """How one CSV file is to be read.

    has_sep_line: its first line is `sep=;`, which Excel obeys and does not show as a row.
    is_guarded:   it is a result of ours, so that formula guards are to be undone.
    """

    name: str
    encoding: str
    delimiter: str
    has_sep_line: bool
    notices: tuple[str, ...] = ()
    is_guarded: bool = False

    @property
    def worksheet(self) -> str:
        return ""

    @property
    def facts(self) -> FileFacts:
        return FileFacts("a text file (CSV)", self.encoding, self.delimiter)

    def filled_rows(self, file: BinaryIO) -> Generator[Row, None, None]:
        """Every row that holds anything, each cell exactly as in the file."""
        for number, texts in self._records(file):
            # A row ends at its last filled cell, whatever number of delimiters follows.
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                cells = map(unguard, texts) if self.is_guarded else texts
                yield Row(number, tuple(cells), (), _NO_FAULTS)

    def _records(self, file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
        with as_text(file, self.encoding) as lines:
            if self.has_sep_line:
                next(lines)
            # Strict: a quote that closes in the middle of a cell has mostly swallowed whole rows.
            records = csv.reader(_lines(lines), delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for number, texts in enumerate(records, start=1):
                    if len(texts) > MOST_COLUMNS:
                        raise SheetError(
                            f"{self.name}, row {number}: {len(texts):,} cells, and a spreadsheet has at most "
                            f"{MOST_COLUMNS:,} columns (see whether {self.delimiter!r} parts the cells)."
                        )
                    yield number, texts
            except csv.Error as error:
                raise SheetError(f"{self.name}, row {number + 1}: {_in_words(error)}.") from error


def find_csv(
    file: BinaryIO, name: str, encoding: str | None = None, delimiter: str | None = None
) -> CsvSheet:
    """How this file is to be read, where that is not given.

    Raises SheetError where it is no text, or not in the encoding given, or its quotes are unpaired.
    """
    if is_certain := encoding is not None:
        encoding = declared_encoding(file, name, encoding)
    else:
        encoding, is_certain = find_encoding(file, name)
    with as_text(file, encoding) as text:
        sample = text.read(_SAMPLE)
    lines = list(io.StringIO(sample, newline=""))
    sep_line = _SEP_LINE.match(lines[0]) if lines else None
    sheet = CsvSheet(
        name,
        encoding,
        delimiter=delimiter or (sep_line[1] if sep_line else _likeliest_delimiter(lines)),
        has_sep_line=sep_line is not None,
    )
    if all(row.is_blank for row in sheet.filled_rows(file)):
        raise SheetError(f"{name} is empty: no cell is filled (export or save it again).")
    notices: tuple[str, ...] = ()
    if not is_certain:
        with closing(sheet.filled_rows(file)) as rows:
            notices = (guess_notice(name, encoding, rows),)
    with closing(sheet.filled_rows(file)) as rows:
        is_guarded = any(map(_is_of_ours, islice(rows, _HEADINGS_WITHIN)))
    return replace(sheet, notices=notices, is_guarded=is_guarded)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    # The reader looks at a cell's length only when it has the whole line, which may be the whole file.
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error("line limit")
        yield line


def _likeliest_delimiter(lines: Sequence[str]) -> str:
    """The one that cuts the most rows into equally many cells; of equals, the one that cuts more."""

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = Counter(width for width in _widths(lines, delimiter) if width > 1)
        ((width, rows),) = widths.most_common(1) or [(0, 0)]
        return rows, width

    return max(_DELIMITERS, key=agreement)


def _widths(lines: Sequence[str], delimiter: str) -> Iterator[int]:
    # The sample may end within quotes; and a delimiter that does not fit the quotes is the wrong one.
    with suppress(csv.Error):
        yield from map(len, csv.reader(lines, delimiter=delimiter, strict=True))


def _is_of_ours(row: Row) -> bool:
    return _OURS in "\0".join(["", *row.texts, ""])


def _in_words(error: csv.Error) -> str:
    return next((words for found, words in _TROUBLES.items() if found in str(error)), str(error))
