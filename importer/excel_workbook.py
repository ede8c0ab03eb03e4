"""The parts inside an Excel workbook (.xlsx, .xlsm), as openpyxl reads them."""

import re
import warnings
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS, STYLES_TYPE
from openpyxl.xml.functions import fromstring, iterparse

from importer.errors import SheetError
from importer.excel_merged import MergedRange, merged_ranges
from importer.texts import Texts

NOT_SAVED = "not saved"
"""The data type of a cell with a formula whose result is not in the file; openpyxl has none for it."""

StoredCell = dict[str, Any]
"""As openpyxl gives it: column (A is 1), value, data_type, style_id."""


class StoredRow(NamedTuple):
    """A row as the file has it."""

    number: int
    cells: list[StoredCell]
    is_hidden: bool


_LAST_ROW = 1_048_576
_LONGEST_TEXT = 1_000_000  # as in a text file, which other programs fill further than Excel would
_DEEPEST = 100  # a worksheet needs ten; memory is let go only where an element ends
_MAIN = f"{{{SHEET_MAIN_NS}}}"
# Programs that cannot calculate (XlsxWriter and others) save 0 for every result, and ask Excel to.
_RECALCULATE = re.compile(rb"""fullCalcOnLoad\s*=\s*["'](1|true)""")

# What openpyxl, zipfile and expat raise over a file that is not as it should be.
_TROUBLE = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """`part` is the name of its XML inside the file."""

    title: str
    is_visible: bool
    part: str


class Workbook:
    """An open workbook; it opens no other file. Raises SheetError where it is damaged.

    strings: the texts that its cells point to, where they were read before.
    """

    def __init__(self, file: BinaryIO, name: str, strings: Texts | None = None) -> None:
        self.name = name
        with self._damage_named(), warnings.catch_warnings():
            # openpyxl warns of what it would not write back; nothing is written back.
            warnings.simplefilter("ignore")
            # Step by step, since `load_workbook` also reads colours, properties and themes, and fails over
            # those that other programs write wrongly; it also loses each `x005F_` of a shared string.
            self._reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            self._reader.read_manifest()
            self._reader.read_workbook()
            self.epoch = self._reader.wb.epoch
            self.worksheets = tuple(self._find_worksheets())
            self.number_formats = tuple(self._read_number_formats())
            self.strings = Texts(self._read_strings()) if strings is None else strings
            self._has_guesses = self._is_to_be_recalculated()

    def merged_ranges(self, worksheet: Worksheet) -> list[MergedRange]:
        """By their first row."""
        with self._damage_named(), self._reader.archive.open(worksheet.part) as source:
            return merged_ranges(source)

    def stored_rows(self, worksheet: Worksheet) -> Generator[StoredRow, None, None]:
        """Each row that the file has something for, in order; one at a time in memory."""
        with self._damage_named(), self._reader.archive.open(worksheet.part) as source:
            parser = _RowParser(source, self.strings, data_only=True)
            parser.has_guesses = self._has_guesses
            for row in _children(source, DATA_TAG, ROW_TAG):
                yield parser.next_row(row)

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except _TROUBLE as error:
            raise SheetError(
                f"{self.name} is damaged: it cannot be read as a workbook "
                "(open it in Excel, let Excel repair it, and save it under a new name)."
            ) from error

    def _find_worksheets(self) -> Iterator[Worksheet]:
        for sheet, relationship in self._reader.parser.find_sheets():
            if relationship.Type.endswith("/worksheet"):
                yield Worksheet(sheet.name, sheet.state == "visible", relationship.target)

    def _read_number_formats(self) -> Iterator[str]:
        """The number format of each style, in the styles' order."""
        if not (part := self._part(STYLES_TYPE)):
            return
        styles = fromstring(self._reader.archive.read(part))
        own = styles.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        codes = BUILTIN_FORMATS | {int(one.attrib["numFmtId"]): one.attrib["formatCode"] for one in own}
        for style in styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"):
            yield codes.get(int(style.get("numFmtId", 0)), "General")

    def _read_strings(self) -> Iterator[str]:
        """The texts that cells point to, without the pronunciation that Asian texts may carry."""
        if not (part := self._part(SHARED_STRINGS)):
            return
        with self._reader.archive.open(part) as source:
            for item in _children(source, f"{_MAIN}sst", f"{_MAIN}si"):
                plain = item.findtext(f"{_MAIN}t")
                if plain is None:
                    plain = "".join(run.text or "" for run in item.iterfind(f"{_MAIN}r/{_MAIN}t"))
                if len(plain) > _LONGEST_TEXT:
                    raise SheetError(
                        f"{self.name} holds a text of {len(plain):,} characters, and a cell of Excel at most "
                        "32,767 (ask whoever sent the file for another)."
                    )
                yield plain

    def _part(self, content_type: str) -> str:
        found = next(self._reader.package.findall(content_type), None)
        return found.PartName.removeprefix("/") if found else ""

    def _is_to_be_recalculated(self) -> bool:
        workbook = self._reader.archive.read(self._reader.parser.workbook_part_name)
        return _RECALCULATE.search(workbook) is not None


class _RowParser(WorkSheetParser):
    """openpyxl's parser, taking rows and cells in order only, and telling results that were never saved."""

    has_guesses: bool = False

    def next_row(self, element: Element) -> StoredRow:
        last = self.row_counter
        number, cells = self.parse_row(element)  # type: ignore[arg-type]  # the stub wants a wider attrib
        if not last < number <= _LAST_ROW:
            raise ValueError("rows out of order")
        self.row_dimensions.clear()  # openpyxl keeps the height of every row
        return StoredRow(number, cells, element.get("hidden") in ("1", "true"))

    def parse_cell(self, element: Element) -> StoredCell:
        column = self.col_counter
        cell: StoredCell = super().parse_cell(element)
        if cell["column"] <= column:
            raise ValueError("cells out of order")
        if not cell["value"] and element.find(FORMULA_TAG) is not None and self._is_unsaved(cell, element):
            cell.update(value=None, data_type=NOT_SAVED)
        return cell

    def _is_unsaved(self, cell: StoredCell, element: Element) -> bool:
        if cell["value"] is None:
            # A formula may well give an empty text; then it says so by its type.
            return element.get("t") != "str" or element.find(VALUE_TAG) is None
        return self.has_guesses and cell["data_type"] == "n"


def _children(source: IO[bytes], parent_tag: str, tag: str) -> Iterator[Element]:
    """Each such child of the one parent, out of memory as soon as the next is asked for."""
    parent = None
    depth = 0
    for event, element in iterparse(source, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        if event == "start" and element.tag == parent_tag:
            parent = element
        elif event == "end" and parent is not None:
            if element.tag == tag:
                yield element
                parent.clear()
            elif element is parent:
                return
