"""The other commands: demo, simulate, history and results."""

import json
import os
import signal
import urllib.request

import openpyxl
import pytest

from importer.simulator import Fault, Simulator
from tests.conftest import MAPPING, announced, outcomes, result_rows


def test_the_demo_shows_how_rows_end(folder, importer):
    done = importer("demo")
    assert done.exit_code == 0
    for word in ("Created", "Duplicate", "Rejected", "Invalid", "Skipped"):
        assert word in done.stdout
    book = openpyxl.load_workbook(folder.path / "importer-demo" / "demo.demo-result.xlsx")
    assert {cell.value for cell in book.worksheets[0]["M"][1:]} == {
        "Created", "Duplicate", "Rejected", "Invalid", "Skipped",
    }  # fmt: skip
    book.close()


def test_a_second_demo_has_a_folder_of_its_own(folder, importer):
    (folder.path / "importer-demo").mkdir()
    assert "importer-demo-2" in importer("demo").stdout


def test_a_rehearsal_needs_no_keys_and_leaves_no_journal(folder, importer, monkeypatch, tmp_path):
    for name in ("LSQ_API_HOST", "LSQ_ACCESS_KEY", "LSQ_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "state"))
    done = importer("run", folder.people(2), "--demo")
    assert done.exit_code == 0
    assert (folder.path / "enquiries.demo-result.xlsx").exists()
    assert not (tmp_path / "state").exists()


def test_history_lists_the_runs_newest_first(folder, connected, importer):
    importer("run", folder.people(2, name="first.csv"))
    importer("run", folder.sheet("wrong,Asha,Loan", name="second.csv"))
    listed = importer("history").stdout.splitlines()
    assert "second.csv: 1 row, Invalid 1; finished" in listed[0]
    assert "first.csv: 2 rows, Created 2; finished" in listed[1]
    runs = json.loads(importer("history", "--json").stdout)
    assert [run["run"] for run in runs] == [2, 1]
    assert all(sum(run["outcomes"].values()) == run["rows"] for run in runs)


def test_history_without_runs_says_so(folder, connected, importer):
    assert importer("history").stdout == "No runs yet.\n"


def test_history_shows_leadsquareds_exact_answer_for_a_row(folder, connected, importer):
    importer("run", folder.people(2), "--output", "out.csv")
    told = result_rows(folder.path / "out.csv")[1]
    shown = importer("history", "1", "--row", "3").stdout
    head, answer = shown.split("LeadSquared's answer, as it came:\n")
    assert f"Row 3 of run 1, {folder.path / 'enquiries.csv'}" in head
    assert told["Outcome"] in head
    assert json.loads(answer)["CreatedOpportunityId"] == told["CreatedOpportunityId"]
    as_json = json.loads(importer("history", "1", "--row", "3", "--json").stdout)
    assert as_json["outcome"]["Outcome"] == "Created"
    assert as_json["sends"] == 1
    assert as_json["reply"] == answer.rstrip("\n")


def test_history_says_what_is_wrong_with_an_invalid_row(folder, connected, importer):
    importer("run", folder.sheet("wrong,Asha,Loan"))
    shown = importer("history", "1", "--row", "2").stdout
    assert "A2, Email: 'wrong' is not an e-mail address" in shown
    assert "as it came" not in shown


def test_history_of_a_row_that_nothing_is_known_of_says_so(folder, connected, importer):
    importer("run", folder.people(1))
    assert "Nothing is known of this row" in importer("history", "1", "--row", "99").stdout
    assert json.loads(importer("history", "1", "--row", "99", "--json").stdout)["outcome"] is None


def test_history_tells_all_of_one_run(folder, connected, importer):
    importer("run", folder.people(2))
    shown = importer("history", "1").stdout
    assert "2: Created 2" in shown
    assert connected.url.removeprefix("http://") in shown
    assert json.loads(importer("history", "1", "--json").stdout)["run"] == 1


@pytest.mark.parametrize(
    "words",
    [("7",), ("9" * 30,), ("7", "--row", "2"), ("--row", "2"), ("1", "--row", "1"), ("1", "--row", "9" * 30)],
)
def test_history_of_no_run_is_refused_in_a_sentence(folder, connected, importer, words):
    importer("run", folder.people(1))
    done = importer("history", *words)
    assert done.exit_code == 2
    assert "run" in done.stderr.lower()


def test_history_shows_no_sign_that_could_change_the_terminal(folder, connect, importer):
    fault = Fault("refused", message="busy \x1b[2J")
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1))
    shown = importer("history", "1", "--row", "2").stdout
    assert "busy" in shown
    assert "\x1b" not in shown


def test_the_workbook_of_a_run_can_be_made_again(folder, connected, importer):
    importer("run", folder.people(3), "--output", "out.csv")
    (folder.path / "out.csv").unlink()
    done = importer("results", "1", "--output", "again.csv")
    assert done.exit_code == 0
    assert outcomes(folder.path / "again.csv") == ["Created"] * 3


@pytest.mark.parametrize(("mapping", "worksheet"), [("as it was", "Enquiries"), ("gone", "Results")])
def test_a_workbook_made_again_has_the_worksheet_that_the_mapping_names(
    folder, connected, importer, mapping, worksheet
):
    path = folder.mapping(MAPPING.replace("version: 1", "version: 1\nworksheet: Enquiries"))
    importer("run", folder.people(1))
    if mapping == "gone":
        path.unlink()
    importer("results", "1", "--output", "again.xlsx")
    assert openpyxl.load_workbook("again.xlsx").sheetnames == [worksheet, "Summary"]


def test_making_a_workbook_again_spares_the_one_of_a_later_run(folder, connected, importer):
    sheet = folder.people(1)
    importer("run", sheet, "--output", "out.csv")
    (folder.path / "out.csv").rename(folder.path / "kept.csv")
    importer("run", sheet, "--output", "out.csv")
    importer("results", "1", "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Skipped"]
    assert outcomes(folder.path / "out (2).csv") == ["Created"]


def test_a_workbook_made_again_has_its_details_again(folder, connected, importer):
    importer("run", folder.people(1), "--details", "--output", "out.csv")
    first = (folder.path / "out.csv").read_bytes()
    importer("results", "1", "--output", "out.csv")
    assert (folder.path / "out.csv").read_bytes() == first


def test_the_workbook_of_a_changed_sheet_is_not_made_up(folder, connected, importer):
    importer("run", folder.people(3))
    folder.people(4)
    done = importer("results", "1")
    assert done.exit_code == 2
    assert "has changed since run 1" in done.stderr


def test_a_run_that_never_was_is_said_so(folder, connected, importer):
    done = importer("results", "7")
    assert done.exit_code == 2
    assert "no run 7" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX's")
def test_the_simulator_serves_until_ctrl_c_and_says_how_to_use_it(folder, connect, start, importer):
    (folder.path / "faults.yaml").write_text(
        "faults:\n  - {kind: refused, matching: Loan 2}\n", encoding="utf-8"
    )
    process = start("simulate", "--port", "0", "--faults", "faults.yaml")
    url = announced(process)
    told = "".join(process.stdout.readline() for _ in range(3))
    assert f"LSQ_API_HOST='{url}'" in told
    connect(url)
    importer("run", folder.people(3), "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created", "Rejected", "Created"]
    with urllib.request.urlopen(f"{url}/simulator/ledger") as ledger:  # noqa: S310 (loopback)
        assert len(json.load(ledger)["opportunities"]) == 2
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0


def test_a_faults_file_with_a_wrong_word_is_refused(folder, importer):
    (folder.path / "faults.yaml").write_text("faults:\n  - {kind: earthquake}\n", encoding="utf-8")
    done = importer("simulate", "--faults", "faults.yaml")
    assert done.exit_code == 2
    assert "earthquake" in done.stderr
