"""What is sent in another form than it is written, and what looks odd, is said and listed."""

import openpyxl
import pytest

from tests.conftest import MAPPING
from tests.rows import captured


def remarks(**cells):
    named = {name.replace("_", " "): text for name, text in cells.items()}
    return [(one.cell, one.code, one.message) for one in captured(named).remarks if one.column in named]


@pytest.mark.parametrize(
    ("cells", "code", "message"),
    [
        ({"Mobile": "098765 43210"}, "PHONE-WRITTEN", "'098765 43210' is sent as '+91-9876543210'"),
        ({"Amount": "₹ 1,20,000.50"}, "NUMBER-WRITTEN", "'₹ 1,20,000.50' is sent as '120000.50'"),
        ({"Product": " pl "}, "CHOICE-WRITTEN", "' pl ' is sent as 'Personal loan'"),
        ({"First_Name": "As\u200bha"}, "UNSEEN-REMOVED", r"'As\u200bha' is sent as 'Asha'"),
        ({"Enquired_On": "3-Apr-2026 10:30"}, "DATETIME-WRITTEN", "is sent as '2026-04-03 05:00:00'"),
        ({"Email": " asha@example.com"}, "EMAIL-WRITTEN", "is sent as 'asha@example.com'"),
    ],
)
def test_a_value_that_is_sent_in_another_form_is_remarked(cells, code, message):
    [(_, found, said)] = remarks(**cells)
    assert found == code
    assert message in said


@pytest.mark.parametrize("text", ["Asha", " Asha ", "NA", "Null", "TRUE", "1E5", "a < b", "<3", "C#"])
def test_a_text_that_goes_as_typed_is_no_news(text):
    assert remarks(First_Name=text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{Name}}", "PLACEHOLDER"),
        ("<name>", "PLACEHOLDER"),
        ("#N/A", "ERROR-TEXT"),
        (" #REF! ", "ERROR-TEXT"),
    ],
)
def test_a_text_that_nobody_can_have_meant_is_a_warning(text, code):
    assert [found for _, found, _ in remarks(First_Name=text)] == [code]


PHONES = MAPPING.replace(
    "FirstName: First Name", "FirstName: First Name\n    Phone: {column: Mobile, kind: phone, region: IN}"
)


@pytest.fixture
def sheet(folder):
    folder.mapping(PHONES)
    rows = [f"person{row}@example.com,Person {row},Loan {row},98765 4321{row}" for row in range(3)]
    rows[1] = rows[1].replace("Person 1", "{{name}}")
    return folder.sheet(*rows, headings="Email,First Name,Product,Mobile")


def summary(path):
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book["Summary"]]
    book.close()
    return {row[0]: row[1:5] for row in rows if row[0]}


def test_what_changes_is_said_before_sending_and_listed_in_the_workbook(sheet, folder, connected, importer):
    done = importer("run", sheet)
    assert "Sent in another form than they are written: Mobile (3 cells)" in done.stderr
    assert "B3, First Name: '{{name}}' looks like a placeholder that nobody has filled in." in done.stderr
    assert "98765" not in done.stderr + done.stdout
    told = summary(folder.path / "enquiries.result.xlsx")
    assert told["PHONE-WRITTEN"] == [
        3, "Mobile", "D2, D3, D4", "'98765 43210' is sent as '+91-9876543210'",
    ]  # fmt: skip
    assert told["PLACEHOLDER"][:3] == [1, "First Name", "B3"]


def test_a_check_and_a_workbook_made_later_list_the_same(sheet, folder, connected, importer):
    importer("check", sheet, "--output", "checked.xlsx")
    importer("run", sheet)
    importer("results", 1, "--output", "later.xlsx")
    later = summary(folder.path / "later.xlsx")
    assert summary(folder.path / "checked.xlsx")["PHONE-WRITTEN"] == later["PHONE-WRITTEN"]
