"""Worksheets of Excel workbooks as rows."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

from importer import excel_cells
from importer.excel_cells import ShowNumber
from importer.excel_merged import Merged
from importer.excel_workbook import NOT_SAVED, StoredCell, StoredRow, Workbook, Worksheet
from importer.file_facts import FileFacts, WorksheetFact
from importer.records import Cell, Row
from importer.texts import Texts
from importer.worksheets import choose, named

Styles = Mapping[int, tuple[str, ShowNumber]]
"""A style's number → its number format, and how that shows a number."""

_BLANK = Cell(None)
_GENERAL = ("General", excel_cells.show_number)
_SHOW: dict[str, Callable[[Any], excel_cells.Shown]] = {
    "s": excel_cells.show_text,
    "b": excel_cells.show_boolean,
    "d": excel_cells.show_moment,
    "e": excel_cells.show_error,
}


@dataclass(frozen=True, slots=True)
class ExcelSheet:
    """One worksheet of one workbook; its texts are kept, since reading them takes as long as the rows."""

    name: str
    worksheet: str
    strings: Texts
    notices: tuple[str, ...] = ()
    worksheets: tuple[WorksheetFact, ...] = ()

    @property
    def facts(self) -> FileFacts:
        return FileFacts("an Excel workbook (.xlsx)", worksheets=self.worksheets)

    def filled_rows(self, file: BinaryIO) -> Generator[Row, None, None]:
        """Every row that the file has something for, each cell as a person sees it and as it is stored.

        A row without texts has only formats.
        """
        workbook = Workbook(file, self.name, self.strings)
        yield from _filled_rows(workbook, named(self.name, workbook.worksheets, self.worksheet))


def find_excel(file: BinaryIO, name: str, worksheet: str | None) -> ExcelSheet:
    """The worksheet of that name, else the first visible one that holds anything.

    Raises SheetError where there is none, or the workbook cannot be read.
    """
    workbook = Workbook(file, name)
    chosen = choose(name, workbook.worksheets, worksheet, lambda one: _holds_anything(workbook, one))
    return ExcelSheet(name, chosen.title, workbook.strings, chosen.notices, chosen.all)


def _holds_anything(workbook: Workbook, worksheet: Worksheet) -> bool:
    with closing(_filled_rows(workbook, worksheet)) as rows:
        return any(not row.is_blank for row in rows)


def _filled_rows(workbook: Workbook, worksheet: Worksheet) -> Generator[Row, None, None]:
    codes = enumerate(workbook.number_formats)
    styles = {style: (code, excel_cells.how_to_show(code, workbook.epoch)) for style, code in codes}
    merged = Merged(workbook.merged_ranges(worksheet))
    with closing(workbook.stored_rows(worksheet)) as stored_rows:
        for stored in stored_rows:
            yield _row(stored, styles, merged)


def _row(stored: StoredRow, styles: Styles, merged: Merged) -> Row:
    texts: list[str] = []
    cells: list[Cell] = []
    faults: dict[int, str] = {}
    for one in stored.cells:
        gap = one["column"] - 1 - len(texts)
        texts.extend([""] * gap)
        cells.extend([_BLANK] * gap)
        number_format, show_number = styles.get(one["style_id"], _GENERAL)
        value, text, fault = _shown(one, show_number)
        if fault:
            faults[len(texts)] = fault
        texts.append(text)
        cells.append(Cell(value, number_format, one["data_type"] == "e"))
    filled = [column for column, text in enumerate(texts) if text or column in faults]
    faults |= merged.faults(stored.number, filled)
    width = 1 + max((*filled, *faults), default=-1)
    missing = width - len(texts)
    texts.extend([""] * missing)
    cells.extend([_BLANK] * missing)
    return Row(stored.number, tuple(texts[:width]), tuple(cells[:width]), faults, stored.is_hidden)


def _shown(stored: StoredCell, show_number: ShowNumber) -> excel_cells.Shown:
    value, data_type = stored["value"], stored["data_type"]
    if data_type == "n" and value is not None:
        return show_number(value)
    if value is not None:
        return _SHOW.get(data_type, excel_cells.show_text)(value)
    return None, "", excel_cells.FORMULA_NOT_SAVED if data_type == NOT_SAVED else ""
