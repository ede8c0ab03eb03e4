"""The verb `template`: an empty workbook to fill in for a mapping, with a worksheet that explains it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]

from importer.errors import UsageError
from importer.example_row import EXAMPLE
from importer.landing import land
from importer.mapping import Mapping
from importer.template_columns import TemplateColumn, template_columns

SHEET, HELP, LISTS = "Rows", "Help", "Lists"
NOTE = "Example: write over every cell of this row, or delete it. It is never sent as it is."

# As xlsxwriter counts, from 0.
LAST_ROW = 1_048_575
# What Excel takes within a validation, in UTF-16 units as it counts them.
LONGEST_LIST = 255
WIDEST = 40

_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "number": "General", "integer": "0"}
_AS_TEXT = "@"
_HEADINGS = ("Column", "What it becomes in LeadSquared", "Required", "What it takes", "For example")
_WIDTHS = (24, 40, 10, 55, 30)
LINE = 16
_ABOUT = (
    "Fill in the first worksheet, one row for each opportunity; the headings stay as they are.",
    "Columns with a darker heading are required. The example row is to be written over, or deleted.",
    "Write dates as 2026-05-31: their columns are formatted so that Excel does not exchange day and month.",
)


def template(mapping: Mapping, output: Path) -> None:
    """Raises UsageError where there is such a file already, ResultError where none can be written."""
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output}: a template ends in .xlsx.")
    if output.exists():
        raise UsageError(f"{output} exists already, and no file is written over (name another one).")
    if (mapping.worksheet or "").casefold() in (HELP.casefold(), LISTS.casefold()):
        raise UsageError(
            f"{mapping.path}: a template has a worksheet {mapping.worksheet} of its own (name another one "
            "for the rows in the mapping)."
        )
    land(output, partial(_write, mapping))


def _write(mapping: Mapping, file: BinaryIO) -> None:
    columns = template_columns(mapping)
    try:
        with xlsxwriter.Workbook(file, {"strings_to_urls": False}) as book:
            sheet = book.add_worksheet(mapping.worksheet or SHEET)
            help_sheet, lists = book.add_worksheet(HELP), book.add_worksheet(LISTS)
            lists.hide()
            _Rows(book, sheet, lists, (mapping.header_row or 1) - 1).write(columns)
            _explain(book, help_sheet, columns)
    except XlsxWriterException as error:
        text = f"{mapping.path}: no workbook can have the worksheet {mapping.worksheet!r}."
        raise UsageError(text) from error


class _Rows:
    """The worksheet to fill in. header_row: from 0."""

    def __init__(self, book: Any, sheet: Any, lists: Any, header_row: int) -> None:
        self._book = book
        self._sheet = sheet
        self._lists = lists
        self._header_row = header_row

    def write(self, columns: Sequence[TemplateColumn]) -> None:
        self._sheet.freeze_panes(self._header_row + 1, 0)
        for place, column in enumerate(columns):
            self._write_column(place, column)
            if column.choices and column.kind != "multi_choice":
                self._offer(place, column.choices)

    def _write_column(self, place: int, column: TemplateColumn) -> None:
        colour = "#F4B183" if column.is_required else "#DDEBF7"
        heading = self._book.add_format({"bold": True, "bg_color": colour, "border": 1})
        shown = _FORMATS.get(column.kind, _AS_TEXT)
        width = min(WIDEST, max(len(column.heading), len(EXAMPLE + column.example)) + 3)
        self._sheet.set_column(place, place, width, self._book.add_format({"num_format": shown}))
        self._sheet.write_string(self._header_row, place, column.heading, heading)
        needed = "Required. " if column.is_required else ""
        self._sheet.write_comment(self._header_row, place, f"{needed}Takes {column.takes}.", {"x_scale": 2})
        grey = self._book.add_format({"num_format": shown, "italic": True, "font_color": "#7F7F7F"})
        self._sheet.write_string(self._header_row + 1, place, EXAMPLE + column.example, grey)
        self._sheet.write_comment(self._header_row + 1, place, NOTE)

    def _offer(self, place: int, choices: Sequence[str]) -> None:
        source: list[str] | str = list(choices)
        if not _fits_in_validation(choices):
            for row, choice in enumerate(choices):
                self._lists.write_string(row, place, choice)
            letter = xl_col_to_name(place)
            source = f"={LISTS}!${letter}$1:${letter}${len(choices)}"
        rows = {"validate": "list", "source": source, "error_title": "Not one of the choices"}
        self._sheet.data_validation(self._header_row + 1, place, LAST_ROW, place, rows)


def _fits_in_validation(choices: Sequence[str]) -> bool:
    """Whether they can stand in it as one text, which a comma parts and a quote ends."""
    text = ",".join(choices)
    parts_itself = any(mark in choice for choice in choices for mark in ',"')
    return not parts_itself and len(text.encode("utf-16-le")) // 2 <= LONGEST_LIST


def _explain(book: Any, sheet: Any, columns: Sequence[TemplateColumn]) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for row, sentence in enumerate(_ABOUT):
        sheet.write_string(row, 0, sentence)
    first = len(_ABOUT) + 1
    sheet.write_row(first, 0, _HEADINGS, bold)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    for row, column in enumerate(columns, first + 1):
        needed = "yes" if column.is_required else ""
        said = (column.heading, "; ".join(column.purposes), needed, column.takes, column.example)
        lines = max(-(-len(text) // width) for text, width in zip(said, _WIDTHS, strict=True))
        sheet.set_row(row, LINE * lines)
        for place, text in enumerate(said):
            sheet.write_string(row, place, text, wrapped)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
