"""`importer purge`: people's data of old runs leaves the journal, and what was sent stays known."""

import io
import json
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing

import openpyxl
import pytest

from importer.entries import Entries
from importer.journal import Journal
from importer.records import Ended, Outcome
from importer.runs import Runs
from importer.simulator import Fault, Simulator
from tests.conftest import MAPPING, Finished, outcomes, result_rows
from tests.test_journal import BEGINNING
from tests.test_lost_answers import HIDDEN, UNASKED, lose_one_for_good

# In LeadSquared's words, in a cell, in a changed value, and where an answer was lost.
REFUSED = Fault(
    "envelope_500",
    matching="Loan 2",
    times=1,
    exception="MXInvalidInputException",
    message="Lead quoted.by@leadsquared.example",
)
PRIVATE = (b"quoted.by@leadsquared.example", b"wrong.address.of.meera", b"cell.of.arjun", b"Unseen\\u200b")
ROWS = (
    "person1@example.com,Asha,Loan 1,5", "person2@example.com,Ravi,Loan 2,5",
    "wrong.address.of.meera,Meera,Loan 3,5", "person4@example.com,Arjun,Loan 4,cell.of.arjun",
    "person5@example.com,Zoya,Loan 5,\"1,250\"",
)  # fmt: skip
HEADINGS = "Email,First Name,Product,Amount"


@pytest.fixture
def old(folder, connect, importer):
    """A simulator, and run 1 of long ago: rows 2 and 6 Created, row 3 Rejected, rows 4 and 5 Invalid."""
    with Simulator(rate=None, faults=[REFUSED]).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.sheet(*ROWS, headings=HEADINGS), "--output", "out.xlsx")
        assert done.exit_code == 1, done.stderr
        yield simulator


def grow_old(folder, run=1, ended="2024-01-05 10:00:00"):
    with closing(sqlite3.connect(folder.path / "state" / "journal.db")) as journal:
        journal.execute("UPDATE runs SET ended = ? WHERE number = ?", [ended, run])
        journal.commit()


def purged(folder, importer, *words):
    grow_old(folder)
    return importer("purge", "--older-than", "90d", "--yes", *words)


def state_holds(folder, text):
    files = [path for path in (folder.path / "state").rglob("*") if path.is_file()]
    return [path.name for path in files if text in path.read_bytes()]


def test_nothing_of_what_people_said_is_left_in_any_file_of_the_state_folder(folder, old, importer):
    there = [text for text in PRIVATE if state_holds(folder, text)]
    assert len(there) >= 3
    assert state_holds(folder, b"1,250")
    done = purged(folder, importer)
    assert (done.exit_code, done.stdout) == (0, "Cleared: 5 rows of 1 run.\n"), done.stderr
    assert [text for text in (*PRIVATE, b"1,250", b"person", b"Asha") if state_holds(folder, text)] == []


def test_it_says_before_what_it_removes_and_what_stays(folder, old, importer):
    told = purged(folder, importer).stderr
    assert "of 5 rows in 1 run that ended before " in told
    assert "(run 1): what LeadSquared answered, messages that quote cells" in told
    assert "Outcomes, ids, times and keyed hashes stay, so that no row is sent twice." in told


def test_what_was_sent_is_recognised_found_counted_and_can_be_undone(folder, old, importer):
    purged(folder, importer)
    counts = "Created 2, Rejected 1, Invalid 2"
    assert counts in importer("history").stdout
    importer("run", folder.sheet(*ROWS, headings=HEADINGS, name="copy.csv"), "--output", "copy.out.csv")
    assert outcomes(folder.path / "copy.out.csv") == ["Skipped", "Created", "Invalid", "Invalid", "Skipped"]
    found = importer("history", "--find", "person1@example.com", "--json")
    assert [each["outcome"] for each in json.loads(found.stdout)["found"]] == ["Skipped", "Created"]
    done = importer("undo", 1, "--yes")
    assert done.exit_code == 0, done.stderr
    assert len(old.deleted) == 2


def test_a_result_is_made_again_without_messages_and_says_so_beside_the_first(folder, old, importer):
    purged(folder, importer)
    before = (folder.path / "out.xlsx").read_bytes()
    done = importer("results", 1)
    assert "Run 1: LeadSquared's answers and messages that quote cells were removed on 20" in done.stderr
    assert "out (2).xlsx" in done.stdout
    assert (folder.path / "out.xlsx").read_bytes() == before
    book = openpyxl.load_workbook(folder.path / "out (2).xlsx")
    facts = [[cell.value for cell in row] for row in book["Summary"].rows]
    assert [row for row in facts if row[0] == "Purged"]
    importer("results", 1, "--output", "again.csv")
    lines = result_rows(folder.path / "again.csv")
    assert [line["Outcome"] for line in lines] == ["Created", "Rejected", "Invalid", "Invalid", "Created"]
    assert lines[0]["CreatedOpportunityId"]
    assert lines[1]["ExceptionType"] == "MXInvalidInputException"
    assert lines[1]["ExceptionMessage"] == ""
    assert lines[2]["ExceptionMessage"] == (
        "A4, Email: EMAIL-INVALID (what the cell held was removed by importer purge)"
    )
    # It is the run's own now, and written over like any.
    assert "out (2).xlsx" in importer("results", 1).stdout


def test_history_says_that_it_was_removed_and_when(folder, old, importer):
    purged(folder, importer)
    assert "were removed on 20" in importer("history", 1).stdout
    assert "were removed on 20" in importer("history", 1, "--row", 3).stdout
    assert json.loads(importer("history", 1, "--json").stdout)["purged_at"]


def test_what_is_not_old_enough_stays(folder, old, importer):
    done = importer("purge", "--older-than", "90d", "--yes")
    assert done.exit_code == 0
    assert done.stdout.startswith("Nothing to remove of runs that ended before ")
    assert state_holds(folder, PRIVATE[0])
    assert importer("purge", "--older-than", "0D").exit_code == 0
    assert not state_holds(folder, PRIVATE[0])


def test_a_second_purge_finds_nothing_to_remove(folder, old, importer):
    first = json.loads(purged(folder, importer, "--json").stdout)
    assert (first["rows"], first["runs"], first["exit_code"]) == (5, [1], 0)
    second = json.loads(purged(folder, importer, "--json").stdout)
    assert (second["rows"], second["runs"], second["exit_code"]) == (0, [], 0)


@pytest.mark.parametrize("age", ["90", "d", "-3d", "6m", "1.5y", "٣d", "9999y", "90 d", ""])
def test_an_age_that_is_none_is_refused_in_a_sentence(folder, old, importer, age):
    done = importer("purge", f"--older-than={age}", "--json")
    assert done.exit_code == 2
    assert done.stderr.startswith("--older-than: ")
    assert json.loads(done.stdout)["exit_code"] == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 4), ("", 4)])
def test_in_a_terminal_it_asks_first(folder, old, importer, monkeypatch, answer, code):
    grow_old(folder)
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    done = importer("purge", "--older-than", "12w")
    assert done.exit_code == code
    assert "Remove it now? [y/N]" in done.stderr
    assert bool(state_holds(folder, PRIVATE[0])) is bool(code)


def test_rows_to_be_asked_for_keep_what_finds_their_lead_until_they_are_settled(folder, connect, importer):
    with Simulator(rate=None, account=HIDDEN, faults=UNASKED).serving() as simulator:
        lose_one_for_good(folder, connect, importer, simulator)
        done = purged(folder, importer)
        assert done.exit_code == 0, done.stderr
        assert "  1 row of run 1; to settle them: importer reconcile 1\n" in done.stdout
        assert state_holds(folder, b"person2@example.com")
        assert not state_holds(folder, b"person1@example.com")
        assert json.loads(purged(folder, importer, "--json").stdout)["kept"] == {"1": 1}
        assert importer("reconcile", "1", "--patience", "1").exit_code == 0
        assert "Created 3;" in importer("history").stdout
        assert json.loads(purged(folder, importer, "--json").stdout)["kept"] == {}
        assert not state_holds(folder, b"person2@example.com")


@pytest.fixture
def absent(folder, connect, importer):
    """A simulator, and the sheet of run 1 of long ago, whose row 3 LeadSquared is known not to have."""
    faults = [Fault("drop", stores=False, matching="Loan 2", times=1), UNASKED[1]]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        sheet = lose_one_for_good(folder, connect, importer, simulator)
        assert "NotSent 1" in importer("reconcile", "1", "--patience", "0.1").stdout
        grow_old(folder)
        yield sheet


def test_a_row_that_is_to_be_sent_again_keeps_what_finds_its_lead_until_another_run_sends_it(
    folder, absent, importer
):
    done = purged(folder, importer)
    assert (
        f"  1 row of run 1 that LeadSquared does not have; to send it, run again: {absent}\n" in done.stdout
    )
    assert "reconcile" not in done.stdout
    assert state_holds(folder, b"person2@example.com")
    # As the sentence says; by a mapping that sends less, its values are others.
    folder.mapping(MAPPING.replace("    FirstName: First Name\n", ""))
    assert importer("run", absent, "--patience", "0.1").exit_code == 0
    done = purged(folder, importer)
    assert done.stdout == "Cleared: 1 row of 1 run.\n"
    assert not state_holds(folder, b"person2@example.com")


def test_a_row_that_another_run_has_skipped_without_its_being_sent_keeps_it(folder, absent, importer):
    importer("run", folder.sheet("person2@example.com,Person 2,Loan 9", name="other.csv"))
    words = ("--unless-open", "--patience", "0.1", "--output", "2.csv")
    importer("run", folder.people(3), *words)
    assert outcomes(folder.path / "2.csv")[1] == "Skipped"
    assert "that LeadSquared does not have" in purged(folder, importer).stdout
    assert state_holds(folder, b"person2@example.com")


@pytest.mark.parametrize("name", ["enquiries.csv", "copy.csv"])
def test_what_was_undone_after_its_purge_is_asked_for_and_sent_again(folder, absent, importer, name):
    importer("run", folder.people(3, name), "--patience", "0.1")
    assert purged(folder, importer).exit_code == 0
    assert not state_holds(folder, b"person2@example.com")
    assert importer("undo", 2, "--yes").exit_code == 0
    done = importer("run", folder.people(3, name), "--patience", "0.1", "--output", "again.csv")
    assert done.exit_code == 0, done.stderr
    assert outcomes(folder.path / "again.csv") == ["Skipped", "Created", "Skipped"]


def test_a_row_that_nobody_can_ask_for_keeps_nothing(folder, connect, importer):
    folder.mapping(MAPPING.replace("  fields:", "  reference: none\n  fields:"))
    with Simulator(rate=None, faults=[Fault("drop", stores=True)]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1))
    assert not state_holds(folder, b"person1@example.com")
    assert "reconcile" not in purged(folder, importer).stdout
    assert "Unknown 1" in importer("history").stdout


def test_an_unfinished_run_can_still_go_on(folder, connected, importer):
    sheet = folder.people(4)
    importer("run", sheet, "--limit", 2)
    told = purged(folder, importer).stderr
    assert "Not finished is run 1: the same command as then still continues it." in told
    done = importer("run", sheet, "--output", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert "Run 1 of this sheet was not finished: it goes on." in done.stderr
    assert outcomes(folder.path / "out.csv") == ["Created"] * 4
    assert len(connected.opportunities) == 4


def test_a_run_at_work_is_neither_touched_nor_held_up_and_what_is_left_is_said(folder, old, importer, start):
    grow_old(folder)
    at_work = start("run", folder.people(40, "more.csv"), "--output", "more.out.csv", LSQ_RATE="20/1")
    while len(old.captures) < 10 and at_work.poll() is None:
        time.sleep(0.01)
    done = importer("purge", "--older-than", "90d")
    assert at_work.poll() is None, at_work.communicate()
    assert done.exit_code == 1
    assert "Cleared: 5 rows of 1 run." in done.stdout
    assert (
        "The journal is not made anew while somebody is at work on the sheet of run 2. Traces of what was "
        "removed may" in done.stdout
    )
    _, stderr = at_work.communicate(timeout=60)
    assert at_work.returncode == 0, stderr
    assert outcomes(folder.path / "more.out.csv") == ["Created"] * 40
    assert importer("purge", "--older-than", "90d").exit_code == 0
    assert [text for text in PRIVATE if state_holds(folder, text)] == []


def test_a_run_that_is_being_asked_for_is_left_alone_and_that_is_said(folder, connect, importer, start):
    unread = Fault("envelope_500", call="Leads.Get", times=12)
    held = Fault("slow_answer", call="Leads.Get", seconds=60)
    with Simulator(rate=None, account=HIDDEN, faults=[UNASKED[0], unread, held]).serving() as simulator:
        lose_one_for_good(folder, connect, importer, simulator)
        # A later run of the same sheet, which learns no more.
        assert importer("run", folder.people(3), "--patience", "0.1", "--output", "2.csv").exit_code == 1
        asking = start("reconcile", 1)
        while sum(call.path.endswith("Leads.Get") for call in simulator.calls) < 13:
            assert asking.poll() is None, asking.communicate()
            time.sleep(0.01)
        done = purged(folder, importer)
        assert asking.poll() is None
        assert done.exit_code == 1
        assert "Left out, since somebody is at work on the sheet of run 1: run the same" in done.stdout
        assert json.loads(importer("history", 1, "--json").stdout)["purged_at"] is None
        asking.kill()
        asking.communicate()
        assert purged(folder, importer).stdout.startswith("Cleared: ")


def test_whether_somebody_is_at_work_is_asked_without_leaving_a_file(folder, old, importer):
    for lock in (folder.path / "state").glob("sheet-*.lock"):
        # As a pass over a folder does once the sheet is put away.
        lock.unlink()
    assert purged(folder, importer).exit_code == 0
    assert importer("reconcile").exit_code == 0
    assert list((folder.path / "state").glob("sheet-*.lock")) == []


def test_somebody_who_reads_the_journal_keeps_it_from_being_made_anew_and_that_is_said(folder, old, importer):
    grow_old(folder)
    with closing(sqlite3.connect(folder.path / "state" / "journal.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchone()
        done = importer("purge", "--older-than", "90d")
    assert done.exit_code == 1
    assert "another program keeps it locked" in done.stdout
    assert "run the same command again" in done.stdout
    assert importer("purge", "--older-than", "90d").stdout.startswith("Nothing to remove")
    assert not state_holds(folder, PRIVATE[0])


def long_ago(folder, rows):
    """The state folder, with an old run of so many rows."""
    state = folder.path / "state"
    with Journal(state) as journal:
        run = Runs(journal).begin(BEGINNING, "2024-01-05 10:00:00")
        outcomes = (Outcome(row, Ended.REJECTED, reply=f"private of {row}") for row in range(2, rows + 2))
        Entries(journal, run.number).settle(*outcomes)
        Runs(journal).end(run, "2024-01-05 10:10:00", 1, "", finished=True)
    return state


def test_killed_in_the_middle_it_ends_the_next_time(folder, connected, importer, start):
    state = long_ago(folder, 6_000)
    for _ in range(4):
        process = start("purge", "--older-than", "1y")
        with closing(sqlite3.connect(state / "journal.db")) as journal:
            before = after = left(journal)
            while after == before and process.poll() is None:
                after = left(journal)
        process.kill()
        process.communicate()
    done = importer("purge", "--older-than", "1y")
    assert done.exit_code == 0, done.stderr
    assert not state_holds(folder, b"private of")
    assert "Rejected 6,000" in importer("history").stdout


@pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX's")
def test_a_wish_to_end_is_no_fault_of_the_journal(folder, connected, importer, start):
    state = long_ago(folder, 20_000)
    process = start("purge", "--older-than", "1y")
    with closing(sqlite3.connect(state / "journal.db")) as journal:
        before = left(journal)
        while left(journal) == before:
            assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate()
    assert process.returncode == 4
    assert "Stopped by the system." in stderr
    assert importer("purge", "--older-than", "1y").exit_code == 0
    assert not state_holds(folder, b"private of")


def left(journal):
    return journal.execute("SELECT count(*) FROM entries WHERE reply <> ''").fetchone()[0]


def test_a_journal_of_an_earlier_version_is_lifted(folder, old, importer):
    with closing(sqlite3.connect(folder.path / "state" / "journal.db")) as journal:
        journal.execute("DROP TABLE purged")
        journal.execute("ALTER TABLE entries DROP COLUMN writes_over")
        journal.execute("PRAGMA user_version = 5")
    assert purged(folder, importer).exit_code == 0
    assert not state_holds(folder, PRIVATE[0])


def test_traces_of_earlier_times_in_the_free_space_of_the_file_go_too(folder, old, importer):
    with closing(sqlite3.connect(folder.path / "state" / "journal.db")) as journal:
        journal.execute("PRAGMA secure_delete = OFF")
        journal.execute("UPDATE runs SET verified = ?", ["long.ago" * 5_000])
        journal.commit()
        journal.execute("UPDATE runs SET verified = ''")
        journal.commit()
    assert state_holds(folder, b"long.ago")
    assert purged(folder, importer).exit_code == 0
    assert not state_holds(folder, b"long.ago")


def test_what_a_refused_delete_quoted_is_removed_too(folder, connect, importer):
    fault = Fault("envelope_500", call="Delete", nth=(1,), exception="MXException", message="Of quoted.one")
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(2))
        assert importer("undo", 1, "--yes").exit_code == 1
        assert state_holds(folder, b"quoted.one")
        purged(folder, importer)
        assert not state_holds(folder, b"quoted.one")
        assert importer("undo", 1, "--yes").exit_code == 0
        assert not simulator.opportunities


def test_without_a_run_there_is_nothing_to_remove(folder, connected, importer):
    done: Finished = importer("purge", "--older-than", "1y")
    assert done.exit_code == 0
    assert done.stdout.startswith("Nothing to remove")
