"""The quicker worksheet writes the very same part as xlsxwriter's own."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from importer.quick_worksheet import QuickWorksheet

TEXTS = [
    *("plain", "00123", "=1+1", "https://example.com", 'say "hi"', "it's", "José 李雷 ओम 👍", "é" * 32_768),
    *("a&b", "a<b", "]]>", "<r>x</r>", "<r>", "two\nlines", "a\rb", "\t", "a\x00b", "a\x1fb", "\x7f\x85"),
    *(" before", "after ", "\u00a0x", "x\u2028", "x\u3000", "_", "a_b", "_x0041_", "\ufffe", "a\uffff"),
]


def part(path: Path, kind: type, texts: list[str]) -> str:
    """The worksheet's XML, with each text plain, in a look, and beside other cells."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        look = book.add_format({"num_format": "@"})
        worksheet = book.add_worksheet("Page", kind)
        for row, text in enumerate(texts):
            worksheet.write_string(row, 0, text)
            worksheet.write_string(row, 1, text, look)
            worksheet.write_number(row, 2, row, look)
            worksheet.write_blank(row, 3, None, look)
            worksheet.write_string(row, 16_383, text)
        worksheet.write_comment(0, 0, "a comment")
    with zipfile.ZipFile(path) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("texts", [[text] for text in TEXTS] + [TEXTS, [*map(chr, range(0x3000))]])
def test_it_writes_what_xlsxwriter_writes(tmp_path, texts):
    ours = part(tmp_path / "ours.xlsx", QuickWorksheet, texts)
    assert ours == part(tmp_path / "theirs.xlsx", Worksheet, texts)
