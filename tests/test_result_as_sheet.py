"""A result workbook is a sheet like others: run again, it sends what was mended and nothing else."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from importer.records import RESULT_HEADINGS
from importer.reply_details import DETAILS
from importer.simulator import Account, Fault, Simulator
from tests.conftest import MAPPING, outcomes, result_rows

THREE = ("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan", "meera@example.com,Meera,")


def edit(name: str, **cells: Any) -> None:
    """What a person does in Excel: type into these cells of the first worksheet, and save."""
    path = Path(name)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        for address, value in cells.items():
            lines[int(address[1:]) - 1][ord(address[0]) - ord("A")] = str(value or "")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
        return
    book = openpyxl.load_workbook(path)
    for address, value in cells.items():
        book.worksheets[0][address] = value
    book.save(path)


def page(name: str) -> list[list[Any]]:
    """The first worksheet, row by row."""
    book = openpyxl.load_workbook(name)
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return rows


def headings(name: str) -> list[object]:
    if name.endswith(".xlsx"):
        return page(name)[0]
    with Path(name).open(encoding="utf-8-sig", newline="") as file:
        return list(next(csv.reader(file)))


def column(name: str, heading: str, header_row: int = 1) -> list[object]:
    rows = page(name)
    place = rows[header_row - 1].index(heading)
    return [row[place] for row in rows[header_row:]]


def products(simulator):
    return [opportunity.fields["mx_Custom_1"] for opportunity in simulator.opportunities]


def new_journal(monkeypatch, tmp_path):
    """Another computer: nothing is known of what was sent."""
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "other state"))


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("options", [(), ("--details",)], ids=["", "with details"])
def test_mend_the_red_cells_and_run_the_same_file(folder, connected, importer, ending, options):
    result = f"enquiries.result.{ending}"
    importer("run", folder.sheet(*THREE), "--output", result, *options)
    before = headings(result)
    created = connected.opportunities[0].id
    edit(result, A3="ravi@example.com", C4="Car loan")
    done = importer("run", result, "--output", f"again.{ending}")
    assert done.exit_code == 0, done.stderr
    assert sorted(products(connected)) == ["Car loan", "Home loan", "Home loan"]
    assert headings(f"again.{ending}") == before
    importer("run", result, "--output", "third.csv")
    first, *others = result_rows(folder.path / "third.csv")
    assert first["CreatedOpportunityId"] == created
    assert [line["Outcome"] for line in (first, *others)] == ["Skipped"] * 3


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_mended_rows_are_created_and_sent_ones_skipped_with_their_id(folder, connected, importer, ending):
    result = f"enquiries.result.{ending}"
    importer("run", folder.sheet(*THREE), "--output", result)
    created = connected.opportunities[0].id
    edit(result, A3="ravi@example.com", C4="Car loan")
    importer("run", result, "--output", "again.csv")
    lines = result_rows(folder.path / "again.csv")
    assert [line["Outcome"] for line in lines] == ["Skipped", "Created", "Created"]
    assert lines[0]["CreatedOpportunityId"] == created
    assert "run 1" in lines[0]["ExceptionMessage"]
    assert [line["ExceptionMessage"] for line in lines[1:]] == ["", ""]


def test_a_mended_result_is_run_into_a_new_file_and_stays_as_it_was(folder, connected, importer):
    importer("run", folder.sheet(*THREE))
    edit("enquiries.result.xlsx", A3="ravi@example.com")
    saved = Path("enquiries.result.xlsx").read_bytes()
    done = importer("run", "enquiries.result.xlsx")
    assert "enquiries.result (2).xlsx" in done.stdout
    edit("enquiries.result (2).xlsx", C4="Car loan")
    assert "enquiries.result (3).xlsx" in importer("run", "enquiries.result (2).xlsx").stdout
    assert Path("enquiries.result.xlsx").read_bytes() == saved
    assert column("enquiries.result (3).xlsx", "Outcome") == ["Skipped", "Skipped", "Created"]


def test_rejected_rows_of_a_result_are_sent_again(folder, connect, importer):
    with Simulator(
        rate=None, faults=[Fault("envelope_500", matching="Loan 2", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(3))
        importer("run", "enquiries.result.xlsx", "--output", "again.csv")
    assert column("enquiries.result.xlsx", "Outcome") == ["Created", "Rejected", "Created"]
    assert outcomes(folder.path / "again.csv") == ["Skipped", "Created", "Skipped"]


def titled_sheet(path: Path) -> None:
    """Two title rows; own columns on both sides of where the result will go."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Enquiries")
        day, code, percent = (
            book.add_format({"num_format": each}) for each in ("dd/mm/yyyy", "00000", "0.0%")
        )
        sheet.write("A1", "Enquiries of March")
        sheet.write("B2", 0.125, percent)
        sheet.write_row("A3", ["Email", "First Name", "Product", "Met On", "Pin"])
        for row in range(4, 7):
            sheet.write_row(row - 1, 0, [f"p{row}@example.com", f"P{row}", f"Loan {row}"])
            sheet.write_datetime(row - 1, 3, datetime(2026, 3, row), day)
            sheet.write_number(row - 1, 4, row, code)


def test_title_rows_and_own_columns_keep_their_addresses_values_and_formats(folder, connected, importer):
    titled_sheet(folder.path / "march.xlsx")
    importer("run", "march.xlsx")
    book = openpyxl.load_workbook("march.result.xlsx")
    sheet = book["Enquiries"]
    sheet.cell(3, 16, "Follow Up")
    for row in range(4, 7):
        sheet.cell(row, 16, datetime(2026, 4, row)).number_format = "dd-mmm-yy"
    sheet["F5"] = sheet["G5"] = None
    sheet["A5"] = "new@example.com"
    book.save("march.result.xlsx")
    done = importer("run", "march.result.xlsx")
    assert done.exit_code == 0, done.stderr
    before, after = (
        openpyxl.load_workbook(name)["Enquiries"] for name in ("march.result.xlsx", "march.result (2).xlsx")
    )
    own = [(row, place) for row in range(1, 7) for place in (*range(1, 6), *range(16, 17))]
    assert [after.cell(*at).value for at in own] == [before.cell(*at).value for at in own]
    filled = [at for at in own if before.cell(*at).value is not None]
    assert [after.cell(*at).number_format for at in filled] == [
        before.cell(*at).number_format for at in filled
    ]
    assert [cell.value for cell in after[3]][5:15] == list(RESULT_HEADINGS)
    assert after.max_column == before.max_column == 16
    assert [after.cell(row, 6).value for row in (4, 5, 6)] == ["Skipped", "Created", "Skipped"]


def test_details_that_are_asked_for_later_displace_no_own_column(folder, connected, importer):
    importer("run", folder.people(1))
    edit("enquiries.result.xlsx", N1="Remarks", N2="call back")
    importer("run", "enquiries.result.xlsx", "--details")
    [titles, line] = page("enquiries.result (2).xlsx")
    assert titles[13:] == ["Remarks", *RESULT_HEADINGS, *DETAILS]
    assert line[13:15] == ["call back", "Skipped"]
    assert titles.count("Outcome") == 1


def test_a_sheets_own_status_outcome_and_advice_stay_its_own(folder, connected, importer):
    folder.mapping(MAPPING.replace("FirstName: First Name", "FirstName: Outcome\n    mx_Advice: Advice"))
    sheet = folder.sheet(
        "asha@example.com,open,Asha,ring her,Loan 1", "wrong,open,Ravi,ring him,Loan 2",
        headings="Email,Status,Outcome,Advice,Product",
    )  # fmt: skip
    importer("run", sheet)
    edit("enquiries.result.xlsx", A3="ravi@example.com")
    done = importer("run", "enquiries.result.xlsx")
    assert done.exit_code == 0, done.stderr
    titles, *lines = page("enquiries.result (2).xlsx")
    assert titles == ["Email", "Status", "Outcome", "Advice", "Product", *RESULT_HEADINGS]
    assert [line[:6] for line in lines] == [
        ["asha@example.com", "open", "Asha", "ring her", "Loan 1", "Skipped"],
        ["ravi@example.com", "open", "Ravi", "ring him", "Loan 2", "Created"],
    ]
    assert [lead["FirstName"] for lead in connected.leads.values()] == ["Asha", "Ravi"]


def test_ids_that_this_computer_does_not_know_are_asked_for_at_once(
    folder, connected, importer, monkeypatch, tmp_path
):
    importer("run", folder.people(5))
    ids = column("enquiries.result.xlsx", "CreatedOpportunityId")
    new_journal(monkeypatch, tmp_path)
    done = importer("run", "enquiries.result.xlsx")
    assert done.exit_code == 0, done.stderr
    assert column("enquiries.result (2).xlsx", "Outcome") == ["Skipped"] * 5
    assert column("enquiries.result (2).xlsx", "CreatedOpportunityId") == ids
    assert sum(call.path.endswith("GetOpportunitiesById") for call in connected.calls) == 1
    assert len(connected.opportunities) == 5


def test_of_more_than_2000_ids_each_2000_are_one_call(folder, connected, importer):
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(2_001)]
    sheet = folder.sheet(
        *(f"p{number}@example.com,P,Loan,Created,{id},,,,,,,," for number, id in enumerate(ids)),
        headings=",".join(["Email,First Name,Product", *RESULT_HEADINGS]),
    )
    done = importer("run", sheet, "--output", "out.csv")
    assert done.exit_code == 1, done.stderr
    assert outcomes(folder.path / "out.csv") == ["Invalid"] * 2_001
    assert sum(call.path.endswith("GetOpportunitiesById") for call in connected.calls) == 2
    assert not connected.captures


def test_the_ids_of_another_account_are_a_problem_that_stays_one(folder, connect, importer):
    with Simulator(rate=None).serving() as other:
        connect(other.url)
        importer("run", folder.people(2))
    ids = column("enquiries.result.xlsx", "CreatedOpportunityId")
    # Another seed, or it would give the same ids.
    with Simulator(rate=None, account=Account(organisation="OTHER"), seed=1).serving() as simulator:
        connect(simulator.url)
        edit("enquiries.result.xlsx", D3=None, E3=None)
        for name in ("enquiries.result.xlsx", "enquiries.result (2).xlsx"):
            done = importer("run", name)
            assert done.exit_code == 1, done.stderr
    assert products(simulator) == ["Loan 2"]
    for name in ("enquiries.result (2).xlsx", "enquiries.result (3).xlsx"):
        assert column(name, "Outcome")[0] == "Invalid"
        assert column(name, "CreatedOpportunityId")[0] == ids[0]
        assert str(column(name, "ExceptionMessage")[0]).startswith(f"E2, CreatedOpportunityId: '{ids[0]}'")
    sheet = openpyxl.load_workbook("enquiries.result (3).xlsx").worksheets[0]
    assert "another account" in sheet["E2"].comment.text
    assert sheet["E2"].fill.fgColor.rgb != sheet["E3"].fill.fgColor.rgb


def test_a_result_of_a_rehearsal_sends_nothing_to_the_real_account(folder, connected, importer):
    importer("run", folder.people(2), "--demo")
    done = importer("run", "enquiries.demo-result.xlsx", "--output", "out.csv")
    assert done.exit_code == 1
    assert outcomes(folder.path / "out.csv") == ["Invalid"] * 2
    assert "demo" in result_rows(folder.path / "out.csv")[0]["ExceptionMessage"]
    assert not connected.captures


def test_the_id_of_a_duplicate_is_kept_in_its_own_column(folder, connected, importer):
    importer("run", folder.people(1))
    created = connected.opportunities[0].id
    edit("enquiries.result.xlsx", D2="Duplicate", E2=None, F2=created)
    importer("run", "enquiries.result.xlsx", "--output", "out.csv")
    [line] = result_rows(folder.path / "out.csv")
    assert (line["Outcome"], line["CreatedOpportunityId"]) == ("Skipped", "")
    assert line["ConflictedOpportunityId"] == created


UNASKED = [
    Fault("drop", stores=True, matching="Loan 2", times=1),
    Fault("envelope_500", call="Leads.Get", times=6),
]


def lose_one(folder, connect, importer, simulator):
    """A run whose second row ends Unknown."""
    connect(simulator.url)
    importer("run", folder.people(3), "--patience", "0.1")
    assert column("enquiries.result.xlsx", "Outcome") == ["Created", "Unknown", "Created"]


def test_a_row_marked_unknown_elsewhere_is_not_sent_until_somebody_looked(
    folder, connect, importer, monkeypatch, tmp_path
):
    with Simulator(rate=None, account=Account(list_lag=1e9), faults=UNASKED).serving() as simulator:
        lose_one(folder, connect, importer, simulator)
        new_journal(monkeypatch, tmp_path)
        done = importer("run", "enquiries.result.xlsx")
        assert done.exit_code == 1
        assert len(simulator.captures) == 3
        assert column("enquiries.result (2).xlsx", "Outcome") == ["Skipped", "Unknown", "Skipped"]
        assert "clear the Outcome cell" in str(column("enquiries.result (2).xlsx", "Advice")[1])
        edit("enquiries.result (2).xlsx", D3=None)
        done = importer("run", "enquiries.result (2).xlsx", "--output", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert outcomes(folder.path / "out.csv") == ["Skipped", "Created", "Skipped"]


def test_a_row_marked_unknown_here_is_asked_for(folder, connect, importer):
    with Simulator(rate=None, account=Account(list_lag=1e9), faults=UNASKED).serving() as simulator:
        lose_one(folder, connect, importer, simulator)
        done = importer("run", "enquiries.result.xlsx", "--patience", "1", "--output", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert outcomes(folder.path / "out.csv") == ["Skipped"] * 3
    assert len(simulator.captures) == 3


def test_what_has_changed_in_a_row_that_was_sent_is_said(folder, connected, importer):
    folder.mapping(MAPPING + "identity: [Email, Product]\n")
    importer("run", folder.people(2))
    edit("enquiries.result.xlsx", B2="Somebody Else")
    importer("run", "enquiries.result.xlsx", "--output", "out.csv")
    first, second = result_rows(folder.path / "out.csv")
    assert (first["Outcome"], second["Outcome"]) == ("Skipped", "Skipped")
    assert "First Name" in first["Advice"]
    assert "other values" not in second["Advice"]


def test_again_sends_the_rows_of_a_result_once_more(folder, connected, importer):
    importer("run", folder.people(2))
    importer("run", "enquiries.result.xlsx", "--again", "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created", "Created"]
    assert len(connected.opportunities) == 4
    sent = {opportunity.id for opportunity in connected.opportunities[2:]}
    assert {line["CreatedOpportunityId"] for line in result_rows(folder.path / "out.csv")} == sent


def test_a_check_of_a_result_counts_what_a_run_would_skip(folder, connected, importer):
    importer("run", folder.sheet(*THREE))
    done = importer("check", "enquiries.result.xlsx", "--output", "checked.xlsx")
    assert done.exit_code == 1
    assert "3 rows: 0 good, 2 invalid" in done.stdout
    assert headings("checked.xlsx").count("Outcome") == 1
    assert column("checked.xlsx", "Outcome") == ["NotSent", "Invalid", "Invalid"]


def test_a_checked_sheet_is_run_as_it_is_with_its_columns_replaced(folder, connected, importer):
    importer("check", folder.people(2), "--output", "checked.xlsx")
    importer("run", "checked.xlsx")
    assert column("checked.result.xlsx", "Outcome") == ["Created", "Created"]
    assert headings("checked.result.xlsx") == headings("checked.xlsx")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_two_columns_of_the_rows_to_mend_are_replaced(folder, connected, importer, ending):
    importer("run", folder.sheet(*THREE), "--failed", f"mend.{ending}")
    edit(f"mend.{ending}", A2="ravi@example.com")
    importer("run", f"mend.{ending}", "--failed", f"rest.{ending}", "--output", f"mended.{ending}")
    own = ["Email", "First Name", "Product"]
    assert headings(f"mended.{ending}") == [*own, *RESULT_HEADINGS]
    assert headings(f"rest.{ending}") == headings(f"mend.{ending}") == [*own, "ExceptionMessage", "Advice"]
    edit(f"rest.{ending}", C2="Car loan")
    assert importer("run", f"rest.{ending}", "--output", "out.csv").exit_code == 0
    assert sorted(products(connected)) == ["Car loan", "Home loan", "Home loan"]


def test_columns_of_these_names_that_stand_apart_are_the_sheets_own(folder, connected, importer):
    folder.mapping(MAPPING + "identity: [Email, Status]\n")
    sheet = folder.sheet("asha@example.com,Created,Home loan,one", headings="Email,Outcome,Product,Status")
    importer("run", sheet)
    assert page("enquiries.result.xlsx")[1][:5] == [
        "asha@example.com",
        "Created",
        "Home loan",
        "one",
        "Created",
    ]


def test_a_result_that_somebody_has_saved_since_is_never_written_over(folder, connected, importer):
    importer("run", folder.people(2))
    edit("enquiries.result.xlsx", C2="seen by Meera")
    saved = Path("enquiries.result.xlsx").read_bytes()
    assert "enquiries.result (2).xlsx" in importer("results", "1").stdout
    assert "enquiries.result (2).xlsx" in importer("results", "1").stdout
    assert Path("enquiries.result.xlsx").read_bytes() == saved


def test_neither_by_reconcile(folder, connect, importer):
    with Simulator(rate=None, account=Account(list_lag=1e9), faults=UNASKED).serving() as simulator:
        lose_one(folder, connect, importer, simulator)
        edit("enquiries.result.xlsx", A9="seen by Meera")
        saved = Path("enquiries.result.xlsx").read_bytes()
        report = json.loads(importer("reconcile", "--patience", "1", "--json").stdout)
    assert Path("enquiries.result.xlsx").read_bytes() == saved
    assert [Path(name).name for name in report["results"]] == ["enquiries.result (2).xlsx"]
    assert column("enquiries.result (2).xlsx", "Outcome") == ["Created"] * 3


def test_nor_by_a_run_that_goes_on(folder, connected, importer):
    sheet = folder.people(3)
    importer("run", sheet, "--limit", "1")
    edit("enquiries.result.xlsx", A9="seen by Meera")
    saved = Path("enquiries.result.xlsx").read_bytes()
    importer("run", sheet)
    assert Path("enquiries.result.xlsx").read_bytes() == saved
    assert column("enquiries.result (2).xlsx", "Outcome") == ["Created"] * 3


def test_a_cell_that_was_changed_after_its_row_was_sent_is_not_passed_over_in_silence(
    folder, connected, importer
):
    importer("run", folder.people(2), "--output", "first.xlsx")
    edit("first.xlsx", B2="Another name")
    importer("run", "first.xlsx", "--output", "second.xlsx")
    changed, same = column("second.xlsx", "Advice")
    assert "LeadSquared keeps what was sent then" in str(changed)
    assert str(same).startswith("Nothing to do.")
    assert column("second.xlsx", "Outcome") == ["Skipped", "Skipped"]
    assert len(connected.opportunities) == 2


def test_a_check_of_a_result_counts_the_rows_that_have_their_opportunity(folder, connected, importer):
    importer("run", folder.sheet(*THREE), "--output", "first.xlsx")
    done = importer("check", "first.xlsx")
    assert (
        "3 rows: 0 good, 2 invalid, 0 the same as a row above, 1 with an opportunity by an earlier result."
        in done.stdout
    )
