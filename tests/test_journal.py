"""The journal: what was known for certain is there again when it is opened the next time."""

import os
import sqlite3
import stat
from dataclasses import replace

import pytest

from importer.entries import Entries
from importer.errors import AlreadyRunning, JournalError
from importer.journal import Account, Journal, Prints
from importer.records import Capture, Ended, Field, Outcome, Problem
from importer.runs import Beginning, Runs
from importer.waiting import Ready

NOW = "2026-11-24 04:00:00"
BEGINNING = Beginning(
    "host DEMO", "DEMO", "host", "/s.csv", "", "abc", 1, "", "", "/m.yaml", 12000, 3, "25/5",
    again=False, details=False, unless_open=False,
)  # fmt: skip

CREATED = Outcome(
    2, Ended.CREATED, created_id="o-1", status="Success", request_id="r-1", reply='{"Status":0}'
)
INVALID = Outcome(3, Ended.INVALID, advice="Mend it.", problems=(Problem("A3", "Email", "X", "is 'ü'"),))


def capture(*identity, event_code=12000):
    lead = (("EmailAddress", "asha@example.com"),)
    return Capture(
        2, lead, "EmailAddress", event_code, (Field("mx_Custom_1", "Loan"),), identity, frozenset()
    )


def ready(row=2, fingerprint=b"f"):
    prints = Prints(fingerprint, (b"lead",), {})
    return Ready(replace(capture(), row=row), prints, f"ref-bcdfghjk-{row}", "OpportunityNote")


def is_sent(entries, fingerprint=b"f"):
    return [sent.ended for sent in entries.sent_rows.of(fingerprint, (0, 0))]


@pytest.fixture
def entries(tmp_path):
    """Opens the journal anew each time it is called, at the same run."""
    opened: list[Journal] = []

    def reopen():
        for journal in opened:
            journal.database.close()
        journal = Journal(tmp_path)
        opened.append(journal)
        runs = Runs(journal)
        run = runs.unfinished(BEGINNING) or runs.begin(BEGINNING, NOW)
        return Entries(journal, run.number)

    yield reopen
    opened[-1].database.close()


def test_outcomes_come_back_as_they_were_in_the_order_of_rows(entries):
    entries().settle(INVALID, CREATED)
    assert list(entries().outcomes()) == [CREATED, INVALID]


def test_a_row_that_was_sending_when_the_program_died_is_unknown(entries):
    entries().sending(ready(), NOW, (), False, bool)
    later = entries()
    [outcome] = later.outcomes()
    assert (outcome.ended, outcome.exception_type, outcome.sent_at) == (Ended.UNKNOWN, "NoAnswer", NOW)
    assert [sent.row for sent in later.sent_rows.unsettled(later.run)] == [2]
    assert later.counts()[Ended.UNKNOWN] == 1


def test_a_row_that_was_surely_not_taken_is_as_if_never_sent(entries):
    here = entries()
    here.sending(ready(), NOW, (), False, bool)
    here.forget(2)
    assert here.ended(2) is None
    assert is_sent(here) == []


def test_a_settled_row_is_never_forgotten(entries):
    here = entries()
    here.sending(ready(), NOW, (), False, bool)
    here.settle(CREATED)
    here.forget(2)
    assert here.ended(2) == "Created"


def test_a_settled_row_keeps_when_it_was_sent_and_is_found_by_its_fingerprint(entries):
    entries().sending(ready(), NOW, (), False, bool)
    entries().settle(CREATED)
    here = entries()
    assert next(here.outcomes()).sent_at == NOW
    [found] = here.sent_rows.of(b"f", (here.run, 0), again=True)
    assert (found.row, found.ended, found.created_id) == (2, "Created", "o-1")


def test_rejected_rows_may_be_sent_again(entries):
    here = entries()
    here.sending(ready(), NOW, (), False, bool)
    here.settle(Outcome(2, Ended.REJECTED))
    assert is_sent(here) == []


def test_a_fingerprint_tells_opportunities_apart_and_accounts_and_types(tmp_path):
    with Journal(tmp_path / "one") as journal, Journal(tmp_path / "two") as other:
        first = journal.prints("a", capture(("Email", "x"))).row
        assert first == journal.prints("a", capture(("Email", "x"))).row
        different = {
            journal.prints("b", capture(("Email", "x"))).row,
            journal.prints("a", capture(("Email", "y"))).row,
            journal.prints("a", capture(("Mail", "x"))).row,
            journal.prints("a", capture(("Email", "x"), event_code=1)).row,
            other.prints("a", capture(("Email", "x"))).row,
        }
        assert len(different - {first}) == 5


def test_an_account_is_remembered_by_its_key(tmp_path):
    with Journal(tmp_path) as journal:
        assert journal.account_of("key") is None
        journal.remember("key", Account("host DEMO", "DEMO"))
    with Journal(tmp_path) as journal:
        assert journal.account_of("key") == Account("host DEMO", "DEMO")


def test_an_unfinished_run_goes_on_only_with_the_very_same_sheet(tmp_path):
    with Journal(tmp_path) as journal:
        runs = Runs(journal)
        run = runs.begin(BEGINNING, NOW)
        assert runs.unfinished(BEGINNING) == run
        assert runs.unfinished(replace(BEGINNING, sheet_sha256="changed")) is None
        assert runs.unfinished(replace(BEGINNING, account="another")) is None
        runs.end(run, NOW, 0, "", finished=True)
        assert runs.unfinished(BEGINNING) is None


def test_references_are_short_and_tell_runs_and_rows_apart(tmp_path):
    with Journal(tmp_path) as journal:
        runs = [Runs(journal).begin(BEGINNING, NOW) for _ in range(3)]
    references = {run.reference(row) for run in runs for row in (2, 1_048_576)}
    assert len(references) == 6
    assert max(map(len, references)) <= 24


def test_one_sheet_is_imported_by_one_at_a_time(tmp_path):
    with Journal(tmp_path) as journal, Journal(tmp_path) as other:
        with Runs(journal).alone(BEGINNING), pytest.raises(AlreadyRunning), Runs(other).alone(BEGINNING):
            pass
        with Runs(other).alone(BEGINNING):
            pass


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_only_its_owner_can_read_the_journal(tmp_path):
    with Journal(tmp_path / "state") as journal, Runs(journal).alone(BEGINNING):
        assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in journal.path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("content", "said"), [(b"no database at all" * 100, "damaged"), (None, "another version of the importer")]
)
def test_a_journal_that_is_not_understood_is_left_as_it_is(tmp_path, content, said):
    path = tmp_path / "journal.db"
    if content:
        path.write_bytes(content)
    else:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match=said):
        Journal(tmp_path)
    assert path.read_bytes()[:100] == before[:100] or not content


def test_a_state_folder_that_cannot_be_is_said_so(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JournalError, match="Nothing more is sent"):
        Journal(tmp_path / "file" / "state")


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "gone"])
def test_a_lost_journal_is_not_replaced_by_a_new_one(tmp_path, empty):
    with Journal(tmp_path) as journal, Runs(journal).alone(BEGINNING):
        pass
    (tmp_path / "journal.db").write_bytes(b"") if empty else (tmp_path / "journal.db").unlink()
    with pytest.raises(JournalError, match="Restore it from a backup"):
        Journal(tmp_path)


def test_a_page_that_was_overwritten_is_noticed_before_anything_is_sent(entries, tmp_path):
    entries().settle(*(replace(CREATED, row=row, reply="x" * 500) for row in range(2, 200)))
    entries().sent_rows  # noqa: B018 (opened anew, so that everything is in the one file)
    with sqlite3.connect(tmp_path / "journal.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    path = tmp_path / "journal.db"
    content = bytearray(path.read_bytes())
    content[4096 * 8 : 4096 * 9] = b"\x2a" * 4096
    path.write_bytes(content)
    with pytest.raises(JournalError, match="damaged"):
        Journal(tmp_path)
