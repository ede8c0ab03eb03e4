"""The result file holds the sheet as it was, with what became of each row."""

import csv
import gc
import zipfile
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from importer.errors import ResultError
from importer.original import Original
from importer.records import RESULT_HEADINGS, Cell, Ended, Outcome, Problem, Row
from importer.results import write_failed, write_results
from importer.sheet import open_sheet
from importer.summary_page import Block

FACTS = [Block("Run", (), (("Run", "12"), ("Account", "DEMO (api.example.com)"), ("Pace", "25/5")))]

NO_ADDRESS = Problem("B4", "Email", "EMAIL-UNREADABLE", "'asha' is not an e-mail address")
NO_DATE = Problem("C4", "Enquired On", "DATE-UNREADABLE", "'tomorrow' is not a date")

REPLY = (
    '{"IsUnique": true, "PrimaryAction": 1, "SecondaryAction": 2, "AdditionalDetails": '
    '[{"ActivityId": "act-1", "PostDeDupActionPerformed": 1}]}'
)


def invalid(row: int, *problems: Problem) -> Outcome:
    return Outcome(
        row,
        Ended.INVALID,
        exception_type="InvalidRow",
        exception_message=" | ".join(map(str, problems)),
        advice="Correct the marked cells.",
        problems=problems,
    )


CREATED = Outcome(
    3,
    Ended.CREATED,
    created_id="opp-3",
    status="Success",
    prospect_id="lead-3",
    request_id="req-3",
    sent_at="2026-11-24 03:00:00",
    reply=REPLY,
)
REJECTED = Outcome(
    6,
    Ended.REJECTED,
    status="Failure",
    exception_type="MXA",
    exception_message="Already there.",
    advice="Merge the two leads.",
)
INVALID = invalid(4, NO_ADDRESS, NO_DATE)
OUTCOMES = (CREATED, INVALID, REJECTED)

ENQUIRIES = (
    ("Enquiries of March",),
    ("Name", "Email", "Enquired On"),
    ("Asha", "asha@example.com", datetime(2026, 3, 31, 10, 30)),
    ("Ravi", "asha", "tomorrow"),
    (),
    ("Meera", "meera@example.com", datetime(2026, 3, 31)),
)


@pytest.fixture
def enquiries(tmp_path: Path) -> Path:
    """A workbook with a title row, its headings in row 2, a blank row 5 and rows 3, 4, 6."""
    return workbook(tmp_path / "enquiries.xlsx", "Enquiries", ENQUIRIES)


def workbook(path: Path, worksheet: str, rows: tuple[tuple[object, ...], ...]) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = worksheet
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def one_column(path: Path, *values: object, formats: tuple[str, ...] = ()) -> Path:
    """A workbook with a heading in row 1 and one value in each further row."""
    workbook(path, "Enquiries", (("Value",), *((value,) for value in values)))
    book = openpyxl.load_workbook(path)
    for row, number_format in enumerate(formats, 2):
        book.worksheets[0].cell(row, 1).number_format = number_format
    book.save(path)
    return path


def original(path: Path, header_row: int) -> Original:
    sheet = open_sheet(path)
    return Original(path, sheet.rows, header_row, sheet.worksheet)


def of_rows(rows: tuple[Row, ...], worksheet: str = "") -> Original:
    """A sheet of rows that no file could hold, or that would be too slow to make one of."""
    return Original(Path("nowhere.csv"), lambda: iter(rows), 1, worksheet)


def results_of(path: Path, header_row: int, outcomes: tuple[Outcome, ...], name: str = "out.xlsx") -> Path:
    return write_results(original(path, header_row), outcomes, FACTS, path.with_name(name))


def first_page(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path).worksheets[0]


def texts(page: Worksheet) -> list[list[object]]:
    return [["" if value is None else value for value in row] for row in page.iter_rows(values_only=True)]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_row_stands_where_it_stood_with_its_outcome_to_the_right(enquiries):
    page = first_page(results_of(enquiries, 2, OUTCOMES))
    told = [row[3:] for row in texts(page)]
    assert [row[:3] for row in texts(page)] == [[*row, *[""] * (3 - len(row))] for row in ENQUIRIES]
    assert told == [
        [""] * 10,
        list(RESULT_HEADINGS),
        ["Created", "opp-3", "", "Success", "", "", "", "lead-3", "req-3", "2026-11-24 03:00:00"],
        ["Invalid", "", "", "", "InvalidRow", INVALID.exception_message, INVALID.advice, "", "", ""],
        [""] * 10,
        ["Rejected", "", "", "Failure", "MXA", "Already there.", "Merge the two leads.", "", "", ""],
    ]


def test_the_result_columns_follow_the_widest_row(tmp_path):
    sheet = workbook(tmp_path / "wide.xlsx", "Wide", (("Name",), ("Asha", "", "", "a stray note")))
    page = first_page(results_of(sheet, 1, (Outcome(2, Ended.CREATED),)))
    assert page["E1"].value == "Outcome"
    assert page["E2"].value == "Created"


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        ("+919876543210", "General"),
        ("00123", "@"),
        ("=HYPERLINK(1)", "@"),
        ("https://example.com/a", "General"),
        ("12345678901234567890", "General"),
        (" padded  ", "General"),
        ("two\nlines", "General"),
        ("<r>no & markup</r>", "@"),
        ("<r>no & markup</r>", "General"),
        ("_x0041_ typed", "General"),
        ("José 李雷 ओम 👍", "General"),
        (912345678, "0000000000"),
        (7, "0"),
        (0.1, "General"),
        (1e-7, "0.00E+00"),
        (12500.25, '#,##0.00" INR"'),
        (-5, "General"),
        (0.125, "0.0%"),
        (True, "General"),
        (False, "General"),
        (datetime(2026, 3, 31), "dd/mm/yyyy"),
        (datetime(2026, 3, 31, 23, 59, 59), "dd/mm/yyyy hh:mm:ss"),
        (datetime(1900, 1, 1), "yyyy-mm-dd"),
        (datetime(1900, 2, 28), "yyyy-mm-dd"),
        (datetime(1900, 3, 1), "yyyy-mm-dd"),
        (datetime(9999, 12, 31), "yyyy-mm-dd"),
        (time(13, 45), "hh:mm"),
        (timedelta(hours=30, minutes=5), "[h]:mm"),
        ("#N/A", "General"),
        ("#DIV/0!", "0.00"),
    ],
)
def test_a_cell_is_read_back_as_the_sheet_had_it(tmp_path, value, number_format):
    sheet = one_column(tmp_path / "in.xlsx", value, formats=(number_format,))
    if value == "=HYPERLINK(1)":
        # openpyxl itself would make a formula of it.
        book = openpyxl.load_workbook(sheet)
        book.worksheets[0]["A2"].data_type = "s"
        book.save(sheet)
    (before,) = list(open_sheet(sheet).rows())[1:]
    after = list(open_sheet(results_of(sheet, 1, (Outcome(2, Ended.CREATED),))).rows())[1]
    assert after.cells[0] == before.cells[0]
    assert after.cells[0].number_format == number_format
    assert after.texts[0] == before.texts[0]


@pytest.mark.parametrize("number", [0.30000000000000004, 1.7976931348623157e308, -123456789.12345679])
def test_a_number_keeps_its_seventeenth_digit(tmp_path, number):
    sheet = of_rows((Row(1, ("Value",)), Row(2, (str(number),), (Cell(number),))))
    result = write_results(sheet, (), FACTS, tmp_path / "out.xlsx")
    assert list(open_sheet(result).rows())[1].cells[0].value == number


def test_the_error_that_a_formula_gave_stays_an_error(tmp_path):
    result = results_of(one_column(tmp_path / "in.xlsx", "#N/A"), 1, (Outcome(2, Ended.INVALID),))
    assert openpyxl.load_workbook(result, data_only=True).worksheets[0]["A2"].data_type == "e"


def test_control_characters_leave_a_workbook_that_opens(tmp_path):
    result = write_results(
        of_rows((Row(1, ("Name",)), Row(2, ("a\x01\x0bb",)))), (), FACTS, tmp_path / "out.xlsx"
    )
    assert list(open_sheet(result).rows())[1].texts[0] == "a\x01\x0bb"


def test_a_date_before_1900_is_written_as_text(tmp_path):
    cells = (Cell(datetime(1857, 5, 10), "yyyy-mm-dd"),)
    sheet = of_rows((Row(1, ("Born",)), Row(2, ("1857-05-10",), cells)))
    assert first_page(write_results(sheet, (), FACTS, tmp_path / "out.xlsx"))["A2"].value == "1857-05-10"


def test_the_cells_of_a_csv_stay_text(tmp_path):
    sheet = tmp_path / "in.csv"
    sheet.write_text("Mobile,Code,Note\n+919876543210,00123,=1+1\n", encoding="utf-8")
    page = first_page(results_of(sheet, 1, (Outcome(2, Ended.CREATED),)))
    assert [(cell.value, cell.data_type, cell.number_format) for cell in page[2][:3]] == [
        ("+919876543210", "s", "@"),
        ("00123", "s", "@"),
        ("=1+1", "s", "@"),
    ]
    assert page.title == "Results"


def test_headings_stay_in_sight_and_can_be_filtered(enquiries):
    page = first_page(results_of(enquiries, 2, OUTCOMES))
    assert page.freeze_panes == "A3"
    assert page.auto_filter.ref == "A2:M6"


def test_columns_are_wide_enough_for_every_word_of_their_heading(enquiries):
    page = first_page(results_of(enquiries, 2, OUTCOMES))
    for column, cell in enumerate(page[2], 1):
        longest = max(map(len, str(cell.value).split()))
        assert longest < page.column_dimensions[get_column_letter(column)].width <= 64


def test_a_long_heading_is_wrapped_in_a_row_that_is_high_enough(tmp_path):
    sheet = of_rows((Row(1, ("How did you first hear of this offer of ours?",)), Row(2, ("x",))))
    page = first_page(write_results(sheet, (), FACTS, tmp_path / "out.xlsx"))
    assert page["A1"].alignment.wrap_text
    assert 24 <= page.column_dimensions["A"].width < 25
    assert page.row_dimensions[1].height == 45


def test_each_outcome_has_a_tint_of_its_own_that_leaves_faulty_cells_to_be_seen(enquiries):
    rules = {
        rule.formula[0]: (rule.dxf.fill.bgColor.rgb, str(area.sqref))
        for area in first_page(results_of(enquiries, 2, OUTCOMES)).conditional_formatting
        for rule in area.rules
    }
    assert set(rules) == {f'$D3="{word}"' for word in Ended}
    assert len({colour for colour, _ in rules.values()}) == len(Ended)
    assert rules['$D3="Created"'][1] == "A3:M6"
    assert rules['$D3="Invalid"'][1] == "D3:M6"


def test_excel_does_not_complain_of_numbers_stored_as_text(enquiries):
    with zipfile.ZipFile(results_of(enquiries, 2, OUTCOMES)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert '<ignoredError sqref="A1:M6" numberStoredAsText="1"/>' in page


def test_a_faulty_cell_is_marked_and_says_what_is_wrong(enquiries):
    page = first_page(results_of(enquiries, 2, OUTCOMES))
    marked = {cell.coordinate for row in page["A3:C6"] for cell in row if cell.fill.fill_type}
    assert marked == {"B4", "C4"}
    assert page["B4"].comment.text == NO_ADDRESS.message
    assert page["C4"].value == "tomorrow"


def test_a_blank_cell_can_be_marked_and_keeps_all_its_problems(enquiries):
    problems = [Problem("C6", "Enquired On", code, f"is {code.lower()}") for code in ("BLANK", "LATE")]
    page = first_page(results_of(enquiries, 2, (invalid(6, *problems),)))
    assert page["C6"].fill.fill_type == "solid"
    assert page["C6"].number_format == "yyyy-mm-dd h:mm:ss"
    assert page["C6"].comment.text == "is blank\nis late"


def test_a_missing_cell_of_a_csv_is_marked(tmp_path):
    sheet = tmp_path / "in.csv"
    sheet.write_text("Name,Email\nAsha\n", encoding="utf-8")
    page = first_page(results_of(sheet, 1, (invalid(2, Problem("B2", "Email", "BLANK", "is blank")),)))
    assert page["B2"].fill.fill_type == "solid"
    assert page["C2"].value == "Invalid"


def test_only_the_first_2000_faulty_cells_have_a_comment(tmp_path):
    sheet = of_rows((Row(1, ("Email",)), *(Row(number, ("?",)) for number in range(2, 2003))))
    outcomes = [invalid(n, Problem(f"A{n}", "Email", "X", "is wrong")) for n in range(2, 2003)]
    page = first_page(write_results(sheet, outcomes, FACTS, tmp_path / "out.xlsx"))
    assert page["A2001"].comment.text == "is wrong"
    assert page["A2002"].comment is None
    assert page["A2002"].fill.fill_type == "solid"


def test_a_row_that_nobody_knows_of_is_told_as_not_sent(enquiries):
    page = first_page(results_of(enquiries, 2, (CREATED,)))
    assert [page[f"D{row}"].value for row in (3, 4, 5, 6)] == ["Created", "NotSent", None, "NotSent"]
    assert "Run the same command again" in page["J6"].value


def test_an_outcome_of_a_row_that_the_sheet_does_not_have_is_refused(enquiries):
    with pytest.raises(ResultError, match="row 9, which the sheet does not have"):
        results_of(enquiries, 2, (CREATED, Outcome(9, Ended.CREATED)))
    assert [path.name for path in enquiries.parent.iterdir()] == ["enquiries.xlsx"]
    gc.collect()  # a file left open would be complained of here


def test_it_says_how_far_it_is_also_where_most_rows_were_not_sent(tmp_path):
    sheet = of_rows(tuple(Row(number, (str(number),)) for number in range(1, 45_002)))
    told: list[int] = []
    write_results(sheet, (), FACTS, tmp_path / "out.csv", progress=told.append)
    assert told == [20_000, 40_000]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (
            REPLY,
            ["true", "CreateOpportunity", "CreateOpportunityCapturedActivity", "CreateOpportunity", "act-1"],
        ),
        (
            '{"IsUnique": false, "PrimaryAction": 2, "SecondaryAction": 3, "AdditionalDetails": null}',
            ["false", "CreateOpportunityCapturedActivity", "CreateDuplicateDetectedActivity", "", ""],
        ),
        ('{"PrimaryAction": 0, "SecondaryAction": 9}', ["", "None", "9", "", ""]),
        ('{"Status": "Error", "AdditionalDetails": []}', [""] * 5),
        ('["a list"]', [""] * 5),
        ("<html>", [""] * 5),
        ("", [""] * 5),
    ],
)
def test_details_tell_what_leadsquared_did(enquiries, reply, told):
    outcome = Outcome(3, Ended.CREATED, reply=reply)
    result = write_results(
        original(enquiries, 2), (outcome,), FACTS, enquiries.with_name("out.csv"), details=True
    )
    rows = read_csv(result)
    assert rows[1][13:] == [
        "IsUnique", "PrimaryAction", "SecondaryAction", "PostDeDupActionPerformed", "ActivityId",
    ]  # fmt: skip
    assert rows[2][13:] == told


def test_a_text_longer_than_a_cell_is_cut_and_said(tmp_path):
    sheet = tmp_path / "in.csv"
    sheet.write_text(f"Remark\n{'é' * 32_768}\n", encoding="utf-8")
    cell = first_page(results_of(sheet, 1, (Outcome(2, Ended.CREATED),)))["A2"]
    assert len(cell.value) == 32_767
    assert "32,767 characters" in cell.comment.text


@pytest.mark.parametrize(
    "rows",
    [
        (Row(1, ("Name",)), Row(1_048_577, ("Asha",))),
        (Row(1, ("Name",) * 16_375), Row(2, ("Asha",))),
    ],
    ids=["rows", "columns"],
)
def test_a_sheet_too_large_for_a_workbook_becomes_a_csv(tmp_path, rows):
    (tmp_path / "out.csv").write_text("another run's", encoding="utf-8")
    result = write_results(of_rows(rows), (), FACTS, tmp_path / "out.xlsx")
    assert result == tmp_path / "out (2).csv"
    assert read_csv(result)[1][0] == "Asha"


def summary(path: Path) -> list[list[object]]:
    return texts(openpyxl.load_workbook(path).worksheets[1])


def test_the_summary_counts_every_outcome_and_tells_of_the_run(enquiries):
    rows = [row[:2] for row in summary(results_of(enquiries, 2, OUTCOMES))]
    counts = [["Created", 1], ["Duplicate", 0], ["Rejected", 1], ["Invalid", 1]]
    counts += [["Skipped", 0], ["Unknown", 0], ["NotSent", 0], ["Total", 3]]
    assert rows[:10] == [["Outcomes", ""], ["Outcome", "Rows"], *counts]
    assert rows[-4:] == [["Run", ""], *map(list, FACTS[0].rows)]


def test_problems_and_exceptions_are_grouped_by_cause_the_most_frequent_first(tmp_path):
    problems = [Problem(f"A{row}", "Email", "BLANK", f"row {row} is blank") for row in range(2, 9)]
    outcomes = [
        *(invalid(problem_row, problem) for problem_row, problem in enumerate(problems, 2)),
        invalid(9, Problem("", "Phone", "NO-LEAD", "has no phone")),
        Outcome(10, Ended.REJECTED, exception_type="MXA", exception_message="one", advice="first"),
        *(Outcome(row, Ended.REJECTED, exception_type="MXB", exception_message="two") for row in (11, 12)),
        Outcome(13, Ended.CREATED),
    ]
    sheet = of_rows((Row(1, ("Email",)), *(Row(row, ("x",)) for row in range(2, 14))))
    rows = summary(write_results(sheet, outcomes, FACTS, tmp_path / "out.xlsx"))
    assert ["BLANK", 7, "Email", "A2, A3, A4, A5, A6, …", "row 2 is blank"] in rows
    assert ["NO-LEAD", 1, "Phone", "row 9", "has no phone"] in rows
    assert "InvalidRow" not in [row[0] for row in rows]
    assert [row[:5] for row in rows if str(row[0]).startswith("MX")] == [
        ["MXB", 2, "two", "row 11, row 12", ""],
        ["MXA", 1, "one", "row 10", "first"],
    ]


def test_groups_stay_right_on_a_long_sheet(tmp_path):
    causes = (f"CAUSE-{max(number, 59_900)}" for number in range(60_000))
    cells = [(f"{get_column_letter(column)}{row}", row) for row in range(2, 602) for column in range(1, 101)]
    found = [
        (row, Problem(cell, "Email", cause, "")) for (cell, row), cause in zip(cells, causes, strict=True)
    ]
    outcomes = [invalid(row, *(problem for _, problem in of)) for row, of in groupby(found, itemgetter(0))]
    sheet = of_rows((Row(1, ("Email",) * 100), *(Row(row, ("x",)) for row in range(2, 602))))
    rows = summary(write_results(sheet, outcomes, FACTS, tmp_path / "out.xlsx"))
    told = [row[:4] for row in rows if str(row[0]).startswith("CAUSE")]
    assert told[:2] == [
        ["CAUSE-59900", 59_901, "Email", "A2, B2, C2, D2, E2, …"],
        ["CAUSE-59901", 1, "Email", "B601"],
    ]
    assert len(told) == 100


def test_every_cause_of_a_problem_is_listed(tmp_path):
    problems = [Problem("A2", "Email", f"CAUSE-{number}", "") for number in range(102)]
    sheet = of_rows((Row(1, ("Email",)), Row(2, ("x",))))
    rows = summary(write_results(sheet, (invalid(2, *problems),), FACTS, tmp_path / "out.xlsx"))
    assert sum(str(row[0]).startswith("CAUSE") for row in rows) == 102


def test_exceptions_beyond_a_hundred_are_put_together(tmp_path):
    outcomes = [
        Outcome(row, Ended.REJECTED, exception_type="MXA", exception_message=f"{row}")
        for row in range(2, 104)
    ]
    sheet = of_rows((Row(1, ("Email",)), *(Row(row, ("x",)) for row in range(2, 104))))
    rows = summary(write_results(sheet, outcomes, FACTS, tmp_path / "out.xlsx"))
    assert [str(row[0]) for row in rows].count("MXA") == 100
    assert ["2 more causes", 2, "", "", ""] in rows


def test_a_sheet_that_is_called_summary_keeps_its_name(tmp_path):
    sheet = workbook(tmp_path / "in.xlsx", "SUMMARY", (("Name",), ("Asha",)))
    result = results_of(sheet, 1, (Outcome(2, Ended.CREATED),))
    assert openpyxl.load_workbook(result).sheetnames == ["SUMMARY", "Summary (run)"]


def test_a_worksheet_name_that_excel_does_not_take_is_made_to_fit(tmp_path):
    sheet = of_rows((Row(1, ("Name",)), Row(2, ("Asha",))), worksheet="'Leads: March/April " + "x" * 40)
    result = write_results(sheet, (), FACTS, tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(result).sheetnames[0] == "Leads_ March_April xxxxxxxxxxx"


def test_a_csv_result_has_the_same_columns_and_opens_in_excel(enquiries):
    result = results_of(enquiries, 2, OUTCOMES, "out.csv")
    rows = read_csv(result)
    assert result.read_bytes().startswith(b"\xef\xbb\xbfEnquiries of March,")
    assert result.read_bytes().endswith(b"\r\n")
    assert {len(row) for row in rows} == {13}
    assert rows[1][3:] == list(RESULT_HEADINGS)
    assert rows[2][:5] == ["Asha", "asha@example.com", "2026-03-31 10:30:00", "Created", "opp-3"]
    assert rows[4] == [""] * 13


def test_what_a_spreadsheet_would_run_is_harmless_in_a_csv_and_is_read_back(tmp_path):
    sheet = tmp_path / "in.csv"
    sheet.write_text("Mobile,Note\n+91-9876543210,=1+1\n", encoding="utf-8")
    outcome = Outcome(2, Ended.REJECTED, exception_message="@SUM(A1)")
    result = results_of(sheet, 1, (outcome,), "out.csv")
    assert read_csv(result)[1][:2] == ["+91-9876543210", "'=1+1"]
    assert read_csv(result)[1][7] == "'@SUM(A1)"
    assert list(open_sheet(result).rows())[1].texts[:2] == ("+91-9876543210", "=1+1")


def failed_of(path: Path, header_row: int, outcomes: tuple[Outcome, ...], name: str) -> Path:
    return write_failed(original(path, header_row), outcomes, path.with_name(name))


def test_failed_rows_stand_in_the_layout_of_the_sheet_ready_to_be_run(enquiries):
    outcomes = (CREATED, Outcome(4, Ended.UNKNOWN), REJECTED)
    failed = failed_of(enquiries, 2, outcomes, "failed.xlsx")
    page = first_page(failed)
    assert texts(page) == [
        ["Enquiries of March", "", "", "", ""],
        ["Name", "Email", "Enquired On", "ExceptionMessage", "Advice"],
        ["Meera", "meera@example.com", datetime(2026, 3, 31), REJECTED.exception_message, REJECTED.advice],
    ]
    assert openpyxl.load_workbook(failed).sheetnames == ["Enquiries"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A3", "A2:E3")


def test_the_message_of_a_failed_row_names_the_cells_of_the_new_file(enquiries):
    problems = (Problem("B6", "Email", "X", "is wrong"), Problem("", "Phone", "Y", "is missing"))
    page = first_page(failed_of(enquiries, 2, (invalid(6, *problems),), "failed.xlsx"))
    assert page["D3"].value == "B3, Email: is wrong | Phone: is missing"
    assert page["B3"].comment.text == "is wrong"


def test_failed_rows_as_csv_are_read_back_as_they_were(tmp_path):
    sheet = tmp_path / "in.csv"
    sheet.write_text("Mobile,Note\n00123,=1+1\n1,ok\n", encoding="utf-8")
    outcomes = (Outcome(2, Ended.REJECTED, exception_message="no", advice="do"), Outcome(3, Ended.CREATED))
    failed = failed_of(sheet, 1, outcomes, "failed.csv")
    assert read_csv(failed) == [
        ["Mobile", "Note", "ExceptionMessage", "Advice"],
        ["00123", "'=1+1", "no", "do"],
    ]
    assert list(open_sheet(failed).rows())[1].texts[:2] == ("00123", "=1+1")


def test_a_failed_row_is_never_cut(tmp_path):
    long = "👍" * 16_384
    sheet = tmp_path / "in.csv"
    sheet.write_text(f"Remark\n{long}\n", encoding="utf-8")
    failed = failed_of(sheet, 1, (Outcome(2, Ended.REJECTED),), "failed.xlsx")
    assert failed == tmp_path / "failed.csv"
    assert read_csv(failed)[1][0] == long


def test_a_result_replaces_the_file_of_its_name_and_leaves_nothing_else(enquiries):
    enquiries.with_name("out.xlsx").write_text("an earlier result", encoding="utf-8")
    result = results_of(enquiries, 2, OUTCOMES)
    assert texts(first_page(result))[2][3] == "Created"
    assert sorted(path.name for path in enquiries.parent.iterdir()) == ["enquiries.xlsx", "out.xlsx"]


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_a_missing_folder_is_said(enquiries, name):
    target = enquiries.parent / "nowhere" / name
    with pytest.raises(ResultError, match="there is no folder"):
        write_results(original(enquiries, 2), OUTCOMES, FACTS, target)


def test_the_sheet_itself_is_never_written_over(enquiries):
    before = enquiries.read_bytes()
    with pytest.raises(ResultError, match="is the sheet itself"):
        results_of(enquiries, 2, OUTCOMES, "enquiries.xlsx")
    assert enquiries.read_bytes() == before
