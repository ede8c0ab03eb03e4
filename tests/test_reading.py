"""What the operator says of how a sheet is to be read goes before what is found out by itself."""

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tests.conftest import MAPPING, outcomes, result_rows

PEOPLE = "Email,First Name,Product\nzoe@example.com,Zoë,Loan 1\n"


@pytest.fixture
def hidden(folder):
    """A workbook of four people, of which the second is hidden and the third filtered out."""
    path = folder.path / "enquiries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Enquiries")
        page.write_row(0, 0, ["Email", "First Name", "Product"])
        for row in range(1, 5):
            page.write_row(row, 0, [f"person{row}@example.com", f"Person {row}", f"Loan {row}"])
        page.set_row(2, options={"hidden": True})
        page.autofilter("A1:C5")
        page.filter_column("C", "x != Loan3")
        page.set_row(3, options={"hidden": True})
        page.set_row(50, options={"hidden": True})
    return path


def test_hidden_rows_are_imported_and_counted_aloud(hidden, connected, importer):
    done = importer("run", hidden)
    assert "2 rows are hidden in the sheet, perhaps by a filter; they are imported like all" in done.stderr
    assert len(connected.opportunities) == 4


def test_hidden_rows_are_left_out_where_only_visible_ones_are_wanted(hidden, folder, connected, importer):
    done = importer("run", hidden, "--visible-only", "--output", "out.csv")
    assert done.exit_code == 0
    assert "4 rows, 2 to send, 2 hidden and left out" in done.stderr
    assert outcomes(folder.path / "out.csv") == ["Created", "Skipped", "Skipped", "Created"]
    assert "without --visible-only" in result_rows(folder.path / "out.csv")[1]["Advice"]
    assert "2 good, 0 invalid, 0 the same as a row above, 2 hidden" in (
        importer("check", hidden, "--visible-only").stdout
    )


def test_rows_that_were_left_out_are_sent_by_a_run_that_wants_them(hidden, folder, connected, importer):
    importer("run", hidden, "--visible-only", "--limit", "1")
    importer("run", hidden, "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created"] * 4
    assert len(connected.opportunities) == 4


def test_an_encoding_that_is_given_is_taken(folder, connected, importer):
    sheet = folder.path / "people.csv"
    sheet.write_bytes(PEOPLE.replace("Zoë", "Łukasz").encode("cp1250"))
    done = importer("run", sheet, "--encoding", "cp1250", "--output", "out.csv")
    assert "encoded" not in done.stderr
    assert [lead["FirstName"] for lead in connected.leads.values()] == ["Łukasz"]
    again = importer("results", "1", "--output", "again.csv")
    assert again.exit_code == 0
    assert result_rows(folder.path / "again.csv")[0]["First Name"] == "Łukasz"


def test_a_byte_order_mark_is_no_part_of_the_first_heading(folder, connected, importer):
    sheet = folder.path / "people.csv"
    sheet.write_bytes(PEOPLE.encode("utf-8-sig"))
    assert importer("check", sheet, "--encoding", "utf-8").exit_code == 0


@pytest.mark.parametrize(("option", "delimiter"), [("tab", "\t"), (";", ";"), ("^", "^")])
def test_a_delimiter_that_is_given_is_taken(folder, connected, importer, option, delimiter):
    sheet = folder.path / "people.txt"
    sheet.write_text(PEOPLE.replace(",", delimiter).replace("Loan 1", "a,b,c,d;e"), encoding="utf-8")
    if delimiter == ";":
        sheet.write_text(PEOPLE.replace(",", ";").replace("Loan 1", '"a;b,c"'), encoding="utf-8")
    done = importer("check", sheet, "--delimiter", option)
    assert done.exit_code == 0, done.stderr


def test_the_row_of_the_headings_may_be_given(folder, connected, importer):
    sheet = folder.sheet(
        "Email,First Name,Product", "zoe@example.com,Zoe,Loan 1", headings="Email,First Name,Product"
    )
    assert importer("check", sheet).exit_code == 1
    assert importer("check", sheet, "--header-row", "2").exit_code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--encoding", "klingon"], "--encoding: 'klingon' is no encoding such as utf-8"),
        (["--encoding", "hex"], "--encoding: 'hex' is no encoding"),
        (["--encoding", "ascii"], "people.csv is not written in ascii (name another --encoding"),
        (["--delimiter", ";;"], "--delimiter: ';;' is no delimiter such as ','"),
        (["--delimiter", "a"], "--delimiter: 'a' is no delimiter"),
        (["--header-row", "0"], "--header-row: '0' is not the number of a row"),
        (["--header-row", "9"], "--header-row 9 is given, but that row of the sheet holds nothing"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(folder, importer, options, said):
    sheet = folder.path / "people.csv"
    sheet.write_text(PEOPLE, encoding="utf-8")
    done = importer("check", sheet, *options)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_workbook_has_no_delimiter(hidden, importer):
    done = importer("check", hidden, "--delimiter", ";")
    assert done.exit_code == 2
    assert "enquiries.xlsx is a workbook and has no delimiter (leave --delimiter out)." in done.stderr


def test_a_value_that_was_shifted_beyond_the_headings_is_never_ignored(folder, connected, importer):
    rows = ["asha@example.com,Asha,Loan 1"] * 60
    done = importer("check", folder.sheet(*rows, "ravi@example.com,Sample, Ravi,Loan 2"))
    assert done.exit_code == 1
    assert "D62: 'Loan 2' stands in a column without a heading" in done.stdout


@pytest.mark.parametrize(
    ("headings", "cell", "heading"),
    [(",Email,First Name,Product", "A2", "A1"), ("Email,First Name,,Product", "C2", "C1")],
)
def test_a_column_of_values_without_a_heading_is_told_at_once(folder, importer, headings, cell, heading):
    row = ["asha@example.com", "Asha", "Loan"]
    row.insert("ABC".index(cell[0]), "17")
    done = importer("check", folder.sheet(",".join(row), headings=headings))
    assert done.exit_code == 2
    assert (
        f"{cell} holds '17', and its column has no heading in row 1 (write it into {heading}" in done.stderr
    )


def test_merged_cells_are_a_problem_of_each_cell_that_looks_blank(folder, connected, importer):
    folder.mapping(MAPPING.replace("FirstName: First Name", "FirstName: First Name\n    mx_City: City"))
    path = folder.path / "enquiries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Enquiries")
        page.merge_range("A1:D1", "Enquiries of March", None)
        page.write_row(1, 0, ["Email", "First Name", "Product", "City", "Remark"])
        for row in range(2, 6):
            page.write_row(row, 0, [f"person{row}@example.com", f"P {row}", f"Loan {row}"])
        page.merge_range("D3:D5", "Pune", None)
        page.merge_range("E3:E5", "not mapped", None)
        page.merge_range("D6:D7", "", None)
    done = importer("check", path, "--output", "checked.xlsx")
    assert "CELL-UNREADABLE: 2 cells in City\n  Enquiries!D4, City: is merged with D3" in done.stdout
    assert "  and in D5\n" in done.stdout
    assert "is merged with D3 and has no value of its own (select D3:D5, choose Home > Unmerge" in done.stdout
    importer("run", path)
    book = openpyxl.load_workbook(folder.path / "enquiries.result.xlsx")
    page = book.worksheets[0]
    assert [cell.value for cell in page["F"]][2:] == ["Created", "Invalid", "Invalid", "Created"]
    assert [page["A1"].value, page["B1"].value] == ["Enquiries of March", None]
    assert len(connected.opportunities) == 2


def test_blank_rows_that_are_only_formatted_are_left_out_and_counted(folder, connected, importer):
    path = folder.path / "enquiries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page, yellow = book.add_worksheet("Enquiries"), book.add_format({"bg_color": "yellow"})
        page.write_row(0, 0, ["Email", "First Name", "Product"])
        for row in (1, 4):
            page.write_row(row, 0, [f"person{row}@example.com", f"Person {row}", f"Loan {row}"])
        for row in (2, 5, 6, 7):
            page.write_blank(row, 0, None, yellow)
    done = importer("run", path)
    assert "Below the last row there are 3 blank rows with formats only: left out." in done.stderr
    assert len(connected.opportunities) == 2


def test_a_hidden_row_that_was_sent_is_still_known_when_only_visible_ones_are_wanted(
    hidden, folder, connected, importer
):
    book = openpyxl.load_workbook(hidden)
    for row in (5, 6):
        book.worksheets[0].append([f"person{row}@example.com", f"Person {row}", f"Loan {row}"])
    book.save(hidden)
    importer("run", hidden, "--limit", "2")
    importer("run", hidden, "--visible-only", "--limit", "1")
    importer("run", hidden, "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created"] * 6
    assert len(connected.opportunities) == 6


def test_a_result_remembers_which_rows_were_left_out(hidden, folder, connected, importer):
    importer("run", hidden, "--visible-only")
    importer("run", "enquiries.result.xlsx", "--visible-only", "--output", "again.csv")
    assert outcomes(folder.path / "again.csv") == ["Skipped"] * 4
    assert len(connected.opportunities) == 2


def test_headings_of_two_merged_rows_make_no_row(folder, connected, importer):
    path = folder.path / "enquiries.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Enquiries")
        for column, heading in enumerate(("Email", "First Name", "Product")):
            page.merge_range(0, column, 1, column, heading, None)
        page.write_row(2, 0, ["asha@example.com", "Asha", "Loan"])
    assert "1 row: 1 good" in importer("check", path).stdout


def test_one_stray_cell_is_the_problem_of_its_row(folder, importer):
    rows = [f"person{row}@example.com,Person {row},Loan {row}" for row in range(6)]
    done = importer(
        "check",
        folder.sheet(
            *rows[:3],
            f"{rows[3]},see note",
            *rows[4:],
        ),
    )
    assert done.exit_code == 1
    assert "6 rows: 5 good, 1 invalid" in done.stdout


def test_hidden_rows_of_a_web_page_cannot_be_told(folder, importer):
    page = folder.path / "export.xls"
    page.write_text(
        "<table><tr><td>Email</td></tr><tr style='display:none'><td>a</td></tr></table>", encoding="utf-8"
    )
    done = importer("check", page, "--visible-only")
    assert done.exit_code == 2
    assert "which rows are hidden cannot be seen in such a file" in done.stderr
