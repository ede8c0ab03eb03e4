"""How a sheet is to be read, where the operator does not leave that to the importer."""

import codecs
from argparse import Namespace
from dataclasses import dataclass

from importer.errors import UsageError

_TAB = ("tab", "\\t", "\t")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the operator says of a sheet; None is found out from the file or the mapping.

    worksheet:    of a workbook, also a hidden one.
    encoding:     of a text file, a name that Python knows.
    delimiter:    of a text file, one character.
    header_row:   the number of the row that holds the headings.
    visible_only: rows that are hidden in the workbook, also by a filter, are left out.
    """

    worksheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    visible_only: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """The same as words of a command line."""
        given = (
            ("--worksheet", self.worksheet),
            ("--header-row", self.header_row and str(self.header_row)),
            ("--encoding", self.encoding),
            ("--delimiter", "tab" if self.delimiter == "\t" else self.delimiter),
        )
        words = [word for option, value in given if value for word in (option, value)]
        return (*words, "--visible-only") if self.visible_only else tuple(words)


AS_FOUND = Reading()


def read_encoding(text: str) -> str:
    """The encoding's usual name. Raises UsageError where Python knows none of this name for text."""
    try:
        bytes(4).decode(text)
    except (LookupError, ValueError) as unknown:
        raise UsageError(
            f"--encoding: {text!r} is no encoding such as utf-8, cp1252, cp1250 or utf-16."
        ) from unknown
    return codecs.lookup(text).name


def read_delimiter(text: str) -> str:
    """One character, or the word `tab`. Raises UsageError for what cannot part cells."""
    delimiter = "\t" if text in _TAB else text
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\r\n\0':
        raise UsageError(f"--delimiter: {text!r} is no delimiter such as ',' ';' '|' or tab.")
    return delimiter


def read_header_row(text: str) -> int:
    """Raises UsageError for what is no row number."""
    if not text.isdecimal() or not 1 <= int(text) <= 1_048_576:
        raise UsageError(f"--header-row: {text!r} is not the number of a row such as 3.")
    return int(text)


def reading_of(options: Namespace) -> Reading:
    """What the options of a command line say of it. Raises UsageError."""
    return Reading(
        options.worksheet,
        read_encoding(options.encoding) if options.encoding else None,
        read_delimiter(options.delimiter) if options.delimiter else None,
        read_header_row(options.header_row) if options.header_row else None,
        options.visible_only,
    )
