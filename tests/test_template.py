"""`importer template`: a sheet to fill in, of which the example is never sent."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from importer.simulator import Simulator, User, read_account
from tests.test_mapping import ROOT

HOME_LOANS = ROOT / "mappings" / "home_loans.yaml"
BY_PHONE = """\
version: 1
lead: {search_by: Phone, attributes: {Phone: {column: Mobile, kind: phone, required: true}}}
opportunity:
  event_code: 12000
  fields:
    mx_Custom_1: {column: Branch, kind: choice, choices: %s}
    mx_Custom_2: {column: When, kind: date}
    mx_Custom_3: {column: Plan, values: {A: Alpha, B: Beta}, choices: [Alpha, Beta, Gamma]}
    mx_Custom_4: {column: Wishes, kind: multi_choice, choices: [One, Two]}
"""
BY_NAMES = """\
version: 1
lead: {search_by: Email, attributes: {Email: {column: Mail, kind: email}, First Name: Name}}
opportunity:
  event_code: 12000
  fields:
    Opportunity Name: Deal
    Branch: Branch
    Owner: {column: Agent, kind: owner}
"""


@pytest.fixture
def written(importer):
    """The template of a mapping, opened."""

    def write(mapping: object) -> openpyxl.Workbook:
        done = importer("template", mapping, "--output", "new.xlsx")
        assert done.exit_code == 0, done.stderr
        return openpyxl.load_workbook("new.xlsx")

    return write


def translating(written):
    """The template of a mapping that has translations and no choices."""
    Path("new.xlsx").unlink()
    text = BY_PHONE.replace("kind: choice, choices: %s", "values: {HL: Home loan, PL: Personal loan}")
    Path("own.yaml").write_text(text, encoding="utf-8")
    return written("own.yaml")["Rows"]


def lists(sheet) -> dict[str, str]:
    """The drop-downs of a worksheet: what each offers, by the letter of its column."""
    return {str(one.sqref)[0]: one.formula1 for one in sheet.data_validations.dataValidation}


@pytest.mark.parametrize("name", ["home_loans", "every_feature"])
def test_the_example_row_is_never_sent(folder, connected, importer, written, name):
    mapping = ROOT / "mappings" / f"{name}.yaml"
    assert importer("template", mapping, "--output", "new.xlsx", "--offline").exit_code == 0
    done = importer("run", "new.xlsx", "--mapping", mapping, "--yes", "--offline")
    assert "Invalid 1" in done.stdout
    assert not connected.captures


def test_no_cell_of_the_example_is_sent_when_the_others_were_written_over(
    folder, connected, importer, written
):
    Path("own.yaml").write_text(BY_PHONE % "[Pune, Kochi]", encoding="utf-8")
    book = written("own.yaml")
    good = ("+91 98765 43210", "Kochi", "2026-05-31", "A", "One")
    for left in range(len(good)):
        row = book["Rows"][2]
        for place, cell in enumerate(row):
            cell.value = f"EXAMPLE: {good[place]}" if place == left else good[place]
        book.save("new.xlsx")
        done = importer("run", "new.xlsx", "--mapping", "own.yaml", "--yes", "--offline")
        assert "Invalid 1" in done.stdout, left
    assert not connected.captures


def test_a_template_that_is_filled_in_is_imported(folder, connected, importer, written):
    Path("own.yaml").write_text(BY_PHONE % "[Pune, Kochi]", encoding="utf-8")
    book = written("own.yaml")
    for place, text in enumerate(("+91 98765 43210", "Kochi", "2026-05-31", "A", "One;Two"), 1):
        book["Rows"].cell(2, place).value = text
    book.save("new.xlsx")
    assert importer("run", "new.xlsx", "--mapping", "own.yaml", "--yes", "--offline").exit_code == 0
    fields = connected.opportunities[0].fields
    assert [fields[f"mx_Custom_{n}"] for n in range(1, 5)] == ["Kochi", "2026-05-31", "Alpha", "One;Two"]


def test_the_rows_come_first_and_the_lists_are_hidden(folder, written):
    book = written(ROOT / "mappings" / "every_feature.yaml")
    assert book.sheetnames == ["Enquiries", "Help", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    assert book["Enquiries"].freeze_panes == "A2"


def test_what_can_be_picked_are_leadsquareds_words_or_those_that_are_translated(folder, written):
    Path("own.yaml").write_text(BY_PHONE % "[Pune, Kochi]", encoding="utf-8")
    offered = lists(written("own.yaml")["Rows"])
    assert offered == {"B": '"Pune,Kochi"', "D": '"Alpha,Beta,Gamma"'}
    assert lists(translating(written))["B"] == '"HL,PL"'


def test_a_long_list_and_one_with_commas_stand_on_a_worksheet_of_their_own(folder, written):
    choices = [f"Branch, number {number}" for number in range(40)]
    Path("own.yaml").write_text(BY_PHONE % choices, encoding="utf-8")
    book = written("own.yaml")
    assert lists(book["Rows"])["B"] == "Lists!$B$1:$B$40"
    assert [cell.value for cell in book["Lists"]["B"]] == choices


@pytest.mark.parametrize(
    ("choices", "stored"),
    [
        (['12" pipe', "Elbow"], ['12" pipe', "Elbow"]),
        (["=1+1, sum", "Elbow"], ["=1+1, sum", "Elbow"]),
        (["\U0001f600" * 70, "\U0001f601" * 70], ["\U0001f600" * 70, "\U0001f601" * 70]),
    ],
    ids=["quote", "like a formula", "too long as Excel counts"],
)
def test_choices_that_a_validation_cannot_hold_stand_as_they_are_on_the_lists(
    folder, written, choices, stored
):
    Path("own.yaml").write_text(BY_PHONE % choices, encoding="utf-8")
    book = written("own.yaml")
    assert lists(book["Rows"])["B"] == "Lists!$B$1:$B$2"
    assert [(cell.value, cell.data_type) for cell in book["Lists"]["B"]] == [(one, "s") for one in stored]


def test_a_column_that_reads_more_than_its_translations_forbids_nothing(folder, written):
    translated = 'mx_Custom_2: {column: When, kind: date, values: {n/a: ""}}'
    mapping = (BY_PHONE % "[Pune]").replace("mx_Custom_2: {column: When, kind: date}", translated)
    Path("own.yaml").write_text(mapping, encoding="utf-8")
    book = written("own.yaml")
    assert "C" not in lists(book["Rows"])
    takes = {row[0]: row[3:] for row in book["Help"].iter_rows(min_row=6, values_only=True)}
    assert takes["When"] == ("a date; or n/a", "2026-05-31")


def test_yes_and_no_can_be_picked(folder, written):
    mapping = BY_PHONE % "[Pune]" + "    mx_Custom_5: {column: Hostel, kind: boolean}\n"
    Path("own.yaml").write_text(mapping, encoding="utf-8")
    assert lists(written("own.yaml")["Rows"])["F"] == '"yes,no"'


def test_a_column_of_the_note_is_explained_and_one_in_doubled_braces_is_not(folder, written):
    note = '  note: "{ Campaign } {{Branch}}"\n  fields:'
    Path("own.yaml").write_text((BY_PHONE % "[Pune]").replace("  fields:", note), encoding="utf-8")
    purposes = {row[0]: row[1] for row in written("own.yaml")["Help"].iter_rows(min_row=6, values_only=True)}
    assert purposes["Campaign"] == "a part of the opportunity's note"
    assert "note" not in purposes["Branch"]


@pytest.mark.parametrize(
    "left", ["EXAMPLE: text", " EXAMPLE: text", "EXAMPLE:text", "\u200bEXAMPLE:\u00a0text"]
)
def test_the_example_is_known_however_its_blanks_were_changed(folder, importer, left):
    folder.sheet(f"asha@example.com,{left},Loan")
    done = importer("check", "enquiries.csv")
    assert (done.exit_code, "EXAMPLE-ROW: 1 cell in First Name" in done.stdout) == (1, True)


def test_peoples_own_words_are_no_example(folder, importer):
    sheet = folder.sheet("asha@example.com,Example: Asha,Loan", "ravi@example.com,FOR EXAMPLE: Ravi,Loan")
    assert "2 good" in importer("check", sheet).stdout


def test_zeros_in_front_are_kept_and_days_are_dates(folder, written):
    Path("own.yaml").write_text(BY_PHONE % "[Pune]", encoding="utf-8")
    columns = written("own.yaml")["Rows"].column_dimensions
    book = openpyxl.load_workbook("new.xlsx")
    shown = [book["Rows"].cell(2, place).number_format for place in (1, 2, 3)]
    assert shown == ["@", "@", "yyyy-mm-dd"]
    assert columns["A"].width > 10


def test_required_columns_are_marked_and_explained(folder, written):
    book = written(HOME_LOANS)
    rows = {row[0]: row for row in book["Help"].iter_rows(min_row=6, values_only=True)}
    assert rows["Email"][:4] == ("Email", "the lead's EmailAddress", "yes", "one e-mail address")
    cells = {cell.value: cell for cell in book.worksheets[0][1]}
    assert cells["Email"].comment.text.startswith("Required. Takes one e-mail address")
    assert cells["Email"].fill.fgColor.rgb != cells["First Name"].fill.fgColor.rgb


def test_the_accounts_options_names_and_users_are_in_it(folder, connect, importer, written):
    folder.mapping(BY_NAMES)
    account = read_account(ROOT / "data_samples" / "account.yaml")
    with Simulator(rate=None, account=account).serving() as simulator:
        connect(simulator.url)
        book = written("mappings/enquiries.yaml")
    offered = lists(book["Rows"])
    assert offered["D"] == '"Pune,Mumbai,Kochi,New Delhi"'
    assert offered["E"] == '"agent.one@example.com,agent.three@example.com,agent.two@example.com"'
    rows = {row[0]: row for row in book["Help"].iter_rows(min_row=6, values_only=True)}
    assert rows["Deal"][1:4] == (
        "the opportunity's Opportunity Name",
        "yes",
        "any text; at most 100 characters",
    )


def test_an_owner_is_explained_as_the_list_has_it(folder, connect, importer, written):
    folder.mapping(BY_NAMES)
    account = read_account(ROOT / "data_samples" / "account.yaml")
    users = (User("", "Asha", "Menon"), User("ravi@example.com", "Ravi", "Rao"))
    with Simulator(rate=None, account=replace(account, users=users)).serving() as simulator:
        connect(simulator.url)
        book = written("mappings/enquiries.yaml")
    assert lists(book["Rows"])["E"] == '"Asha Menon,ravi@example.com"'
    rows = {row[0]: row for row in book["Help"].iter_rows(min_row=6, values_only=True)}
    assert rows["Agent"][3] == "one of the choices: Asha Menon, ravi@example.com"


def test_an_owner_of_whom_no_list_is_known_is_typed(folder, importer, written):
    folder.mapping(
        BY_PHONE.replace(
            "mx_Custom_1: {column: Branch, kind: choice, choices: %s}", BY_NAMES.splitlines()[-1].strip()
        )
    )
    book = written("mappings/enquiries.yaml")
    rows = {row[0]: row for row in book["Help"].iter_rows(min_row=6, values_only=True)}
    assert rows["Agent"][3] == "a user: an e-mail address or full name"


def test_no_file_is_written_over(folder, importer, written):
    written(HOME_LOANS)
    before = Path("new.xlsx").read_bytes()
    done = importer("template", HOME_LOANS, "--output", "new.xlsx")
    assert (done.exit_code, Path("new.xlsx").read_bytes()) == (2, before)
    assert "no file is written over" in done.stderr


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        ("new.csv", 2, "a template ends in .xlsx"),
        ("nowhere/new.xlsx", 7, "there is no such folder"),
    ],
)
def test_what_cannot_be_written_is_said(folder, importer, output, code, said):
    done = importer("template", HOME_LOANS, "--output", output)
    assert done.exit_code == code
    assert said in done.stderr


@pytest.mark.parametrize("worksheet", ["help", "Lists", "a/b"])
def test_a_worksheet_that_a_template_cannot_have_is_said(folder, importer, worksheet):
    Path("own.yaml").write_text(BY_PHONE % "[Pune]" + f"worksheet: {worksheet}\n", encoding="utf-8")
    done = importer("template", "own.yaml", "--output", "new.xlsx")
    assert done.exit_code == 2
    assert not Path("new.xlsx").exists()
