"""`importer undo`: what a run created is deleted again, exactly that, and it can be sent once more."""

import json
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from importer.simulator import Account, Existing, Fault, OpportunityType, Simulator
from importer.simulator.faults import Faults
from tests.conftest import MAPPING, Finished, outcomes, result_rows


def deletes(simulator):
    return [call for call in simulator.calls if call.path.endswith("/Delete")]


def imported(folder, importer, count, *words):
    sheet = folder.people(count)
    done = importer("run", sheet, "--output", "out.csv", *words)
    assert done.exit_code == 0, done.stderr
    return sheet


def undone(importer, *words):
    return importer("undo", 1, "--yes", "--output", "undo.csv", *words)


def test_everything_that_the_run_created_is_gone_and_leads_and_activities_stay(folder, connected, importer):
    imported(folder, importer, 5)
    there = [each.id for each in connected.opportunities]
    leads, activities = connected.leads, connected.activities
    done = undone(importer)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Run 1: 5 opportunities: Undone 5.", "What was deleted: undo.csv",
        "To have it in the run's result workbook too: importer results 1",
    ]  # fmt: skip
    assert sorted(connected.deleted) == sorted(there)
    assert (connected.leads, connected.activities) == (leads, activities)
    lines = result_rows(folder.path / "undo.csv")
    assert [line["Outcome"] for line in lines] == ["Undone"] * 5
    assert sorted(line["CreatedOpportunityId"] for line in lines) == sorted(there)
    assert all(line["ExceptionMessage"].startswith("Deleted ") and line["Advice"] for line in lines)


def test_it_says_beforehand_what_it_will_do(folder, connected, importer):
    sheet = imported(folder, importer, 3)
    told = undone(importer).stderr
    assert f"3 opportunities that run 1 created from {sheet.name} (" in told
    assert "This cannot be taken back." in told
    assert "Leads and activities stay, also leads that the run created or changed" in told
    assert "At 1000/1 (calls/seconds) this takes 1 s" in told


ONE_PER_LEAD = {12000: OpportunityType("Home loan", duplicate_rule=("ProspectID",))}


def test_a_duplicate_is_never_deleted(folder, connect, importer):
    account = Account(
        opportunity_types=ONE_PER_LEAD,
        leads=({"EmailAddress": "person2@example.com"},),
        opportunities=(Existing("person2@example.com", fields={"mx_Custom_1": "Old"}),),
    )
    with Simulator(rate=None, account=account).serving() as simulator:
        connect(simulator.url)
        [old] = simulator.opportunities
        imported(folder, importer, 3)
        assert outcomes(folder.path / "out.csv") == ["Created", "Duplicate", "Created"]
        assert undone(importer).exit_code == 0
        assert [each.id for each in simulator.opportunities] == [old.id]
        assert len(deletes(simulator)) == len(result_rows(folder.path / "undo.csv")) == 2


@pytest.mark.parametrize("mode", ["overwrite", "fill_blanks"])
def test_what_a_colleague_made_just_before_is_not_deleted(folder, connect, importer, mode):
    """The row's reference went into it, and the answer that it is a duplicate was lost."""
    made_at = f"{datetime.now(UTC) - timedelta(minutes=2):%Y-%m-%d %H:%M:%S}"
    theirs = Existing("person1@example.com", fields={"mx_Custom_1": "Theirs"}, created_at=made_at)
    account = Account(
        opportunity_types=ONE_PER_LEAD,
        leads=({"EmailAddress": "person1@example.com"},),
        opportunities=(theirs,),
    )
    over = f"  event_code: 12000\n  on_duplicate: {mode}\n  note: '{{Product}}'\n"
    folder.mapping(MAPPING.replace("  event_code: 12000\n", over))
    fault = Fault("drop", call="Capture", stores=True, nth=(1,))
    with Simulator(rate=None, account=account, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1), "--output", "out.csv", "--patience", "0.5")
        assert outcomes(folder.path / "out.csv") == ["Duplicate"]
        assert undone(importer).exit_code == 2
        assert len(simulator.opportunities) == 1


def test_one_opportunity_is_created_by_one_row(folder, connect, importer):
    over = "  event_code: 12000\n  on_duplicate: overwrite\n  note: '{Product}'\n"
    folder.mapping(MAPPING.replace("  event_code: 12000\n", over))
    fault = Fault("drop", call="Capture", stores=True, nth=(2,))
    account = Account(opportunity_types=ONE_PER_LEAD)
    with Simulator(rate=None, account=account, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        rows = [f"asha@example.com,Asha,Loan {number}" for number in (1, 2)]
        importer("run", folder.sheet(*rows), "--output", "out.csv", "--patience", "0.5")
        assert len(simulator.opportunities) == 1
    assert outcomes(folder.path / "out.csv") == ["Created", "Duplicate"]


def test_rows_that_met_what_is_deleted_are_told_before_and_can_be_sent_again(folder, connect, importer):
    with Simulator(rate=None, account=Account(opportunity_types=ONE_PER_LEAD)).serving() as simulator:
        connect(simulator.url)
        rows = [f"asha@example.com,Asha,Loan {number}" for number in (1, 2)]
        sheet = folder.sheet(*rows)
        importer("run", sheet, "--output", "out.csv")
        assert outcomes(folder.path / "out.csv") == ["Created", "Duplicate"]
        told = undone(importer).stderr
        assert "1 row, of this run or others, met one of these opportunities as a duplicate" in told
        importer("run", sheet, "--output", "again.csv")
        assert outcomes(folder.path / "again.csv") == ["Created", "Duplicate"]


def test_what_a_result_carries_from_an_earlier_run_is_never_deleted(folder, connected, importer):
    sheet = imported(folder, importer, 2)
    folder.sheet(*sheet.read_text().splitlines()[1:], "new@example.com,New,Loan new", name=sheet.name)
    assert importer("run", sheet, "--output", "out2.csv").exit_code == 0
    assert importer("undo", 2, "--yes").exit_code == 0
    assert sorted(each.fields["mx_Custom_1"] for each in connected.opportunities) == ["Loan 1", "Loan 2"]


def test_undone_rows_can_be_sent_again_and_only_they(folder, connected, importer):
    sheet = imported(folder, importer, 3)
    first = folder.sheet(sheet.read_text().splitlines()[1], name="first.csv")
    folder.sheet(*sheet.read_text().splitlines()[1:], "new@example.com,New,Loan new", name=sheet.name)
    importer("run", sheet)
    assert importer("undo", 2, "--yes").exit_code == 0
    done = importer("run", sheet, "--output", "again.csv")
    assert outcomes(folder.path / "again.csv") == ["Skipped", "Skipped", "Skipped", "Created"]
    assert importer("undo", 1, "--yes").exit_code == 0
    done = importer("run", sheet, "--output", "last.csv")
    assert done.exit_code == 0, done.stderr
    assert outcomes(folder.path / "last.csv") == ["Created", "Created", "Created", "Skipped"]
    assert importer("run", first, "--output", "first.result.csv").exit_code == 0
    assert outcomes(folder.path / "first.result.csv") == ["Skipped"]
    assert len(connected.opportunities) == 4


def test_the_file_of_an_undo_can_be_run_too(folder, connected, importer):
    imported(folder, importer, 3)
    undone(importer)
    assert importer("run", "undo.csv", "--output", "again.csv").exit_code == 0
    assert outcomes(folder.path / "again.csv") == ["Created"] * 3
    assert len(connected.opportunities) == 3


def test_an_unfinished_run_that_was_undone_is_not_continued(folder, connected, importer):
    sheet = folder.people(4)
    importer("run", sheet, "--limit", 2)
    assert importer("undo", 1, "--yes").exit_code == 0
    assert importer("run", sheet, "--output", "again.csv").exit_code == 0
    assert outcomes(folder.path / "again.csv") == ["Created"] * 4
    assert len(connected.opportunities) == 4


def test_history_and_results_say_that_it_was_undone_and_when(folder, connected, importer):
    imported(folder, importer, 2)
    undone(importer)
    assert "Created 2 (2 undone); finished" in importer("history").stdout
    assert "2 of the created opportunities are deleted again (" in importer("history", 1).stdout
    assert "Undone: the opportunity was deleted again (" in importer("history", 1, "--row", 3).stdout
    told = json.loads(importer("history", 1, "--json").stdout)
    assert (told["outcomes"]["Created"], told["undone"]) == (2, 2)
    assert told["undone_at"]
    assert importer("results", 1, "--output", "once_more.csv").exit_code == 0
    for line in result_rows(folder.path / "once_more.csv"):
        assert line["Outcome"] == "Created"
        assert line["Advice"].startswith("Undone: the opportunity was deleted again (")


def test_a_second_undo_deletes_nothing_and_says_the_same(folder, connected, importer):
    imported(folder, importer, 2)
    undone(importer)
    again = undone(importer, "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["outcomes"] == {"Undone": 2, "NotUndone": 0, "Unknown": 0}
    assert len(deletes(connected)) == 2


def test_a_row_that_somebody_has_deleted_by_hand_is_told_apart(folder, connected, importer, tmp_path):
    imported(folder, importer, 3)
    by_hand = connected.opportunities[1].id
    with closing(sqlite3.connect(tmp_path / "state" / "journal.db")) as journal:
        journal.execute("UPDATE entries SET sent_at = '2026-01-05 10:00:00'")
        journal.commit()
    connected._store.delete(by_hand)
    done = undone(importer)
    assert done.exit_code == 0, done.stderr
    lines = {line["CreatedOpportunityId"]: line for line in result_rows(folder.path / "undo.csv")}
    assert [line["Outcome"] for line in lines.values()] == ["Undone"] * 3
    assert [key for key, line in lines.items() if "did not have it any more" in line["ExceptionMessage"]] == [
        by_hand
    ]


def test_what_was_sent_just_now_and_is_not_shown_is_unknown_until_the_next_undo(folder, connected, importer):
    imported(folder, importer, 3)
    not_shown = connected.opportunities[1].id
    connected._store.delete(not_shown)
    done = undone(importer)
    assert done.exit_code == 1
    lines = {line["CreatedOpportunityId"]: line for line in result_rows(folder.path / "undo.csv")}
    assert sorted(line["Outcome"] for line in lines.values()) == ["Undone", "Undone", "Unknown"]
    assert "not proven yet" in lines[not_shown]["ExceptionMessage"]
    assert "once more" in lines[not_shown]["Advice"]
    assert undone(importer).exit_code == 0


@pytest.mark.parametrize(
    ("many", "exception"),
    [(5, "MXException"), (1, "MXInvalidOperationException")],
    ids=["locked", "forbidden"],
)
def test_what_is_refused_first_does_not_keep_the_rest_for_ever(folder, connect, importer, many, exception):
    def refusing(*ids: str) -> list[Fault]:
        return [
            Fault("envelope_500", call="Delete", matching=each, exception=exception, message="It is locked.")
            for each in ids
        ]

    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 20)
        locked = [line["CreatedOpportunityId"] for line in result_rows(folder.path / "out.csv")][:many]
        simulator._faults = Faults(refusing(*locked), 0)
        codes = [undone(importer).exit_code for _ in range(2)]
        assert [each.id for each in simulator.opportunities] == locked
    assert codes[0] == 2
    assert [line["Outcome"] for line in result_rows(folder.path / "undo.csv")] == [
        *["NotUndone"] * many, *["Undone"] * (20 - many),
    ]  # fmt: skip


def test_what_was_refused_once_is_never_told_as_deleted(folder, connect, importer):
    faults = [
        Fault("envelope_500", call="Delete", nth=(1,), exception="MXException", message="It is locked."),
        Fault("drop", call="Delete", stores=False, nth=tuple(range(4, 200))),
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 3)
        undone(importer, "--give-up-after", "1")
        undone(importer, "--give-up-after", "1")
        assert len(simulator.opportunities) == 1
    [first, *_] = result_rows(folder.path / "undo.csv")
    assert first["Outcome"] == "Unknown"
    assert first["ExceptionMessage"].startswith("LeadSquared gave no answer")


def test_rows_that_were_skipped_for_what_is_deleted_are_told_before(folder, connected, importer):
    sheet = imported(folder, importer, 2)
    importer("run", sheet, "--output", "again.csv")
    other = folder.sheet("person1@example.com,Person 1,Another loan", name="other.csv")
    importer("run", other, "--unless-open")
    told = undone(importer).stderr
    assert "3 rows were Skipped because one of these opportunities was there" in told


@pytest.mark.parametrize("stores", [True, False], ids=["deleted", "not deleted"])
@pytest.mark.parametrize("kind", ["drop", "http_503", "html_200", "empty_200", "http_429"])
def test_a_delete_whose_answer_is_lost_is_made_again(folder, connect, importer, kind, stores):
    if kind == "http_429" and stores:
        pytest.skip("what the limit refuses does nothing")
    fault = Fault(kind, call="Delete", stores=stores, nth=(1, 4))
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 4)
        done = undone(importer)
        assert done.exit_code == 0, done.stderr
        assert (len(simulator.opportunities), len(simulator.deleted)) == (0, 4)
        assert len(deletes(simulator)) == 6


def test_keys_that_may_not_delete_cost_one_call_and_are_not_called_wrong(folder, connect, importer):
    fault = Fault(
        "envelope_500", call="Delete", exception="MXUnAuthorizedAccessException", message="No access."
    )
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 4)
        done = undone(importer)
    assert done.exit_code == 2
    assert "It says: 'No access.'" in done.stderr
    assert (len(simulator.opportunities), len(deletes(simulator))) == (4, 1)


def test_refusals_in_the_same_words_end_it(folder, connect, importer):
    fault = Fault("envelope_500", call="Delete", exception="MXException", message="Closed today.", times=5)
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 8)
        assert undone(importer).exit_code == 2
        assert (len(simulator.opportunities), len(deletes(simulator))) == (8, 5)
        assert undone(importer).exit_code == 0
        assert not simulator.opportunities


def test_a_type_that_allows_no_delete_is_refused_before_anything_is_asked(folder, connect, importer):
    kinds = {12000: OpportunityType("Home loan", can_delete=False)}
    with Simulator(rate=None, account=Account(opportunity_types=kinds)).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 4)
        done = importer("undo", 1)
    assert done.exit_code == 2
    assert (
        "LeadSquared allows no opportunity of type 12000 to be deleted. Nothing was deleted." in done.stderr
    )
    assert (len(simulator.opportunities), len(deletes(simulator))) == (4, 0)


def test_a_type_that_allows_no_delete_costs_one_call_where_its_setup_cannot_be_read(
    folder, connect, importer
):
    kinds = {12000: OpportunityType("Home loan", can_delete=False)}
    fault = Fault("http_403", call="GetOpportunityTypes")
    with Simulator(
        rate=None, faults=[fault], account=Account(opportunity_types=kinds)
    ).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 4)
        done = undone(importer)
    assert done.exit_code == 2
    assert "LeadSquared refuses to delete these opportunities." in done.stderr
    assert "Opportunities of this type cannot be deleted" in done.stderr
    assert "Nothing was deleted." in done.stderr
    assert (len(simulator.opportunities), len(deletes(simulator))) == (4, 1)


def test_a_single_refusal_is_told_and_the_rest_is_deleted(folder, connect, importer):
    fault = Fault("envelope_500", call="Delete", nth=(2,), exception="MXException", message="It is locked.")
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 4)
        done = undone(importer)
        assert done.exit_code == 1
        assert "Run 1: 4 opportunities: Undone 3, NotUndone 1." in done.stdout
        [line] = [each for each in result_rows(folder.path / "undo.csv") if each["Outcome"] == "NotUndone"]
        assert line["ExceptionMessage"] == "LeadSquared refused to delete it: MXException: It is locked."
        assert [each.id for each in simulator.opportunities] == [line["CreatedOpportunityId"]]
        assert undone(importer).exit_code == 0
        assert (len(simulator.opportunities), len(deletes(simulator))) == (0, 5)
        assert [line["Outcome"] for line in result_rows(folder.path / "undo.csv")] == ["Undone"] * 4


class Deaf(Simulator):
    """Takes the id of one delete for something else, does nothing, and says success."""

    deaf_to = ""

    def steps(self, request):
        if self.deaf_to and "/Delete" in request.target and self.deaf_to in request.target:
            request = replace(request, target=request.target.replace("Id=", "ID="))
        return super().steps(request)


def test_success_without_a_delete_is_found_out_by_reading_back(folder, connect, importer):
    with Deaf(rate=None).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 3)
        simulator.deaf_to = simulator.opportunities[1].id
        done = undone(importer, "--patience", "0.2")
        assert done.exit_code == 1
        [line] = [each for each in result_rows(folder.path / "undo.csv") if each["Outcome"] != "Undone"]
        assert (line["Outcome"], line["CreatedOpportunityId"]) == ("NotUndone", simulator.deaf_to)
        assert "goes on showing it" in line["ExceptionMessage"]
        # It is there, so the row is not sent again.
        assert importer("run", "enquiries.csv", "--output", "again.csv").exit_code == 0
        assert sorted(outcomes(folder.path / "again.csv")) == ["Created", "Created", "Skipped"]


def test_where_nothing_can_be_read_back_nothing_counts_as_undone(folder, connect, importer):
    fault = Fault("http_403", call="GetOpportunitiesById")
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 2)
        done = undone(importer)
        assert done.exit_code == 1
        assert "Run 1: 2 opportunities: Unknown 2." in done.stdout
        assert "It cannot be read back whether they are gone" in done.stderr
        assert not simulator.opportunities


def test_rows_of_an_undo_that_is_not_proven_are_neither_skipped_nor_sent(folder, connect, importer):
    unread = Fault("http_403", call="GetOpportunitiesById", times=2)
    with Simulator(rate=None, faults=[unread]).serving() as simulator:
        connect(simulator.url)
        sheet = imported(folder, importer, 2)
        undone(importer)
        assert "Created 2 (2 perhaps undone)" in importer("history").stdout
        assert "not proven that they are gone (importer undo 1 ends it)" in importer("history", 1).stdout
        again = importer("run", sheet, "--output", "again.csv")
        assert again.exit_code == 1
        rows = result_rows(folder.path / "again.csv")
        assert {row["Outcome"] for row in rows} == {"NotSent"}
        assert "Run: importer undo 1." in rows[0]["Advice"]
        told = undone(importer)
        assert told.exit_code == 0, told.stderr
        assert "An undo was begun before: 2 of them may be gone already" in told.stderr
        assert importer("run", sheet).exit_code == 0
        assert len(simulator.opportunities) == 2


def test_an_undo_of_a_run_that_goes_on_says_that_it_sends_again(folder, connected, importer):
    importer("run", folder.people(4), "--limit", "2")
    assert "Run 1 is not finished: as it goes on" in undone(importer).stderr


def test_the_account_s_limit_is_kept(folder, connect, importer):
    with Simulator(rate=(5, 1.0), latency=(0.01, 0.2)).serving() as simulator:
        connect(simulator.url, rate="5/1")
        imported(folder, importer, 12)
        assert undone(importer).exit_code == 0
        assert not simulator.opportunities
        assert simulator.busiest(1.0) <= 5
        assert len(deletes(simulator)) == 12


def test_keys_of_another_account_delete_nothing(folder, connect, importer, connected, monkeypatch):
    imported(folder, importer, 2)
    with Simulator(rate=None, account=Account(organisation="OTHER")).serving() as other:
        monkeypatch.setenv("LSQ_API_HOST", other.url)
        done = undone(importer)
    assert done.exit_code == 2
    assert "Run 1 went to another account" in done.stderr
    assert not deletes(other)


def test_an_unknown_run_and_one_that_created_nothing_are_refused(folder, connected, importer):
    assert importer("undo", 7, "--yes").exit_code == 2
    importer("run", folder.sheet("nobody,P,Loan"))
    done = importer("undo", 1, "--yes", "--json")
    assert done.exit_code == 2
    assert "Run 1 has created no opportunity: there is nothing to undo." in done.stderr
    assert json.loads(done.stdout)["exit_code"] == 2


def test_without_a_terminal_and_without_yes_it_is_refused(folder, connected, importer):
    imported(folder, importer, 2)
    done = importer("undo", 1)
    assert done.exit_code == 2
    assert "add --yes" in done.stderr
    assert len(connected.opportunities) == 2


@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX's")
@pytest.mark.parametrize(("typed", "left", "code"), [("3", 0, 0), ("2", 3, 2), ("y", 3, 2), ("", 3, 2)])
def test_only_the_right_number_typed_deletes(folder, connected, importer, typed, left, code):
    imported(folder, importer, 3)
    done = in_a_terminal(["undo", "1"], typed)
    assert done.exit_code == code, done.stdout
    assert "To delete the 3 opportunities of run 1 for ever, type their number:" in done.stdout
    assert ("the number typed is not 3" in done.stdout) is (left > 0)
    assert len(connected.opportunities) == left


def in_a_terminal(words, typed):
    """The program with a terminal of its own, in which this is typed once it asks."""
    import pty
    import sys

    process, terminal = pty.fork()
    if not process:
        os.execv(sys.executable, [sys.executable, "-m", "importer", *words])  # noqa: S606 (ourselves)
    said = b""
    while b"type their number:" not in said:
        said += os.read(terminal, 1024)
    os.write(terminal, f"{typed}\n".encode())
    try:
        while more := os.read(terminal, 1024):
            said += more
    except OSError:
        pass
    return Finished(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said.decode(), "")


def test_a_workbook_beside_the_sheet_has_the_rows_and_a_summary(folder, connected, importer):
    importer("run", folder.people(2))
    done = importer("undo", 1, "--yes")
    assert "What was deleted:" in done.stdout
    book = openpyxl.load_workbook("enquiries.undo.xlsx")
    assert [cell.value for cell in book.worksheets[0]["D"]] == ["Outcome", "Undone", "Undone"]
    assert [cell.value for cell in book["Summary"]["A"][:6]] == [
        "Undone", "Outcome", "Undone", "NotUndone", "Unknown", "Total",
    ]  # fmt: skip


def test_where_the_sheet_is_gone_the_undo_goes_on_without_a_workbook(folder, connected, importer):
    imported(folder, importer, 2).unlink()
    done = undone(importer)
    assert done.exit_code == 0
    assert "No workbook says what was deleted" in done.stderr
    assert not connected.opportunities


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_ended_in_the_middle_the_same_command_goes_on(folder, connect, importer, start, how):
    with Simulator(rate=None, latency=(0.02, 0.1), seed=5).serving() as simulator:
        connect(simulator.url, rate="40/1")
        imported(folder, importer, 60)
        process = start("undo", 1, "--yes", "--output", "undo.csv")
        while len(simulator.deleted) < 20:
            time.sleep(0.01)
        getattr(process, how)()
        process.communicate(timeout=30)
        made = len(deletes(simulator))
        answered = len(simulator.deleted)
        assert answered < 60
        assert process.returncode == (4 if how == "terminate" else -9)
        done = importer("undo", 1, "--yes", "--output", "undo.csv")
        assert done.exit_code == 0, done.stderr
        assert not simulator.opportunities
        lines = result_rows(folder.path / "undo.csv")
        assert [line["ExceptionMessage"].partition(" ")[0] for line in lines] == ["Deleted"] * 60
        # Whatever was answered before the end is not deleted again.
        again = len(deletes(simulator)) - made - (60 - answered)
        assert 0 <= again <= (10 if how == "kill" else 0)


def test_nothing_is_undone_while_a_run_of_the_sheet_is_at_work(folder, connect, importer, start):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="20/1")
        sheet = folder.people(60)
        importer("run", sheet, "--limit", 2)
        process = start("run", sheet)
        while len(simulator.opportunities) < 5:
            time.sleep(0.01)
        done = importer("undo", 1, "--yes")
        assert done.exit_code == 6
        assert "nothing was deleted from here" in done.stderr
        process.communicate(timeout=30)
        assert not deletes(simulator)


def test_a_journal_of_before_there_was_an_undo_is_taken_and_keeps_all(folder, connected, importer, tmp_path):
    sheet = imported(folder, importer, 2)
    with closing(sqlite3.connect(tmp_path / "state" / "journal.db")) as journal:
        journal.execute("DROP TABLE undone")
        journal.execute("DROP TABLE undo_files")
        journal.execute("DROP TABLE purged")
        journal.execute("ALTER TABLE runs DROP COLUMN unless_open")
        journal.execute("ALTER TABLE entries DROP COLUMN closed")
        journal.execute("ALTER TABLE entries DROP COLUMN writes_over")
        journal.execute("PRAGMA user_version = 4")
        journal.commit()
    importer("run", sheet, "--output", "again.csv")
    assert outcomes(folder.path / "again.csv") == ["Skipped", "Skipped"]
    assert undone(importer).exit_code == 0
    assert not connected.opportunities


def test_a_leadsquared_that_answers_no_more_ends_it_and_it_goes_on_later(folder, connect, importer):
    fault = Fault("http_503", call="Delete", stores=False, nth=tuple(range(3, 500)))
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        imported(folder, importer, 6)
        done = undone(importer, "--give-up-after", "0.5")
        assert done.exit_code == 5
        assert "LeadSquared has deleted nothing for long" in done.stderr
        assert done.stdout.splitlines()[-1].startswith("To continue: ")
        assert 0 < len(simulator.opportunities) < 6
        simulator._faults = Faults((), 0)
        assert undone(importer).exit_code == 0
        assert not simulator.opportunities


def test_a_day_s_calls_that_are_spent_stop_it(folder, connected, importer, monkeypatch):
    imported(folder, importer, 5)
    monkeypatch.setenv("LSQ_DAILY_CALLS", str(len(connected.calls) + 6))
    done = undone(importer)
    assert done.exit_code == 3
    assert len(connected.opportunities) == 3
    monkeypatch.delenv("LSQ_DAILY_CALLS")
    assert undone(importer).exit_code == 0
    assert not connected.opportunities


def test_only_one_at_a_time(folder, connect, importer, start):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="20/1")
        sheet = imported(folder, importer, 40)
        process = start("undo", 1, "--yes")
        while not simulator.deleted:
            time.sleep(0.01)
        assert undone(importer).exit_code == 6
        assert importer("run", sheet).exit_code == 6
        process.communicate(timeout=30)
        assert process.returncode == 0
        assert len(deletes(simulator)) == 40
