"""Rows of which an earlier start, an earlier sheet or another computer left it unclear how they ended."""

import sqlite3

import pytest

from importer.records import RESULT_HEADINGS
from importer.simulator import Account, Fault, Simulator
from tests.conftest import MAPPING, outcomes, result_rows

RESULT = ",".join(["Email,First Name,Product", *RESULT_HEADINGS])
UNREADABLE = Fault("envelope_500", call="Leads.Get", times=6)


def sent(simulator):
    return [capture["Opportunity"]["Fields"][0]["Value"] for capture in simulator.captures]


def marked(number, outcome=""):
    return f"p{number}@example.com,P,Loan {number},{outcome},,,,,,,,,"


def killed_in_the_air(start, simulator, sheet):
    process = start("run", sheet, "--output", "killed.csv")
    while not simulator.captures:
        assert process.poll() is None
    process.kill()
    process.wait()


@pytest.mark.timeout(30)
def test_a_row_marked_unknown_elsewhere_is_not_sent_when_a_killed_run_goes_on(
    folder, connect, start, importer
):
    slow = Fault("slow_answer", seconds=3.0, nth=(1,))
    with Simulator(rate=None, faults=[slow]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet(marked(1, "Unknown"), marked(2), marked(3), headings=RESULT)
        killed_in_the_air(start, simulator, sheet)
        importer("run", sheet, "--patience", "0.5", "--output", "out.csv")
    assert "Loan 1" not in sent(simulator)
    assert outcomes(folder.path / "out.csv") == ["Unknown", "Created", "Created"]


def test_a_copy_of_a_row_marked_unknown_is_not_sent(folder, connected, importer):
    sheet = folder.sheet(marked(1, "Unknown"), marked(1), marked(2), headings=RESULT)
    done = importer("run", sheet, "--output", "out.csv")
    assert sent(connected) == ["Loan 2"]
    assert outcomes(folder.path / "out.csv") == ["Unknown", "Unknown", "Created"]
    assert "1 marked Unknown by an earlier result" in done.stderr


def test_rows_marked_unknown_count_as_errors(folder, connected, importer):
    sheet = folder.sheet(*(marked(row, "Unknown") for row in range(5)), headings=RESULT)
    assert importer("run", sheet, "--max-errors", "1").exit_code == 3


def test_a_copy_of_a_row_with_an_id_is_not_sent_from_another_computer(
    folder, connected, importer, monkeypatch, tmp_path
):
    importer("run", folder.people(1), "--output", "1.csv")
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "other"))
    result = folder.path / "1.csv"
    copy = "person1@example.com,Person 1,Loan 1,,,,,,,,,,\n"
    lines = result.read_text(encoding="utf-8-sig").splitlines()
    result.write_text("\n".join([lines[0], copy.strip(), lines[1], copy]), encoding="utf-8")
    importer("run", result, "--output", "2.csv")
    assert sent(connected) == ["Loan 1"]
    assert outcomes(folder.path / "2.csv") == ["Skipped"] * 3


@pytest.mark.parametrize("reference", ["note", "none"])
def test_a_row_that_was_mended_after_its_answer_was_lost_is_sent(folder, connect, importer, reference):
    folder.mapping(MAPPING.replace("event_code: 12000", f"event_code: 12000\n  reference: {reference}"))
    lost = Fault("drop", stores=False, matching="Loan 2", times=1)
    with Simulator(rate=None, faults=[lost, UNREADABLE]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(3), "--patience", "0.1", "--output", "1.csv")
        assert outcomes(folder.path / "1.csv") == ["Created", "Unknown", "Created"]
        mended = folder.path / "enquiries.csv"
        mended.write_text(mended.read_text(encoding="utf-8").replace("Loan 2", "Loan 22"), encoding="utf-8")
        importer("run", mended, "--patience", "0.1", "--output", "2.csv")
    assert outcomes(folder.path / "2.csv") == ["Skipped", "Created", "Skipped"]
    assert sent(simulator).count("Loan 22") == 1


def test_a_lead_waits_while_it_is_unclear_whether_its_earlier_row_landed(folder, connect, importer):
    lost = Fault("drop", store_later=1.0, matching="Loan 2", times=1)
    with Simulator(rate=None, faults=[lost, UNREADABLE]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(2), "--patience", "0.1", "--output", "1.csv")
        assert outcomes(folder.path / "1.csv")[1] == "Unknown"
        sheet = folder.sheet("person2@example.com,Person 2,Loan 3", "asha@example.com,Asha,Loan 4")
        importer("run", sheet, "--patience", "3", "--output", "2.csv")
        assert outcomes(folder.path / "2.csv") == ["Created", "Created"]
        stored = [str(each.fields["mx_Custom_1"]) for each in simulator.opportunities]
    assert stored.index("Loan 2") < stored.index("Loan 3")
    assert len(simulator.leads) == 3


def test_a_run_goes_on_with_another_mapping_than_it_was_killed_with(folder, connect, start, importer):
    with Simulator(rate=None, faults=[Fault("hang", stores=False, nth=(1,))]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(3)
        killed_in_the_air(start, simulator, sheet)
        folder.mapping(MAPPING.replace("    FirstName: First Name\n", ""))
        done = importer("run", sheet, "--patience", "0.1", "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created"] * 3
    assert "do not send any more" not in done.stderr


def test_a_row_that_the_mapping_no_longer_takes_is_asked_for_all_the_same(folder, connect, start, importer):
    with Simulator(rate=None, faults=[Fault("hang", stores=True, nth=(1,))]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(3)
        killed_in_the_air(start, simulator, sheet)
        folder.mapping(
            MAPPING.replace("{column: Product, required: true}", "{column: Product, pattern: '.*[23]'}")
        )
        importer("run", sheet, "--patience", "1", "--output", "out.csv")
        assert len(simulator.opportunities) == 3
    assert outcomes(folder.path / "out.csv") == ["Created"] * 3


def test_a_row_that_is_held_back_by_an_unknown_one_is_no_success(folder, connect, importer):
    account = Account(list_lag=1e9)
    lost = Fault("drop", stores=True, matching="Loan 1", times=1)
    faults = [lost, Fault("envelope_500", call="Leads.Get")]
    with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet("asha@example.com,A,Loan 1", "asha@example.com,A,Loan 2")
        importer("run", sheet, "--patience", "0.1", "--output", "1.csv")
        done = importer(
            "run", folder.sheet("asha@example.com,A,Loan 2"), "--patience", "0.1", "--output", "2.csv"
        )
    assert outcomes(folder.path / "2.csv") == ["NotSent"]
    assert done.exit_code == 1
    assert "an earlier row of the same lead is Unknown" in result_rows(folder.path / "2.csv")[0]["Advice"]


def test_ids_that_leadsquared_will_not_be_asked_for_are_not_taken_for_foreign_ones(
    folder, connect, importer, monkeypatch, tmp_path
):
    refused = Fault("envelope_500", call="GetOpportunitiesById")
    with Simulator(rate=None, faults=[refused]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(2), "--output", "1.csv")
        monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "other"))
        done = importer("run", "1.csv", "--output", "2.csv")
    assert done.exit_code == 5
    assert "cannot be asked for the opportunity ids in the sheet" in done.stderr
    assert outcomes(folder.path / "2.csv") == ["NotSent"] * 2


def test_a_text_that_is_no_id_is_a_problem_and_spoils_no_question(
    folder, connected, importer, monkeypatch, tmp_path
):
    importer("run", folder.people(2), "--output", "1.csv")
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "other"))
    result = folder.path / "1.csv"
    lines = result.read_text(encoding="utf-8-sig").splitlines()
    cells = lines[1].split(",")
    cells[4] = "see mail"
    result.write_text("\n".join([lines[0], ",".join(cells), lines[2]]), encoding="utf-8")
    importer("run", result, "--output", "2.csv")
    assert outcomes(folder.path / "2.csv") == ["Invalid", "Skipped"]


IDENTITY = MAPPING + "identity: [Ref]\n"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [(IDENTITY, "is the opportunity of row 2 of run 1"), (MAPPING, "is also the opportunity of a row above")],
    ids=["by its identity", "by its values"],
)
def test_a_new_deal_made_by_copying_a_row_of_a_result_is_a_problem_and_not_lost(
    folder, connected, importer, mapping, said
):
    folder.mapping(mapping)
    headings = "Ref,Email,First Name,Product"
    importer("run", folder.sheet("HL-1,asha@example.com,Asha,Loan 1", headings=headings), "--output", "1.csv")
    result = folder.path / "1.csv"
    text = result.read_text(encoding="utf-8-sig")
    copy = text.splitlines()[1].replace("HL-1,asha", "HL-2,neha").replace("Loan 1", "Loan 2")
    result.write_text(f"{text}{copy}\n", encoding="utf-8")
    importer("run", result, "--output", "2.csv")
    assert outcomes(folder.path / "2.csv") == ["Skipped", "Invalid"]
    assert said in result_rows(folder.path / "2.csv")[1]["ExceptionMessage"]
    mended = (folder.path / "2.csv").read_text(encoding="utf-8-sig").splitlines()
    own = mended[2].split(",")[:4]
    (folder.path / "3.csv").write_text("\n".join([*mended[:2], ",".join(own)]), encoding="utf-8")
    importer("run", "3.csv", "--output", "4.csv")
    assert outcomes(folder.path / "4.csv") == ["Skipped", "Created"]


def test_without_again_a_run_that_was_started_with_it_sends_nothing_once_more(folder, connected, importer):
    sheet = folder.people(5)
    importer("run", sheet)
    importer("run", sheet, "--again", "--limit", "2")
    assert len(connected.opportunities) == 7
    done = importer("run", sheet, "--output", "out.csv")
    assert "It was started with --again; without it" in done.stderr
    assert len(connected.opportunities) == 7
    assert outcomes(folder.path / "out.csv") == ["Created"] * 2 + ["Skipped"] * 3


def test_before_an_unclear_row_is_sent_again_a_person_is_asked(folder, connect, importer, monkeypatch):
    asked: list[str] = []

    def confirm(_, question):
        asked.append(question)
        return True

    monkeypatch.setattr("importer.console.Console.confirm", confirm)
    lost = Fault("drop", stores=False, matching="Loan 2", times=1)
    with Simulator(rate=None, faults=[lost, UNREADABLE]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(2)
        importer("run", sheet, "--patience", "0.1")
        importer("run", sheet, "--patience", "0.1")
        assert len(simulator.opportunities) == 2
    assert asked == ["Send 2 rows now?", "Ask for 1 row now, and send again what is not there?"]


def test_keys_that_may_not_read_cost_the_lost_row_and_no_other(folder, connect, importer):
    reads = ("GetOpportunitiesByUniqueLeadField", "Leads.Get", "Retrieve")
    faults = [
        Fault("drop", stores=True, matching="Loan 2", times=1),
        *(Fault("http_401", call=call) for call in reads),
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(4), "--patience", "0.1", "--output", "out.csv")
    assert done.exit_code == 1
    assert outcomes(folder.path / "out.csv") == ["Created", "Unknown", "Created", "Created"]


def test_a_refusal_that_never_ends_ends_the_reading_back(folder, connect, importer):
    with Simulator(
        rate=None, faults=[Fault("limit_429", call="GetOpportunitiesById")]
    ).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(1), "--patience", "1", "--give-up-after", "2", "--verify")
    assert done.exit_code == 5
    assert "has refused a question for its limit" in done.stderr


def test_two_runs_make_no_lead_twice_though_they_find_it_by_different_values(folder, connect, start):
    both = MAPPING.replace(
        "    FirstName: First Name\n", "    Phone: {column: Mobile, kind: phone, region: IN}\n"
    )
    by_mail = folder.mapping(both, "mail.yaml")
    by_phone = folder.mapping(both.replace("search_by: EmailAddress", "search_by: Phone"), "phone.yaml")
    headings = "Email,Mobile,Product"
    with Simulator(rate=None, latency=(0.7, 0.7)).serving() as simulator:
        connect(simulator.url)
        person = "asha@example.com,9000000011"
        sheets = [
            folder.sheet(f"{person},Loan {name}", name=f"{name}.csv", headings=headings) for name in "ab"
        ]
        runs = [
            start("run", sheet, "--mapping", mapping)
            for sheet, mapping in zip(sheets, (by_mail, by_phone), strict=True)
        ]
        assert [process.wait(60) for process in runs] == [0, 0]
    assert len(simulator.opportunities) == 2
    assert len(simulator.leads) == 1


def test_again_does_not_send_what_a_killed_run_has_sent(folder, connect, start, importer):
    slow = Fault("slow_answer", seconds=3.0, matching="Loan 3")
    with Simulator(rate=None, faults=[slow]).serving() as simulator:
        connect(simulator.url)
        process = start("run", folder.people(4))
        while "Loan 3" not in sent(simulator):
            assert process.poll() is None
        process.kill()
        process.wait()
        before = set(sent(simulator))
        longer = folder.sheet(
            "asha@example.com,Asha,Loan 9",
            *(f"person{row}@example.com,Person {row},Loan {row}" for row in range(1, 5)),
        )
        importer("run", longer, "--again", "--patience", "0.5", "--output", "out.csv")
        assert sorted(sent(simulator)) == ["Loan 1", "Loan 2", "Loan 3", "Loan 4", "Loan 9"]
    expected = ["Skipped" if f"Loan {row}" in before else "Created" for row in range(1, 5)]
    assert outcomes(folder.path / "out.csv")[1:] == expected


def test_again_asks_for_an_unknown_row_before_it_sends_it_again(folder, connect, importer):
    lost = Fault("drop", stores=True, matching="Loan 1", times=1)
    with Simulator(
        rate=None, account=Account(list_lag=1e9), faults=[lost, UNREADABLE]
    ).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(1)
        importer("run", sheet, "--patience", "0.1")
        importer("run", sheet, "--again", "--patience", "1")
        reads = [call.path.rpartition("/")[2] for call in simulator.calls]
    assert reads[-2:] == ["Retrieve", "Capture"]


@pytest.mark.parametrize(
    "mapping",
    [
        MAPPING.replace("FirstName: First Name", "FirstName: First Name\n    mx_City: City"),
        MAPPING + "identity: [Email]\n",
        MAPPING.replace("    FirstName: First Name\n", ""),
    ],
    ids=["one more column", "an identity", "one column less"],
)
def test_the_very_same_file_is_not_sent_twice_whatever_the_mapping_says(folder, connected, importer, mapping):
    rows = [f"person{row}@example.com,Person {row},Loan {row},Pune" for row in range(3)]
    sheet = folder.sheet(*rows, headings="Email,First Name,Product,City")
    importer("run", sheet)
    folder.mapping(mapping)
    importer("run", sheet, "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Skipped"] * 3
    assert len(connected.opportunities) == 3


def test_an_e_mail_address_in_other_letters_is_the_same_row(folder, connected, importer):
    importer("run", folder.sheet("asha@example.com,Asha,Loan"))
    importer("run", folder.sheet("ASHA@Example.com,Asha,Loan", name="b.csv"), "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Skipped"]


def test_a_lead_that_a_killed_run_may_be_making_is_asked_for_by_the_other_run(
    folder, connect, start, importer
):
    lost = Fault("drop", store_later=1.0, matching="Loan a")
    with Simulator(rate=None, faults=[lost]).serving() as simulator:
        connect(simulator.url)
        process = start("run", folder.sheet("asha@example.com,Asha,Loan a", name="a.csv"), "--patience", "5")
        while not simulator.captures:
            assert process.poll() is None
        process.kill()
        process.wait()
        other = folder.sheet("asha@example.com,Asha,Loan b", name="b.csv")
        assert importer("run", other, "--patience", "3").exit_code == 0
        assert len(simulator.leads) == 1
        importer("run", folder.path / "a.csv", "--output", "out.csv")
        assert len(simulator.opportunities) == 2
    assert outcomes(folder.path / "out.csv") == ["Created"]


def test_a_run_that_was_killed_while_its_workbook_was_written_ends_in_the_same_workbook(
    folder, connected, importer, tmp_path
):
    sheet = folder.people(3)
    importer("run", sheet, "--output", "out.csv")
    with sqlite3.connect(tmp_path / "state" / "journal.db") as journal:
        # What a kill leaves behind just before the end is recorded.
        journal.execute("UPDATE runs SET exit_code = NULL, finished = 0")
    journal.close()
    (folder.path / "out.csv").unlink()
    assert importer("run", sheet, "--output", "out.csv").exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created"] * 3
    assert len(connected.captures) == 3
