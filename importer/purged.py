"""People's data in the journal: what of it can be removed from a run, and that it was."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from importer.database import JOURNAL, telling_failures
from importer.journal import Journal
from importer.records import LEFT_OUT, OPEN_OPPORTUNITY, Problem
from importer.runs import Run, Runs

# So many rows are cleared in one transaction, so that a run at work waits a moment only.
AT_ONCE = 500
# Milliseconds: as long as it waits for its turn, others may have to wait for it.
PATIENCE = 2_000

TRACES = (
    "Traces of what was removed may still be in its free space: run the same command again when no other "
    "importer is at work."
)
REWRITING = JOURNAL._replace(consequence=TRACES)

REMOVED = "{} (what the cell held was removed by importer purge)"

# Our own words about a row that never left, which quote no cell.
OWN_WORDS = ("AlreadySent", "RepeatedRow", "SentBefore", "MarkedUnknown", LEFT_OUT, OPEN_OPPORTUNITY)
IS_OWN = f"sends = 0 AND exception_type IN {OWN_WORDS}"
# Whether another run has sent the same opportunity since, or the same row of the same file.
SAME_FILE = (
    "SELECT other.number FROM runs AS other JOIN runs AS this "
    "USING (account, event_code, sheet_sha256, worksheet) WHERE this.number = entries.run"
)
SINCE = (
    "EXISTS (SELECT 1 FROM entries AS later WHERE {} "
    "AND run > entries.run AND (sends > 0 OR exception_type = 'AlreadySent'))"
)
SAME = ("fingerprint = entries.fingerprint", f"row = entries.row AND run IN ({SAME_FILE})")
IS_SENT_SINCE = " OR ".join(map(SINCE.format, SAME))
# LeadSquared can only be asked for such a row by what finds its lead.
IS_UNKNOWN = "(sends > 0 AND ended IN ('Unknown', 'sending') AND reference <> '')"
# LeadSquared does not have it, and is asked once more before it is sent again.
IS_TO_BE_SENT = f"(sends > 0 AND ended = 'absent' AND reference <> '' AND NOT ({IS_SENT_SINCE}))"
IS_NEEDED = f"({IS_UNKNOWN} OR {IS_TO_BE_SENT})"

# What each column has afterwards. Those that are not here hold numbers, moments, ids, keyed hashes, and words
# for how it ended, ours or LeadSquared's.
ENTRIES = {
    "exception_message": f"iif({IS_OWN}, exception_message, without_values(problems))",
    "reply": "''",
    "problems": "problems_without_values(problems)",
    "lookup_name": f"iif({IS_NEEDED}, lookup_name, '')",
    "lookup_value": f"iif({IS_NEEDED}, lookup_value, '')",
}
# A result workbook that still has the messages is not written over by one without them.
RUNS = {"noticed": "''", "stopped": "''", "result_version": "''"}
UNDONE = {"said": "iif(said = 'Success', said, '')"}


def _cleared(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} = {after}" for name, after in columns.items())


def _holds_some(columns: dict[str, str]) -> str:
    return "(" + " OR ".join(f"{name} <> {after}" for name, after in columns.items()) + ")"


LAST = "SELECT max(row) FROM (SELECT row FROM entries WHERE run = ? AND row > ? ORDER BY row LIMIT ?)"
IN_ENTRIES, IN_UNDONE = _holds_some(ENTRIES), _holds_some(UNDONE)
IN_RUN = "(noticed <> '' OR stopped <> '')"


@dataclass(frozen=True, slots=True)
class KeptRows:
    """The rows of a run whose lead's value is kept, since LeadSquared is still to be asked for them.

    absent: how many of them LeadSquared does not have, so that they are to be sent again.
    """

    run: int
    sheet: str
    unknown: int
    absent: int

    @property
    def rows(self) -> int:
        return self.unknown + self.absent


class PurgedRuns:
    """What was removed from which run. Raises JournalError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._database = journal.database
        for name, function in (
            ("problems_without_values", _without_values),
            ("without_values", _in_one_text),
        ):
            self._database.create_function(name, 1, function, deterministic=True)

    def at(self, run: int) -> str:
        """When it was last removed from the run, UTC; "" where it was not."""
        return self._one("SELECT max(at) FROM purged WHERE run = ?", run) or ""

    def last_moment(self, run: Run) -> str:
        """When the run ended, UTC; of one that died, when something of it was last seen."""
        sent = self._one("SELECT max(sent_at) FROM entries WHERE run = ?", run.number) or ""
        return run.ended or max(run.started, sent)

    def rows_with_some(self, run: int) -> int:
        """The rows of which the journal holds something that can be removed."""
        return self._count("entries", f"run = ? AND {IN_ENTRIES}", run)

    def holds_some(self, run: int) -> bool:
        """Whether anything can be removed, of its rows or of the run itself."""
        return bool(
            self._count("runs", f"number = ? AND {IN_RUN}", run)
            or self._count("undone", f"run = ? AND {IN_UNDONE}", run)
            or self.rows_with_some(run)
        )

    def kept(self, run: Run) -> KeptRows:
        """Of this run."""
        which = "run = ? AND {} AND lookup_value <> ''"
        unknown, absent = (
            self._count("entries", which.format(why), run.number) for why in (IS_UNKNOWN, IS_TO_BE_SENT)
        )
        return KeptRows(run.number, run.sheet, unknown, absent)

    def clear(self, run: Run, at: str) -> Iterator[int]:
        """Remove it, some rows at a time, as it is asked for them; how many rows were cleared each time.

        Ends early where another process begins to work on the run or its sheet meanwhile.
        """
        runs, number, after = Runs(self._journal), run.number, 0
        while True:
            with self._journal.together():
                # Seen inside the transaction: before its end no process that goes on with the run can write.
                if runs.lock(run).is_held() or runs.numbered(number).ended != run.ended:
                    return
                last = self._one(LAST, number, after, AT_ONCE)
                rows = self._clear_rows(number, after, last) if last else 0
                self._clear_run(number, at)
            yield rows
            if not last:
                return
            after = last

    def _clear_rows(self, run: int, after: int, last: int) -> int:
        return self._database.execute(
            f"UPDATE entries SET {_cleared(ENTRIES)} "  # noqa: S608 (our own words, no input)
            f"WHERE run = ? AND row > ? AND row <= ? AND {IN_ENTRIES}",
            [run, after, last],
        ).rowcount

    def _clear_run(self, run: int, at: str) -> None:
        self._database.execute(f"UPDATE runs SET {_cleared(RUNS)} WHERE number = ?", [run])  # noqa: S608
        self._database.execute(f"UPDATE undone SET {_cleared(UNDONE)} WHERE run = ?", [run])  # noqa: S608
        self._database.execute(
            "INSERT INTO purged (run, at) VALUES (?, ?) "
            "ON CONFLICT (run) DO UPDATE SET at = excluded.at, rewritten = 0",
            [run, at],
        )

    def is_to_be_rewritten(self) -> bool:
        """Whether traces of what was removed may still be in the free space of the file."""
        return bool(self._one("SELECT count(*) FROM purged WHERE NOT rewritten"))

    def rewrite(self) -> None:
        """Make the file anew without its free space. Raises JournalError where others keep it from that."""
        with self._patiently():
            self._database.execute("VACUUM")
            if self.empty_log():
                self._database.execute("UPDATE purged SET rewritten = 1")
            else:
                raise sqlite3.OperationalError("database is locked")

    def empty_log(self) -> bool:
        """Empty the file beside the journal, where what was removed stood last; False: others are reading."""
        with self._patiently():
            (is_busy, *_) = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        with telling_failures(self._journal.path, REWRITING):
            self._database.execute(f"PRAGMA busy_timeout = {PATIENCE}")
            try:
                yield
            finally:
                self._database.execute("PRAGMA busy_timeout = 30000")

    def _count(self, table: str, which: str, run: int) -> int:
        return int(self._one(f"SELECT count(*) FROM {table} WHERE {which}", run))  # noqa: S608 (our own words)

    def _one(self, query: str, *values: object) -> Any:
        with self._journal.guarded():
            return self._database.execute(query, values).fetchone()[0]


def _problems(text: str) -> list[Problem]:
    problems = [Problem(*problem) for problem in json.loads(text)] if text else []
    return [replace(each, message=REMOVED.format(each.code)) for each in problems]


def _without_values(problems: str) -> str:
    """A row's problems as the journal has them, without what their messages quote."""
    bare = [(each.cell, each.column, each.code, each.message) for each in _problems(problems)]
    return json.dumps(bare, ensure_ascii=False) if bare else ""


def _in_one_text(problems: str) -> str:
    return " | ".join(map(str, _problems(problems)))
