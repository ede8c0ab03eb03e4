"""The same rows again: in the same sheet, in another, or twice in one."""

import datetime

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from importer.simulator import Account, Fault, OpportunityType, Simulator
from tests.conftest import MAPPING, outcomes, result_rows

PEOPLE = tuple(f"person{number}@example.com,Person {number},Loan {number}" for number in range(1, 5))


@pytest.mark.parametrize(
    ("name", "rows"),
    [("renamed.csv", PEOPLE), ("enquiries.csv", PEOPLE[::-1])],
    ids=["renamed", "re-sorted"],
)
def test_a_sheet_that_was_sent_is_known_again(folder, connected, importer, name, rows):
    importer("run", folder.sheet(*PEOPLE), "--output", "1.csv")
    sent = {line["Product"]: line["CreatedOpportunityId"] for line in result_rows(folder.path / "1.csv")}
    done = importer("run", folder.sheet(*rows, name=name), "--output", "2.csv")
    assert done.exit_code == 0
    assert "4 sent by an earlier run" in done.stderr
    for line in result_rows(folder.path / "2.csv"):
        assert (line["Outcome"], line["CreatedOpportunityId"]) == ("Skipped", sent[line["Product"]])
        assert "of run 1 (2" in line["ExceptionMessage"]
    assert len(connected.opportunities) == 4


def test_a_duplicate_is_final_like_what_was_created(folder, connect, importer):
    types = {12000: OpportunityType("Home loan", duplicate_rule=("ProspectID",))}
    with Simulator(rate=None, account=Account(opportunity_types=types)).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet("asha@example.com,A,Loan 1", "asha@example.com,A,Loan 2")
        importer("run", sheet, "--output", "1.csv")
        first = result_rows(folder.path / "1.csv")
        assert [line["Outcome"] for line in first] == ["Created", "Duplicate"]
        importer("run", sheet, "--output", "2.csv")
    again = result_rows(folder.path / "2.csv")
    assert [line["Outcome"] for line in again] == ["Skipped", "Skipped"]
    assert again[1]["ConflictedOpportunityId"] == first[1]["ConflictedOpportunityId"] != ""
    assert len(simulator.captures) == 2


TYPED = """\
version: 1
day_first: true
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email}
    Phone: {column: Mobile, kind: phone, region: IN}
opportunity:
  event_code: 12000
  date_time: {column: Enquired On}
  fields:
    mx_Custom_1: Product
    mx_Custom_5: {column: Amount, kind: number}
    mx_Custom_6: {column: Met On, kind: date}
"""


def test_a_workbook_and_its_csv_copy_hold_the_same_rows(folder, connected, importer):
    folder.mapping(TYPED)
    headings = ["Email", "Mobile", "Product", "Amount", "Met On", "Enquired On"]
    with xlsxwriter.Workbook(folder.path / "book.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, headings)
        page.write_row(1, 0, ["asha@example.com", 9000000011, "HL 1", 2500000.5])
        page.write_datetime(
            1, 4, datetime.datetime(2026, 3, 4), book.add_format({"num_format": "dd/mm/yyyy"})
        )
        page.write_datetime(
            1, 5, datetime.datetime(2026, 3, 4, 10, 30), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        )
    row = 'asha@example.com,90000 00011,HL 1,"2,500,000.50",04/03/2026,04/03/2026 10:30'
    assert importer("run", "book.xlsx").exit_code == 0
    importer("run", folder.sheet(row, headings=",".join(headings)), "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Skipped"]
    assert len(connected.opportunities) == 1


BY_PRODUCT = MAPPING + "identity: [Email, Product]\n"


def test_one_more_mapped_column_makes_no_other_row_where_the_identity_is_given(folder, connected, importer):
    folder.mapping(BY_PRODUCT.replace("    FirstName: First Name\n", ""))
    sheet = folder.sheet(*PEOPLE)
    importer("run", sheet)
    folder.mapping(BY_PRODUCT)
    importer("run", sheet, "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Skipped"] * 4
    assert "other values" not in result_rows(folder.path / "out.csv")[0]["Advice"]


def test_other_values_in_the_same_row_are_named(folder, connected, importer):
    folder.mapping(BY_PRODUCT)
    importer("run", folder.sheet("asha@example.com,Asha,Loan"))
    importer("run", folder.sheet("asha@example.com,Aisha,Loan", name="new.csv"), "--output", "out.csv")
    [line] = result_rows(folder.path / "out.csv")
    assert line["Outcome"] == "Skipped"
    assert "other values in: First Name." in line["Advice"]


def test_leads_that_got_such_an_opportunity_before_are_counted_before_sending(folder, connected, importer):
    importer("run", folder.sheet("asha@example.com,Asha,Loan 1"))
    more = folder.sheet("Asha@example.com,Asha,Loan 2", "ravi@example.com,Ravi,Loan 3", name="more.csv")
    done = importer("run", more)
    assert "1 row of leads that already got an opportunity" in done.stderr


@pytest.mark.parametrize(
    ("rows", "ended"),
    [
        (("wrong,A,Loan", "asha@example.com,A,Loan", "asha@example.com,A,Loan"), "Invalid Created Skipped"),
        (("asha@example.com,A,Loan",) * 3, "Created Skipped Skipped"),
    ],
    ids=["after an invalid one", "the first"],
)
def test_of_equal_rows_the_first_good_one_is_sent(folder, connected, importer, rows, ended):
    importer("run", folder.sheet(*rows), "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ended.split()
    assert len(connected.opportunities) == 1


def test_where_the_first_of_equal_rows_is_rejected_the_next_takes_its_place(folder, connect, importer):
    with Simulator(rate=None, faults=[Fault("envelope_500", nth=(1,))]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.sheet(*["asha@example.com,A,Loan"] * 3), "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Rejected", "Created", "Skipped"]
    assert "row 3" in result_rows(folder.path / "out.csv")[2]["ExceptionMessage"]


def test_a_row_of_two_sheets_is_sent_by_one_run_and_the_other_hears_how_it_ended(folder, connect, start):
    with Simulator(rate=None, faults=[Fault("slow_answer", seconds=1.0, nth=(1,))]).serving() as simulator:
        connect(simulator.url)
        first = start("run", folder.sheet(PEOPLE[0]), "--output", "1.csv")
        while not simulator.captures:
            assert first.poll() is None
        second = start("run", folder.sheet(*PEOPLE[:2], name="other.csv"), "--output", "2.csv")
        assert (first.wait(30), second.wait(30)) == (0, 0)
    assert outcomes(folder.path / "1.csv") == ["Created"]
    assert outcomes(folder.path / "2.csv") == ["Skipped", "Created"]
    assert len(simulator.opportunities) == 2


def test_the_same_sheet_is_refused_before_any_call(folder, connect, start, importer):
    with Simulator(rate=None, faults=[Fault("hang", call="UserByAccessKey.Get")]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(3)
        start("run", sheet)
        while not simulator.calls:
            pass
        done = importer("run", sheet)
        assert len(simulator.calls) == 1
    assert done.exit_code == 6


def test_a_file_of_rows_that_were_all_sent_before_is_known_under_another_mapping(folder, connected, importer):
    importer("run", folder.sheet(*PEOPLE))
    copy = folder.sheet(*PEOPLE, "wrong,Nobody,Loan 5", name="copy.csv")
    importer("run", copy)
    folder.mapping(f"{MAPPING}identity: [Email, Product]\n")
    done = importer("run", copy, "--output", "out.csv")
    assert "4 sent by an earlier run" in done.stderr
    first, *_ = result_rows(folder.path / "out.csv")
    assert first["ExceptionMessage"] == "The same opportunity as row 2 of run 2, which ended Skipped."
    assert len(connected.opportunities) == 4
