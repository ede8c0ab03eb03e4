"""Web pages that hold a table: many programs export one and call it .xls."""

import codecs
import re
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import BinaryIO

from importer.errors import SheetError
from importer.file_facts import FileFacts
from importer.html_table import Tables, UnfitPage
from importer.records import Row
from importer.text_encoding import as_text, declared_encoding, decodes, find_encoding, guess_notice

_HEAD = 4096
_PIECE = 1 << 16
_DECLARED = re.compile(rb"""<meta[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
# Browsers take these for what most programs mean by them.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252"}


@dataclass(frozen=True, slots=True)
class HtmlSheet:
    """How one web page is to be read; `table` is the place of its table among all, from 0."""

    name: str
    encoding: str
    table: int = 0
    notices: tuple[str, ...] = ()

    @property
    def worksheet(self) -> str:
        return ""

    @property
    def facts(self) -> FileFacts:
        return FileFacts("a web page (HTML)", self.encoding)

    def filled_rows(self, file: BinaryIO) -> Generator[Row, None, None]:
        """Every row of the table that holds anything, each cell as a browser shows it."""
        tables = Tables()
        yield from (row for place, row in self.rows_of_all(file, tables) if place == self.table)

    def rows_of_all(self, file: BinaryIO, tables: Tables) -> Iterator[tuple[int, Row]]:
        """The rows of all tables, each with the place of its table."""
        with as_text(file, self.encoding) as text:
            pieces = iter(lambda: text.read(_PIECE), "")
            try:
                for piece in chain(pieces, repeat("", 1)):
                    yield from tables.rows_of(piece)
            except UnfitPage as unfit:
                raise SheetError(
                    f"{self.name} is a web page that cannot be read: {unfit} "
                    "(open it in Excel and choose File > Save As > Excel Workbook (.xlsx))."
                ) from unfit


def find_html(file: BinaryIO, name: str, encoding: str | None = None) -> HtmlSheet:
    """The page's largest table, by filled cells. Raises SheetError where there is none."""
    encoding, is_certain = declared_encoding(file, name, encoding) if encoding else _declared(file), True
    if not encoding:
        encoding, is_certain = find_encoding(file, name)
    page, tables = HtmlSheet(name, encoding), Tables()
    filled: Counter[int] = Counter()
    for place, row in page.rows_of_all(file, tables):
        filled[place] += 0 if row.is_blank else sum(map(bool, row.texts))
    if not tables.count:
        raise SheetError(
            f"{name} is a web page (HTML) without a table, whatever its name says "
            "(open it in a browser: if it asks to log in, do that and export the sheet again)."
        )
    if not filled.total():
        raise SheetError(f"{name} is a web page (HTML) with no filled cell in its tables (export it again).")
    largest = max(range(tables.count), key=filled.__getitem__)
    found = replace(page, table=largest)
    notices = [_which_table(name, largest + 1, tables.count)]
    if not is_certain:
        with closing(found.filled_rows(file)) as rows:
            notices.append(guess_notice(name, encoding, rows))
    return replace(found, notices=tuple(notices))


def _declared(file: BinaryIO) -> str:
    """The encoding that the page says it is in; "" where it says none, or is in another."""
    file.seek(0)
    head = file.read(_HEAD)
    found = _DECLARED.search(head)
    if not found:
        return ""
    name = found[1].decode("ascii")
    try:
        bytes(4).decode(name)  # Python also knows some by name that are not of text
    except (LookupError, ValueError):
        return ""
    encoding = codecs.lookup(name).name
    encoding = _MEANT.get(encoding, encoding)
    # What can be found in its single bytes is not written in pairs of them.
    is_possible = not encoding.startswith(("utf-16", "utf-32")) and not head.startswith(codecs.BOM_UTF8)
    return encoding if is_possible and decodes(file, encoding) else ""


def _which_table(name: str, number: int, count: int) -> str:
    which = "its table" if count == 1 else f"its largest table, number {number} of {count},"
    return f"{name} is a web page (HTML), whatever its name says: {which} is read."
