"""`importer look` tells what a sheet's file is and what its columns hold, and writes nothing."""

import json
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tests.legacy_files import xls

PEOPLE = ("asha@example.com,98765 43210,Home Loan", "ravi@example.com,98765 43211,Car Loan")
HEADINGS = "Email,Mobile,Product"


@pytest.fixture
def workbook(folder):
    """Titles, headings in row 4, one hidden row, an error, merged cells and two further worksheets."""
    path = folder.path / "enquiries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Enquiries")
        page.write(0, 0, "Enquiries of March")
        page.write(1, 0, "Made for practice")
        page.write_row(3, 0, ["Email", "Amount", "City"])
        for row in range(4, 10):
            page.write_row(row, 0, [f"person{row}@example.com", 1000 * row])
        page.write_string(6, 1, "6500")
        page.write_formula(7, 1, "=1/0", None, "#DIV/0!")
        page.merge_range("C5:C7", "Pune", None)
        page.set_row(8, options={"hidden": True})
        book.add_worksheet("Archive").write(0, 0, "old")
        lists = book.add_worksheet("Lists")
        lists.write(0, 0, "HL")
        lists.hide()
    return path


def test_the_file_is_told_first(folder, importer):
    sheet = folder.path / "people.csv"
    sheet.write_text("\n".join([HEADINGS, *PEOPLE]).replace(",", ";"), encoding="utf-8-sig")
    done = importer("look", sheet)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:5] == [
        "File        people.csv, a text file (CSV)",
        "Encoding    utf-8-sig",
        "Delimiter   ;",
        "Headings    row 1",
        "Rows        2",
    ]


def test_a_workbook_shows_its_worksheets_titles_and_hidden_rows(workbook, importer):
    done = importer("look", workbook)
    assert done.stdout.splitlines()[:4] == [
        "File        enquiries.xlsx, an Excel workbook (.xlsx)",
        "Worksheet   Enquiries; not read: Archive, Lists (hidden)",
        "Headings    row 4 (3 rows above)",
        "Rows        6, 1 of them hidden",
    ]
    assert "Worksheet Enquiries is read, as the first that holds anything" in done.stdout


def test_a_hidden_worksheet_may_be_looked_at(workbook, importer):
    done = importer("look", workbook, "--worksheet", "lists")
    assert "Worksheet   Lists (hidden); not read: Enquiries, Archive" in done.stdout
    assert "Rows        none below the headings" in done.stdout


def test_a_column_is_told_in_a_paragraph(folder, importer):
    done = importer("look", folder.sheet(*PEOPLE, "ravi@example.com,,Car Loan", headings=HEADINGS))
    paragraphs = done.stdout.split("\n\n")
    assert paragraphs[2] == (
        "B   Mobile: phone (IN), 2 filled, 1 blank, all different\n    such as 98765 43210 | 98765 43211"
    )


def test_no_line_is_wider_than_a_terminal(workbook, folder, importer):
    folder.sheet("x" * 300 + ",tomorrow", *["asha@example.com,31/03/2026"] * 9, headings="Email,On")
    for sheet in (workbook, "enquiries.csv"):
        assert max(map(len, importer("look", sheet).stdout.splitlines())) <= 100


def test_the_end_says_what_to_do_next(folder, importer):
    sheet = folder.sheet(*PEOPLE, headings=HEADINGS, name="my people.csv")
    last = importer("look", sheet.name).stdout.splitlines()[-1]
    assert last.startswith("To have a mapping written from this: importer draft ")
    assert "my people.csv" in last


def test_nothing_is_written(workbook, folder, importer):
    before = sorted(folder.path.rglob("*"))
    importer("look", workbook)
    assert sorted(folder.path.rglob("*")) == before


def test_json_says_the_same_to_a_program(workbook, importer):
    told = json.loads(importer("look", workbook, "--json").stdout)
    assert told["file"]["worksheets"][2] == {"title": "Lists", "is_visible": False}
    assert (told["worksheet"], told["header_row"], told["rows"], told["hidden"]) == ("Enquiries", 4, 6, 1)
    assert [(one["column"], one["heading"], one["kind"]) for one in told["columns"]] == [
        ("A", "Email", "email"), ("B", "Amount", "integer"), ("C", "City", "text"),
    ]  # fmt: skip
    assert told["exit_code"] == 0


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_sheet_that_cannot_be_read_is_told_in_a_sentence(folder, importer, options):
    done = importer("look", "peeple.csv", *options)
    assert done.exit_code == 2
    assert "there is no file peeple.csv" in done.stderr
    if options:
        assert json.loads(done.stdout)["exit_code"] == 2


def test_a_row_of_headings_that_is_blank_is_told(folder, importer):
    done = importer("look", folder.sheet(*PEOPLE), "--header-row", "9")
    assert done.exit_code == 2
    assert "--header-row 9 is given, but that row of the sheet holds nothing" in done.stderr


def test_headings_far_down_have_to_be_given(folder, importer):
    sheet = folder.sheet(*[",,"] * 59, "Email,City,On", "a@example.com,Pune,2026-03-31", headings=",,")
    done = importer("look", sheet)
    assert done.exit_code == 2
    assert "None of the first 50 rows holds anything (say with --header-row" in done.stderr
    assert "Headings    row 61" in importer("look", sheet, "--header-row", "61").stdout


def test_a_sheet_of_headings_only_has_no_rows(folder, importer):
    done = importer("look", folder.sheet(headings=HEADINGS))
    assert done.exit_code == 0
    assert "Rows        none below the headings" in done.stdout
    assert "A   Email: blank" in done.stdout


def test_a_web_page_is_looked_at(folder, importer):
    page = folder.path / "export.xls"
    rows = "".join(f"<tr><td>person{n}@example.com</td><td>{n}</td></tr>" for n in range(5))
    page.write_text(f"<table><tr><td>Email</td><td>Count</td></tr>{rows}</table>", encoding="utf-8")
    done = importer("look", page)
    assert "File        export.xls, a web page (HTML)" in done.stdout
    assert "A   Email: email, 5 filled, all different" in done.stdout


def test_an_old_workbook_is_looked_at(folder, importer):
    sheet = folder.path / "old.xls"
    sheet.write_bytes(xls(Leads=[["Email", "Count"], ["asha@example.com", 1], ["ravi@example.com", 2]]))
    done = importer("look", sheet)
    assert "File        old.xls, a workbook of Excel 97-2003 (.xls)" in done.stdout
    assert "A   Email: email, 2 filled, all different" in done.stdout


def test_the_delimiter_and_encoding_that_are_given_are_taken(folder, importer):
    sheet = folder.path / "people.txt"
    sheet.write_bytes("Name\tCity\nŁukasz\tŁódź\n".encode("cp1250"))
    done = importer("look", sheet, "--encoding", "cp1250", "--delimiter", "tab")
    assert "Encoding    cp1250\nDelimiter   tab" in done.stdout
    assert "such as Łódź" in done.stdout


def test_columns_of_an_earlier_result_are_left_out(folder, connected, importer):
    importer("run", folder.people(3))
    done = importer("look", "enquiries.result.xlsx")
    assert "Columns D to M are those of an earlier result: left out." in done.stdout
    assert "C   Product" in done.stdout
    assert "Outcome" not in done.stdout


def test_cells_that_cannot_be_trusted_are_told_with_the_first(workbook, importer):
    told = importer("look", workbook).stdout
    assert "- B8 holds Excel's error #DIV/0!" in told
    assert "- C6 is merged with C5" in told
    assert "1 more cell of the column cannot be trusted either" in " ".join(told.split())


def test_numbers_stored_as_text_among_real_ones_are_told(workbook, importer):
    assert "- 1 cell stored as text, first B7: '6500', and 4 as real numbers." in (
        importer("look", workbook).stdout
    )


def test_dates_stored_as_text_among_real_ones_are_told_once(folder, importer):
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["On", "No"])
    for day in range(1, 9):
        page.append(["31/03/2026" if day == 5 else datetime(2026, 3, day), f"A{day}"])
    book.save(folder.path / "dates.xlsx")
    (column, _) = json.loads(importer("look", "dates.xlsx", "--json").stdout)["columns"]
    assert column["oddities"] == ["1 cell stored as text, first A6: '31/03/2026', and 7 as real dates."]


def test_dates_of_a_workbook_are_dates(folder, importer):
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["On", "At"])
    for day in range(1, 9):
        page.append([f"2026-03-0{day}", datetime(2026, 3, day, 10, 30)])
    book.save(folder.path / "dates.xlsx")
    told = importer("look", "dates.xlsx").stdout
    assert "A   On: date, 8 filled" in told
    assert "B   At: datetime, 8 filled" in told


def test_a_long_sheet_is_counted_exactly_and_says_that_not_every_value_was_read(folder, importer):
    # So many headings that the rows are counted in many blocks.
    headings = ",".join(["Email", "Group", *(f"Blank {n}" for n in range(298))])
    rows = [f"person{n}@example.com,{n % 4}" for n in range(110_000)]
    sheet = folder.sheet(*rows, "person7@example.com,1", "nobody,1", *["#N/A,2"] * 3, headings=headings)
    told = importer("look", sheet).stdout
    assert "A   Email: email, 110,005 filled, 110,002 different" in told
    assert "- 1 value stands in more than one cell, first A9." in told
    assert "- A110004: '#N/A' looks like an error of Excel that has become text; 2 more cells" in told
    assert "Columns with more than 10,000 different values (A)" in told
    assert "B   Group: integer, 110,005 filled, 4 different" in told


def test_a_workbook_of_truths_is_boolean(folder, importer):
    book = openpyxl.Workbook()
    for row in (["Hostel", "No"], [True, "A1"], [False, "A2"]):
        book.worksheets[0].append(row)
    book.save(folder.path / "truths.xlsx")
    assert "A   Hostel: boolean, 2 filled" in importer("look", "truths.xlsx").stdout


def test_layouts_of_dates_are_written_as_excel_writes_them(folder, importer):
    sheet = folder.sheet(*(f"{day}.03.26 10:30,x" for day in range(1, 29)), headings="On,No")
    assert "A   On: datetime (day first, dd.mm.yy hh:mm), 28 filled" in importer("look", sheet).stdout
