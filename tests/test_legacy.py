"""Workbooks of the formats beside .xlsx: exact values in their own cells, and trouble in one sentence."""

import gc
import os
import re
import struct
import subprocess
import sys
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlwt  # type: ignore[import-untyped]

from importer.cell_text import MERGED
from importer.errors import SheetError
from importer.legacy import find_legacy
from importer.reading import Reading
from importer.records import Cell
from importer.sheet import open_sheet
from tests.legacy_files import (
    DATE,
    HOURS,
    ODS_BLANK,
    TIME,
    encrypted_xls,
    ods,
    ods_cell,
    ods_table,
    saved,
    xls,
    xls_of_95,
    xlsb,
    xlsb_cell,
)

DATA = Path(__file__).parent / "data"


@pytest.fixture
def write(tmp_path):
    def write(content, name="leads.xls"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def read(write):
    """The filled rows of a file with this content: their numbers and texts."""

    def read(content):
        return [(row.number, row.texts) for row in open_sheet(write(content)).rows() if row.texts]

    return read


def error(sheet, at, column):
    sheet.row(at).set_cell_error(column, 0x2A)


def coloured(sheet, at, column):
    sheet.write(at, column, None, xlwt.easyxf("pattern: pattern solid, fore_colour yellow"))


def test_every_kind_of_cell_of_an_xls_is_exact(read):
    stored = [
        "0091",
        " x\ny ",
        "a_x000D_b",
        "#N/A",
        "José 東京 😀",
        919876543210,
        0.30000000000000004,
        -1234.0,
        1e-7,
        True,
        (date(2026, 3, 31), DATE),
        (datetime(2026, 3, 31, 10, 30), f"{DATE} hh:mm"),
        (time(10, 30), TIME),
        (1.25, HOURS),
    ]
    assert read(xls(Enquiries=[stored])) == [
        (
            1,
            (
                "0091",
                " x\ny ",
                "a_x000D_b",
                "#N/A",
                "José 東京 😀",
                "919876543210",
                "0.30000000000000004",
                "-1234",
                "0.0000001",
                "TRUE",
                "2026-03-31",
                "2026-03-31 10:30:00",
                "10:30:00",
                "30:00:00",
            ),
        )
    ]


def test_every_kind_of_cell_of_an_ods_is_exact(read):
    cells = [
        ods_cell("0091"),
        ods_cell(' x<text:s text:c="2"/></text:p><text:p>y'),
        ods_cell("919876543210", "float", "919876543210"),
        ods_cell("0.3", "float", "0.30000000000000004"),
        ods_cell("12%", "percentage", "0.125"),
        ods_cell("₹1,234.50", "currency", "1234.5"),
        ods_cell("WAHR", "boolean", "true"),
        ods_cell("31.3.", "date", "2026-03-31"),
        ods_cell("31.3.", "date", "2026-03-31T10:30:00"),
        ods_cell("10:30", "time", "PT10H29M59.999999999S"),
        ods_cell("30:00", "time", "PT30H00M00S"),
        ods_cell("-1:30", "time", "-PT01H30M00S"),
    ]
    ((number, texts),) = read(ods(ods_table("Enquiries", "".join(cells))))
    assert number == 1
    assert texts == (
        "0091",
        " x  \ny",
        "919876543210",
        "0.30000000000000004",
        "0.125",
        "1234.5",
        "TRUE",
        "2026-03-31",
        "2026-03-31 10:30:00",
        "10:30:00",
        "30:00:00",
        "-1:30:00",
    )


def test_every_kind_of_cell_of_an_xlsb_is_exact(read):
    values = ["0091", 919876543210.0, 0.30000000000000004, True, "two\nlines"]
    cells = [xlsb_cell(column, value) for column, value in enumerate(values)]
    moments = [xlsb_cell(5, 46112, is_date=True), xlsb_cell(6, 46112.4375, is_date=True)]
    assert read(xlsb(Enquiries={1: cells + moments})) == [
        (
            1,
            (
                "0091",
                "919876543210",
                "0.30000000000000004",
                "TRUE",
                "two\nlines",
                "2026-03-31",
                "2026-03-31 10:30:00",
            ),
        )
    ]


def test_a_workbook_of_excel_95_is_read(read):
    label = struct.pack("<HHHH", 2, 1, 0, 4) + "José".encode("cp1252")
    content = xls_of_95((0x204, label), (0x203, struct.pack("<HHHd", 4, 0, 0, 12.5)))
    assert read(content) == [(3, ("", "José")), (5, ("12.5",))]


FAR_IN = [(3, ("", "", "Email")), (6, ("", "", "asha@example.com", "", "Pune"))]


@pytest.mark.parametrize(
    "content",
    [
        xls(
            Enquiries=[
                [],
                [],
                [None, None, "Email"],
                [],
                [],
                [None, None, "asha@example.com", None, "Pune", None, coloured],
                [coloured],
            ]
        ),
        ods(
            ods_table(
                "Enquiries",
                ODS_BLANK,
                ODS_BLANK,
                ODS_BLANK * 2 + ods_cell("Email"),
                ODS_BLANK,
                ODS_BLANK,
                f"{ODS_BLANK * 2}{ods_cell('asha@example.com')}{ODS_BLANK}{ods_cell('Pune')}{ODS_BLANK * 3}",
                '<table:table-cell table:number-columns-repeated="1024" table:style-name="yellow"/>',
            )
        ),
        xlsb(
            Enquiries={
                3: [xlsb_cell(2, "Email")],
                6: [xlsb_cell(2, "asha@example.com"), xlsb_cell(4, "Pune")],
            }
        ),
    ],
    ids=["xls", "ods", "xlsb"],
)
def test_cells_stand_where_they_stand_in_excel(write, content):
    sheet = open_sheet(write(content))
    assert [(row.number, row.texts) for row in sheet.rows() if row.texts] == FAR_IN
    assert [row.number for row in sheet.rows()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_libreoffice_saves_is_read(kind):
    sheet = open_sheet(DATA / f"enquiries.{kind}")
    assert sheet.worksheet == "Enquiries"
    assert "left out: Old (" in sheet.notices[0]
    assert [(row.number, row.texts) for row in sheet.rows() if row.texts] == [
        (2, ("", "Enquiries of March")),
        (4, ("", "Email", "Mobile", "Amount", "Enquired On", "Branch", "Score")),
        (5, ("", "asha@example.com", "+91 98765 43210", "1234.5", "2026-03-31", "Pune", "7")),
        (6, ("", "ravi@example.com", "0091", "919876543210", "2026-03-31 10:30:00", "Goa")),
        (7, ("", "hidden@example.com", "9.5", "2500000", "2026-04-01")),
    ]


def test_a_whole_number_of_16_digits_is_a_fault(write):
    sheet = open_sheet(write(xls(Enquiries=[["x", 1234567890123456.0, 999999999999999.0, 1e300]])))
    (row,) = sheet.rows()
    assert row.texts[1:3] == ("1234567890123456", "999999999999999")
    assert list(row.faults) == [1, 3]
    assert "stored as a number of 16 or more digits" in row.faults[1]


def test_numbers_come_back_as_they_were_written(read):
    bases = [1, 12.5, 0.1, 1 / 3, 919876543210, 536870911, 536870912, 99999999999.99, 1234567.25, 2**0.5]
    numbers = [sign * base * 10**power for base in bases for power in (-3, -1, 0, 1, 3) for sign in (1, -1)]
    ((_, texts),) = read(xls(Enquiries=[numbers]))
    assert [float(text) for text in texts] == numbers
    assert not any("e" in text or text.endswith(".0") for text in texts)


def test_cells_are_kept_with_formats_that_show_the_same_in_a_result(write):
    stored = ["0091", 12, 0.125, True, None, (date(2026, 3, 31), DATE), (time(10, 30), TIME), (1.25, HOURS)]
    moment = (datetime(2026, 3, 31, 10, 30), f"{DATE} hh:mm")
    (row,) = open_sheet(write(xls(Enquiries=[[*stored, moment]]))).rows()
    assert row.cells == (
        Cell("0091"),
        Cell(12),
        Cell(0.125),
        Cell(True),
        Cell(None),
        Cell(datetime(2026, 3, 31), "yyyy-mm-dd"),
        Cell(time(10, 30), "hh:mm:ss"),
        Cell(timedelta(hours=30), "[h]:mm:ss"),
        Cell(datetime(2026, 3, 31, 10, 30), "yyyy-mm-dd hh:mm:ss"),
    )


@pytest.mark.parametrize(
    ("content", "format_name"),
    [
        (
            xls(Enquiries=[["x", (12, "00000"), error, xlwt.Formula("1/0"), xlwt.Formula('"a"&"b"'), "y"]]),
            "a workbook of Excel 97-2003 (.xls)",
        ),
        (
            ods(
                ods_table(
                    "Enquiries",
                    ods_cell("x")
                    + ods_cell("00012", "float", "12")
                    + '<table:table-cell table:formula="of:=NA()" office:value-type="string" '
                    'office:string-value=""><text:p>#N/A</text:p></table:table-cell>'
                    + '<table:table-cell table:formula="of:=1+1"/>' * 2
                    + ods_cell("y"),
                )
            ),
            "an OpenDocument spreadsheet (.ods)",
        ),
        (
            xlsb(
                Enquiries={
                    1: [xlsb_cell(0, "x"), xlsb_cell(1, 12), xlsb_cell(2, b"\x2a"), xlsb_cell(5, "y")],
                }
            ),
            "a binary Excel workbook (.xlsb)",
        ),
    ],
    ids=["xls", "ods", "xlsb"],
)
def test_what_cannot_be_seen_in_these_formats_is_said(write, content, format_name):
    sheet = open_sheet(write(content, "leads"))
    assert sheet.head()[0].texts == ("x", "12", "", "", "", "y")
    assert sheet.notices == (
        f"leads is {format_name}, of which not everything can be seen here: a cell with an error (#N/A), "
        "or with a formula whose result was not saved, reads as blank, and a number without what its format "
        "shows (00123 as 123, 12.5% as 0.125); hidden rows look like others, and in .ods and .xlsb merged "
        "cells but for the first as blank. If that matters, save it in Excel as .xlsx.",
    )


def merged(rows, columns, text):
    return lambda sheet, at, column: sheet.write_merge(at, at + rows - 1, column, column + columns - 1, text)


def test_a_cell_that_a_merged_one_covers_is_a_fault_unless_that_is_a_title_or_blank(write):
    rows = [
        [merged(1, 3, "A title")],
        ["Branch", "Name", "City"],
        [merged(2, 1, "Pune"), "Asha", "x"],
        [None, "Ravi", "y"],
        [merged(1, 2, "both"), None, "z"],
        [merged(1, 2, ""), None, "z"],
    ]
    read = list(open_sheet(write(xls(Enquiries=rows))).rows())
    assert [(row.number, row.texts) for row in read] == [
        (1, ("A title",)),
        (2, ("Branch", "Name", "City")),
        (3, ("Pune", "Asha", "x")),
        (4, ("", "Ravi", "y")),
        (5, ("both", "", "z")),
        (6, ("", "", "z")),
    ]
    assert [dict(row.faults) for row in read] == [{}, {}, {}, {0: MERGED}, {1: MERGED}, {}]


def test_a_fault_in_the_last_cell_of_a_row_is_kept(write):
    _, row = open_sheet(write(xls(Enquiries=[["A", "B", "C"], ["x", merged(1, 2, "both"), None]]))).rows()
    assert (row.texts, len(row.cells), list(row.faults)) == (("x", "both", ""), 3, [2])


def hidden_first():
    book = xlwt.Workbook()
    for title, state in (
        ("Cover", 0),
        ("Secret", 1),
        ("Very", 2),
        ("Blank", 0),
        ("Enquiries", 0),
        ("Old", 0),
    ):
        sheet = book.add_sheet(title)
        sheet.visibility = state
        sheet.write(0, 0, {"Cover": "", "Blank": "  "}.get(title, title))
    return saved(book)


HIDDEN_FIRST = {
    "xls": hidden_first(),
    "ods": ods(
        ods_table("Cover", ODS_BLANK)
        + ods_table("Secret", ods_cell("Secret"), style="hidden")
        + ods_table("Enquiries", ods_cell("Enquiries"))
        + ods_table("Old", ods_cell("Old"))
    ),
    "xlsb": xlsb(
        Hidden={1: [xlsb_cell(0, "Secret")]},
        Blank={},
        Enquiries={1: [xlsb_cell(0, "Enquiries")]},
        Old={1: [xlsb_cell(0, "Old")]},
    ),
}


@pytest.mark.parametrize("kind", HIDDEN_FIRST)
def test_the_first_visible_worksheet_with_data_is_read_and_the_others_are_named(write, kind):
    sheet = open_sheet(write(HIDDEN_FIRST[kind]))
    assert sheet.worksheet == "Enquiries"
    assert sheet.notices[0].startswith("Worksheet Enquiries is read")
    assert "left out: Old (" in sheet.notices[0]
    assert [row.texts for row in sheet.rows()] == [("Enquiries",)]


@pytest.mark.parametrize("wanted", ["old", "SECRET", "Very"])
def test_a_worksheet_is_found_by_name_even_when_hidden(write, wanted):
    sheet = open_sheet(write(HIDDEN_FIRST["xls"]), Reading(wanted))
    assert sheet.worksheet.casefold() == wanted.casefold()
    assert [row.texts for row in sheet.rows()] == [(sheet.worksheet,)]
    assert len(sheet.notices) == 1


@pytest.mark.parametrize(
    ("worksheet", "sentence"),
    [
        ("Leads", r"leads\.xls has no worksheet 'Leads' \(it has Cover, Blank, Enquiries, Old\)\."),
        ("Blank", r"leads\.xls, worksheet Blank: no cell is filled \(name another worksheet\)\."),
    ],
)
def test_a_worksheet_that_is_not_there_or_is_blank_is_refused(write, worksheet, sentence):
    with pytest.raises(SheetError, match=sentence):
        open_sheet(write(HIDDEN_FIRST["xls"]), Reading(worksheet))


def test_a_workbook_whose_only_data_is_hidden_says_so(write):
    content = ods(ods_table("Cover") + ods_table("Old", ods_cell("x"), style="hidden"))
    with pytest.raises(SheetError, match=r"no filled cell in any visible worksheet \(hidden: Old; name one"):
        open_sheet(write(content))


ENCRYPTED_PART = '<file-entry full-path="content.xml"><encryption-data/></file-entry>'


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (encrypted_xls(), "in Excel choose File > Info > Protect Workbook"),
        (xls_of_95((0x2F, bytes(4)), stream="Workbook").replace(b"\x42\0\2\0", b"\x2f\0\2\0", 1), "in Excel"),
        (ods("", manifest=ENCRYPTED_PART), "open it in LibreOffice and save it as .xlsx without a password"),
        (ods("", part="encrypted-package"), "open it in LibreOffice and save it as .xlsx without"),
    ],
)
def test_a_password_is_named_with_how_to_remove_it(write, content, remedy):
    with pytest.raises(SheetError) as refusal:
        open_sheet(write(content))
    assert str(refusal.value).startswith(f"leads.xls is protected by a password ({remedy}")


def test_another_opendocument_file_is_no_sheet(write):
    content = ods("", mimetype="application/vnd.oasis.opendocument.text")
    with pytest.raises(SheetError, match="is an OpenDocument file, but no spreadsheet"):
        open_sheet(write(content))


GOOD = xls(Enquiries=[["Email"], ["asha@example.com"]])
GOOD_BINARY = xlsb(Enquiries={1: [xlsb_cell(0, "Email")], 2: [xlsb_cell(0, "asha@example.com")]})


@pytest.mark.parametrize(
    "content",
    [
        GOOD[:3000],
        GOOD[:40] + bytes(200) + GOOD[240:],
        ods(ods_table("Enquiries", "<table:row>")),
        GOOD_BINARY.replace(b"worksheets/sheet1.bin", b"worksheets/sheet7.bin"),
        GOOD_BINARY.replace("asha@".encode("utf-16-le"), "usha@".encode("utf-16-le")),
    ],
)
def test_damage_is_told_in_one_sentence(write, content):
    with pytest.raises(SheetError) as refusal:
        open_sheet(write(content))
    assert re.fullmatch(
        r"leads\.xls is an? .* (damaged|cut off).* \((open it in Excel|hand in|copy).*\)\.",
        str(refusal.value),
    )


@pytest.mark.parametrize("length", range(512, len(GOOD), 511))
def test_every_cut_of_a_workbook_is_refused(write, length):
    with pytest.raises(SheetError):
        open_sheet(write(GOOD[:length]))


@pytest.fixture
def nothing_left(tmp_path, monkeypatch):
    """Checks in the end that the temporary folder is as empty as before."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield
    gc.collect()
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.skipif(sys.platform != "linux", reason="not every system limits memory")
def test_a_workbook_that_takes_too_much_memory_is_refused(write):
    repeated = ods_cell("x", more='table:number-columns-repeated="1000"')
    row = f'<table:table-row table:number-rows-repeated="90000">{repeated}</table:table-row>'
    content = ods(f'<table:table table:name="Enquiries">{row}</table:table>')
    with pytest.raises(SheetError) as refusal:
        open_sheet(write(content, "leads.ods"))
    assert str(refusal.value) == (
        "leads.ods is an OpenDocument spreadsheet (.ods), but takes too much memory: it is too large, or "
        "damaged (choose File > Save As > Excel Workbook (.xlsx) in Excel and hand that in)."
    )


@pytest.mark.usefixtures("nothing_left")
def test_a_workbook_that_takes_too_long_is_refused(write):
    with write(GOOD).open("rb") as file, pytest.raises(SheetError) as refusal:
        find_legacy(file, "leads.xls", None, seconds=0.01)
    assert "(.xls), but takes too long to read: it is too large, or damaged (choose" in str(refusal.value)


@pytest.mark.usefixtures("nothing_left")
def test_without_the_package_both_remedies_are_named(write, tmp_path, monkeypatch):
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "python_calamine.py").write_text("raise ImportError", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, sys.path)]))
    with pytest.raises(SheetError) as refusal:
        open_sheet(write(GOOD))
    assert str(refusal.value) == (
        "leads.xls is a workbook of Excel 97-2003 (.xls), which needs a further package "
        "(choose File > Save As > Excel Workbook (.xlsx) in Excel and hand that in, "
        'or have it installed: pip install "leadsquared-importer[legacy]").'
    )


def test_nothing_that_lies_in_the_folder_is_run(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("pandas", "python_calamine", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)", encoding="utf-8")
    assert open_sheet(write(GOOD)).head()[0].texts == ("Email",)


@pytest.mark.usefixtures("nothing_left")
def test_every_pass_starts_anew_while_others_are_under_way(write):
    content = xls(Enquiries=[[f"user{number}@example.com"] for number in range(300)])
    sheet = open_sheet(write(content))
    half = sheet.rows()
    assert next(half).number == 1
    assert len(list(sheet.rows())) == len(list(sheet.rows())) == 300
    assert [row.number for row in half] == list(range(2, 301))


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.skipif(sys.platform != "linux", reason="counts this process's files where Linux shows them")
def test_what_was_read_goes_away_with_the_sheet(write):
    def held():
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    path = write(GOOD)
    before = held()
    sheet = open_sheet(path)
    assert held() > before
    del sheet
    assert held() == before


def test_a_program_that_ends_with_a_sheet_open_ends_quietly(write):
    program = f"""
from pathlib import Path
from importer.reading import Reading
from importer.sheet import open_sheet
sheet = open_sheet(Path({str(write(GOOD))!r}))
print(next(sheet.rows()).texts)
"""
    words = [sys.executable, "-W", "error", "-X", "dev", "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("('Email',)\n", "")
