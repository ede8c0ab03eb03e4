"""The main job: a sheet in, opportunities captured, a result file out."""

import json
import logging

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from importer.simulator import Account, Fault, OpportunityType, Simulator
from tests.conftest import MAPPING, outcomes, result_rows


def test_each_good_row_becomes_one_opportunity(folder, connected, importer):
    done = importer("run", folder.people(30), "--output", "out.csv")
    assert done.exit_code == 0
    assert sorted(o.fields["mx_Custom_1"] for o in connected.opportunities) == sorted(
        f"Loan {number}" for number in range(1, 31)
    )
    created = {line["CreatedOpportunityId"] for line in result_rows(folder.path / "out.csv")}
    assert created == {opportunity.id for opportunity in connected.opportunities}


def test_a_capture_is_what_the_documentation_shows(folder, connected, importer):
    importer("run", folder.sheet("asha@example.com,Asha,Home loan"))
    [body] = connected.captures
    note = body["Opportunity"].pop("OpportunityNote")
    assert body == {
        "LeadDetails": [
            {"Attribute": "EmailAddress", "Value": "asha@example.com"},
            {"Attribute": "FirstName", "Value": "Asha"},
            {"Attribute": "SearchBy", "Value": "EmailAddress"},
        ],
        "Opportunity": {
            "OpportunityEventCode": 12000,
            "OverwriteFields": False,
            "UpdateEmptyFields": False,
            "DoNotPostDuplicateActivity": True,
            "DoNotChangeOwner": True,
            "Fields": [{"SchemaName": "mx_Custom_1", "Value": "Home loan"}],
        },
    }
    assert note.startswith("ref-")
    assert len(note) <= 24


def test_names_in_every_script_arrive_as_they_are(folder, connected, importer):
    names = ["Zoë", "अशा", "陈", "O'Brien", 'The "one"', "Ѐ\u0301"]
    quoted = [name.replace('"', '""') for name in names]
    importer("run", folder.sheet(*(f'p{n}@example.com,"{name}",Loan' for n, name in enumerate(quoted))))
    assert sorted(lead["FirstName"] for lead in connected.leads.values()) == sorted(names)


def test_invalid_rows_are_not_sent_and_say_why(folder, connected, importer):
    sheet = folder.sheet(
        "asha@example.com,Asha,Home loan", "no address,Ravi,Home loan", "meera@example.com,Meera,"
    )
    done = importer("run", sheet, "--output", "out.csv")
    good, bad, blank = result_rows(folder.path / "out.csv")
    assert done.exit_code == 1
    assert [good["Outcome"], bad["Outcome"], blank["Outcome"]] == ["Created", "Invalid", "Invalid"]
    assert bad["ExceptionType"] == "InvalidRow"
    assert bad["ExceptionMessage"].startswith("A3, Email: 'no address'")
    assert blank["ExceptionMessage"].startswith("C4, Product")
    assert len(connected.opportunities) == 1


def test_every_row_stands_where_it_stood(folder, connected, importer):
    sheet = folder.sheet(
        "asha@example.com,Asha,Home loan", "", "ravi@example.com,Ravi,Car loan", "bad,Meera,Loan"
    )
    importer("run", sheet)
    book = openpyxl.load_workbook(folder.path / "enquiries.result.xlsx")
    assert [row[:4] for row in book.worksheets[0].iter_rows(values_only=True)] == [
        ("Email", "First Name", "Product", "Outcome"),
        ("asha@example.com", "Asha", "Home loan", "Created"),
        (None, None, None, None),
        ("ravi@example.com", "Ravi", "Car loan", "Created"),
        ("bad", "Meera", "Loan", "Invalid"),
    ]
    book.close()


def test_a_repeated_row_is_sent_once(folder, connected, importer):
    done = importer("run", folder.sheet(*["asha@example.com,Asha,Home loan"] * 3), "--output", "out.csv")
    assert done.exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created", "Skipped", "Skipped"]
    assert "row 2" in result_rows(folder.path / "out.csv")[2]["ExceptionMessage"]
    assert len(connected.opportunities) == 1


def test_two_rows_of_one_lead_make_one_lead(folder, connect, importer):
    with Simulator(rate=None, latency=(0.01, 0.03)).serving() as simulator:
        connect(simulator.url)
        rows = [
            f"{email},Asha,Loan {number}"
            for number in range(6)
            for email in ("asha@example.com", "Ravi@example.com")
        ]
        importer("run", folder.sheet(*rows))
    assert len(simulator.leads) == 2
    assert len(simulator.opportunities) == 12


def test_the_rows_of_one_lead_are_sent_in_the_sheets_order(folder, connect, importer):
    with Simulator(rate=None, latency=(0.0, 0.02)).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.sheet(*(f"asha@example.com,Asha,Loan {number}" for number in range(8))))
    assert [o.fields["mx_Custom_1"] for o in simulator.opportunities] == [
        f"Loan {number}" for number in range(8)
    ]


def test_the_first_capture_goes_alone(folder, connect, importer):
    with Simulator(rate=None, faults=[Fault("http_404")]).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(20), "--output", "out.csv")
    assert done.exit_code == 5
    assert [call.path for call in simulator.calls if call.method == "POST"] == [
        "/v2/OpportunityManagement.svc/Capture"
    ]
    assert outcomes(folder.path / "out.csv") == ["NotSent"] * 20


def test_the_same_sheet_again_sends_nothing(folder, connected, importer):
    sheet = folder.people(5)
    importer("run", sheet)
    done = importer("run", sheet, "--output", "again.csv")
    assert done.exit_code == 0
    assert len(connected.opportunities) == 5
    assert outcomes(folder.path / "again.csv") == ["Skipped"] * 5
    assert "5 sent by an earlier run" in done.stderr


def test_again_sends_finished_rows_once_more_but_no_repeats(folder, connected, importer):
    sheet = folder.sheet(*["asha@example.com,Asha,Home loan"] * 2)
    importer("run", sheet)
    importer("run", sheet, "--again", "--output", "again.csv")
    assert outcomes(folder.path / "again.csv") == ["Created", "Skipped"]
    assert len(connected.opportunities) == 2


def test_a_corrected_sheet_sends_only_the_corrected_rows(folder, connected, importer):
    importer("run", folder.sheet("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan"))
    importer(
        "run",
        folder.sheet("asha@example.com,Asha,Home loan", "ravi@example.com,Ravi,Home loan"),
        "--output",
        "2.csv",
    )
    assert outcomes(folder.path / "2.csv") == ["Skipped", "Created"]
    assert len(connected.opportunities) == 2


def test_a_duplicate_by_leadsquareds_rule_is_told_with_its_id(folder, connect, importer):
    types = {12000: OpportunityType("Home loan", duplicate_rule=("ProspectID",))}
    with Simulator(rate=None, account=Account(opportunity_types=types)).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet("asha@example.com,Asha,Home loan", "asha@example.com,Asha,Car loan")
        done = importer("run", sheet, "--output", "out.csv")
    first, second = result_rows(folder.path / "out.csv")
    assert done.exit_code == 0
    assert (first["Outcome"], second["Outcome"]) == ("Created", "Duplicate")
    assert second["ConflictedOpportunityId"] == first["CreatedOpportunityId"]


def test_a_partial_success_is_counted_aloud(folder, connect, importer):
    with Simulator(rate=None, faults=[Fault("partial", matching="Loan 2")]).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(3), "--output", "out.csv")
    assert done.exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created"] * 3
    assert "1 of them are PartialSuccess" in done.stdout


def test_an_unknown_row_without_reference_can_be_sent_from_a_sheet_of_its_own(folder, connect, importer):
    folder.mapping(MAPPING.replace("event_code: 12000", "event_code: 12000\n  reference: none"))
    with Simulator(rate=None, faults=[Fault("drop", stores=False, nth=(1,))]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(2))
        importer("run", folder.people(1, name="alone.csv"), "--again", "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created"]
    assert len(simulator.opportunities) == 2


def test_a_refusal_by_the_limit_costs_time_and_no_row(folder, connect, importer):
    limit = "API calls exceeded the limit of 50 in 0.1 second(s)"
    faults = [
        Fault(kind, nth=(nth,), message=limit)
        for nth, kind in enumerate(("limit_429", "limit_403", "limit_200"), 3)
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(8), "--output", "out.csv")
    assert done.exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created"] * 8
    assert len(simulator.opportunities) == 8


def test_the_result_goes_beside_the_sheet_and_over_no_other_runs_result(folder, connected, importer):
    sheet = folder.people(1)
    importer("run", sheet)
    first = (folder.path / "enquiries.result.xlsx").read_bytes()
    importer("run", sheet)
    assert (folder.path / "enquiries.result.xlsx").read_bytes() == first
    assert (folder.path / "enquiries.result (2).xlsx").exists()


def test_the_rows_to_mend_can_be_mended_and_run(folder, connected, importer):
    sheet = folder.sheet(
        "asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan", "meera@example.com,Meera,"
    )
    importer("run", sheet, "--failed", "mend.csv")
    text = (folder.path / "mend.csv").read_text(encoding="utf-8-sig")
    (folder.path / "mend.csv").write_text(text.replace("wrong", "ravi@example.com"), encoding="utf-8")
    importer("run", "mend.csv", "--output", "mended.csv")
    assert outcomes(folder.path / "mended.csv") == ["Created", "Invalid"]
    assert len(connected.opportunities) == 2


def test_workbooks_made_of_a_csv_have_the_worksheet_that_the_mapping_names(folder, connected, importer):
    folder.mapping(MAPPING.replace("version: 1", "version: 1\nworksheet: Enquiries"))
    importer("run", folder.sheet("wrong,Ravi,Home loan"), "--failed", "mend.xlsx")
    assert openpyxl.load_workbook("enquiries.result.xlsx").sheetnames == ["Enquiries", "Summary"]
    book = openpyxl.load_workbook("mend.xlsx")
    book["Enquiries"]["A2"] = "ravi@example.com"
    book.save("mend.xlsx")
    assert importer("run", "mend.xlsx", "--output", "mended.csv").exit_code == 0
    assert outcomes(folder.path / "mended.csv") == ["Created"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_cell_that_could_not_be_trusted_stays_so_in_the_rows_to_mend(folder, connected, importer, ending):
    with xlsxwriter.Workbook(folder.path / "damaged.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Email", "First Name", "Product"])
        for row, result in enumerate(["#DIV/0!", ""], start=1):
            page.write_row(row, 0, [f"p{row}@example.com", "Asha"])
            page.write_formula(row, 2, "=1/0", None, result)
        page.write_row(3, 0, ["p3@example.com", "Asha", 81234567890123456])
    importer("run", "damaged.xlsx", "--failed", f"mend.{ending}")
    importer("run", f"mend.{ending}", "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Invalid"] * 3
    assert not connected.captures


def test_with_nothing_to_mend_there_is_no_file_of_it(folder, connected, importer):
    importer("run", folder.people(1), "--failed", "mend.csv")
    assert not (folder.path / "mend.csv").exists()


def test_the_forecast_counts_what_the_limit_lets_through(folder, connected, importer):
    assert "10 rows, 4 to send" in importer("run", folder.people(10), "--limit", "4").stderr


def test_json_stays_json_on_a_console_that_knows_only_cp1252(folder, connected, start):
    process = start("run", folder.people(1, name="list \U0001f600.csv"), "--json", PYTHONIOENCODING="cp1252")
    report = json.loads(process.communicate(timeout=60)[0])
    assert report["sheet"].endswith("list \U0001f600.csv")


def test_details_are_leadsquareds_own_words(folder, connected, importer):
    importer("run", folder.people(1), "--details", "--output", "out.csv")
    [line] = result_rows(folder.path / "out.csv")
    assert line["PrimaryAction"] == "CreateOpportunity"
    assert line["IsUnique"]
    assert line["ActivityId"]


def test_json_is_one_object_whose_counts_add_up(folder, connected, importer):
    sheet = folder.sheet(
        "asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan", "asha@example.com,Asha,Home loan"
    )
    done = importer("run", sheet, "--json")
    report = json.loads(done.stdout)
    assert set(report) == {
        "run", "sheet", "mapping", "rows", "outcomes", "result", "seconds", "exit_code", "stopped",
    }  # fmt: skip
    assert report["rows"] == sum(report["outcomes"].values()) == 3
    assert (report["exit_code"], report["stopped"]) == (1, None)
    assert report["outcomes"]["Skipped"] == 1


def test_before_sending_it_says_what_it_is_about_to_do(folder, connected, importer):
    done = importer("run", folder.sheet("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan"))
    for said in (
        "Organisation DEMO",
        connected.url.removeprefix("http://"),
        "12000",
        "2 rows, 1 to send, 1 invalid",
    ):
        assert said in done.stderr
    assert "overwritten in: FirstName" in done.stderr


def test_only_attributes_that_the_sheet_has_are_said_to_be_overwritten(folder, connected, importer):
    done = importer("run", folder.sheet("asha@example.com,Home loan", headings="Email,Product"))
    assert done.exit_code == 0
    assert "overwritten" not in done.stderr


def test_no_key_and_no_cell_is_logged_or_printed(folder, connect, importer, caplog):
    caplog.set_level(logging.DEBUG)
    with Simulator(
        rate=None, faults=[Fault("http_502", stores=True, matching="Loan 2", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        rows = (f"person{n}@example.com,Zzyzx{n},Secret plan {n}" for n in range(3))
        done = importer("run", folder.sheet(*rows), "--output", "out.csv")
    told = done.stdout + done.stderr + caplog.text
    for private in ("access$key", "secret$key", "Zzyzx", "Secret plan", "person1"):
        assert private not in told


def test_the_reference_goes_where_the_mapping_says(folder, connected, importer):
    folder.mapping(MAPPING.replace("event_code: 12000", "event_code: 12000\n  reference: mx_Custom_9"))
    importer("run", folder.people(1))
    [opportunity] = connected.opportunities
    assert opportunity.fields["mx_Custom_9"].startswith("ref-")
    assert not opportunity.note


@pytest.mark.parametrize(
    ("on_duplicate", "overwrite", "fill"),
    [("keep", False, False), ("overwrite", True, False), ("fill_blanks", False, True)],
)
def test_what_happens_on_a_duplicate_is_the_mappings_choice(
    folder, connected, importer, on_duplicate, overwrite, fill
):
    options = f"event_code: 12000\n  on_duplicate: {on_duplicate}\n  reference: none\n  keep_owner: false"
    folder.mapping(MAPPING.replace("event_code: 12000", options))
    importer("run", folder.people(1))
    opportunity = connected.captures[0]["Opportunity"]
    assert (opportunity["OverwriteFields"], opportunity["UpdateEmptyFields"]) == (overwrite, fill)
    assert opportunity["DoNotChangeOwner"] is False
