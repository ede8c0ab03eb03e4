"""A run's rows in the journal: what is known for certain about each, on disk."""

import json
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from importer import advice
from importer.database import writing
from importer.entry_lines import COLUMNS, line_of, outcome_of
from importer.journal import Journal
from importer.records import LEFT_OUT, Ended, Outcome
from importer.sent import ABSENT, SENDING, Sent, SentRows
from importer.undone import UndoneRows
from importer.waiting import Ready

UPDATES = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:] if name != "sent_at")

# A row keeps what was written when it was sent; whose it is, only while it can be asked for.
SETTLE = (
    f"INSERT INTO entries (run, {COLUMNS}) "  # noqa: S608 (names from above, no input)
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, row) DO UPDATE SET "
    f"{UPDATES}, sent_at = max(sent_at, excluded.sent_at), "
    "lookup_name = iif(excluded.ended = 'Unknown' AND reference <> '', lookup_name, ''), "
    "lookup_value = iif(excluded.ended = 'Unknown' AND reference <> '', lookup_value, '')"
)

SEND = """\
INSERT INTO entries (
    run, row, fingerprint, ended, first_sent_at, sent_at, sends, reference, place, lookup_name, lookup_value,
    said, closed, writes_over
) VALUES (?, ?, ?, 'sending', ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, row) DO UPDATE SET
    ended = excluded.ended, sent_at = excluded.sent_at, sends = sends + 1,
    first_sent_at = iif(sends = 0, excluded.first_sent_at, first_sent_at),
    fingerprint = excluded.fingerprint, reference = excluded.reference, place = excluded.place,
    lookup_name = excluded.lookup_name, lookup_value = excluded.lookup_value,
    said = excluded.said, closed = excluded.closed, writes_over = excluded.writes_over
"""

LEAVE = (
    f"INSERT INTO entries (run, {COLUMNS}) "  # noqa: S608 (names from above, no input)
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, row) DO NOTHING"
)


class Entries:
    """The rows of one run in the journal. Each call is on the disk at its end (see `Journal.together`)."""

    def __init__(self, journal: Journal, run: int) -> None:
        self._journal = journal
        self._database = journal.database
        self.sent_rows = SentRows(journal)
        self.run = run

    def sending(
        self,
        ready: Ready,
        sent_at: str,
        absent: Container[tuple[int, int, int]],
        again: bool,
        is_in_the_way: Callable[[Sent], bool],
    ) -> bool:
        """A request for this row may leave from now on.

        False, and nothing is written, where the same opportunity was sent meanwhile, by another process
        perhaps, or where another run's send of the same lead is in the way. sent_at is UTC. absent: sends
        (`Sent.send`) that LeadSquared is known not to have. again: as in `SentRows.of`.
        """
        with self._journal.guarded(), writing(self._database):
            for sent in self.sent_rows.of(ready.prints.row, (self.run, ready.capture.row), again):
                if sent.is_certain or sent.ended == SENDING or sent.send not in absent:
                    return False
            if any(map(is_in_the_way, self.sent_rows.in_the_air(ready.prints.leads, self.run))):
                return False
            self._database.execute(SEND, self._sending(ready, sent_at))
            prints = (*ready.prints.leads, *map(self._journal.phone_print, ready.digits))
            self._database.executemany(
                "INSERT OR IGNORE INTO leads VALUES (?, ?, ?)",
                [(each, self.run, ready.capture.row) for each in prints],
            )
        return True

    def _sending(self, ready: Ready, sent_at: str) -> list[object]:
        prints, flags = ready.prints, ready.capture.on_duplicate
        said = json.dumps(prints.said, ensure_ascii=False) if prints.said else ""
        return [
            self.run, ready.capture.row, prints.row, sent_at, sent_at, ready.reference, ready.place,
            *ready.capture.lookup, said, ready.capture.is_closed,
            flags.overwrite_fields or flags.update_empty_fields,
        ]  # fmt: skip

    def settle(self, *outcomes: Outcome, known_by: Mapping[int, bytes] = MappingProxyType({})) -> None:
        """How these rows ended. A row that was sent keeps its fingerprint and the time it was sent at.

        known_by: row → fingerprint of those that were not sent from here, and have their opportunity.
        """
        with self._journal.guarded(), writing(self._database):
            self._database.executemany(SETTLE, ([self.run, *line_of(outcome)] for outcome in outcomes))
            self._database.executemany(
                "UPDATE entries SET fingerprint = ? WHERE run = ? AND row = ?",
                ((fingerprint, self.run, row) for row, fingerprint in known_by.items()),
            )

    def leave(self, outcome: Outcome) -> None:
        """Why a row is not sent this time, where no more is known of it. The next start forgets that."""
        with self._journal.guarded(), writing(self._database):
            self._database.execute(LEAVE, [self.run, *line_of(outcome)])

    def settle_sent(self, sent: Sent, outcome: Outcome) -> bool:
        """How a row of this run ended, unless it was sent again or settled since `sent` was read."""
        with self._journal.guarded(), writing(self._database):
            is_last = self.sent_rows.is_last(sent)
            if is_last:
                self._database.execute(SETTLE, [self.run, *line_of(outcome)])
        return is_last

    def forget(self, row: int) -> None:
        """The request was surely not taken: the row is as it was before, mostly as if never sent."""
        with self._journal.guarded(), writing(self._database):
            self._database.execute(
                "UPDATE entries SET ended = ?, sends = sends - 1 WHERE run = ? AND row = ? AND ended = ?",
                [ABSENT, self.run, row, SENDING],
            )
            self._database.execute(
                "DELETE FROM entries WHERE run = ? AND row = ? AND ended = ? AND sends = 0",
                [self.run, row, ABSENT],
            )

    def forget_ended(self, *words: Ended) -> None:
        """The rows that ended in these words are to be tried again."""
        self._delete("ended = ?", [[word.value] for word in words])

    def forget_left_out(self) -> None:
        """The rows that were left out of an earlier start, or left, may be sent in this one."""
        self._delete("exception_type = ? AND sends = 0", [[LEFT_OUT]])
        self._delete("ended = ? AND sends = 0", [[Ended.NOT_SENT.value]])

    def forget_never_sent(self) -> None:
        """The rows that are Unknown only because of another run's row are looked at anew."""
        self._delete("ended = ? AND sends = 0", [[Ended.UNKNOWN.value]])

    def _delete(self, which: str, values: list[list[str]]) -> None:
        with self._journal.guarded(), writing(self._database):
            self._database.executemany(
                f"DELETE FROM entries WHERE run = ? AND {which}",  # noqa: S608 (our own words, no input)
                [[self.run, *each] for each in values],
            )

    def remember_elsewhere(self, sent: Sent) -> None:
        """This run asks for a row of an earlier one that is no longer in the sheet."""
        with self._journal.guarded():
            self._database.execute(
                "INSERT OR IGNORE INTO elsewhere VALUES (?, ?, ?)", [self.run, sent.run, sent.row]
            )

    def elsewhere(self) -> list[tuple[int, Outcome]]:
        """The rows of earlier runs that this run asked for: run, and how the row ended."""
        with self._journal.guarded():
            lines = self._database.execute(
                f"SELECT entries.run, {COLUMNS.replace('row', 'entries.row', 1)} FROM entries "  # noqa: S608 (names from above)
                "JOIN elsewhere ON entries.run = earlier_run AND entries.row = earlier_row "
                "WHERE elsewhere.run = ? ORDER BY entries.run, entries.row",
                [self.run],
            ).fetchall()
        return [(run, outcome_of(line)) for run, *line in lines]

    def created(self) -> list[tuple[int, str]]:
        """The rows that ended Created: row number and opportunity id."""
        with self._journal.guarded():
            return self._database.execute(
                "SELECT row, created_id FROM entries WHERE run = ? AND ended = ? ORDER BY row",
                [self.run, Ended.CREATED],
            ).fetchall()

    def ended(self, row: int) -> str | None:
        """The row's outcome in a word, SENDING, ABSENT, or None where nothing left for LeadSquared."""
        with self._journal.guarded():
            found = self._database.execute(
                "SELECT ended FROM entries WHERE run = ? AND row = ?", [self.run, row]
            ).fetchone()
        return found[0] if found else None

    def of(self, row: int) -> tuple[Outcome | None, str, int]:
        """Its outcome, None where nothing is known of it; its reference; how often it may have been sent."""
        with self._journal.guarded():
            found = self._database.execute(
                f"SELECT {COLUMNS}, reference, sends FROM entries WHERE run = ? AND row = ?",  # noqa: S608
                [self.run, row],
            ).fetchone()
        if found is None:
            return None, "", 0
        *line, reference, sends = found
        return _as_undone(outcome_of(line), self._undone()), reference, sends

    def outcomes(self) -> Iterator[Outcome]:
        """Every row that anything is known about, in the sheet's order."""
        undone = self._undone()
        with self._journal.guarded():
            lines = self._database.execute(
                f"SELECT {COLUMNS} FROM entries WHERE run = ? ORDER BY row",  # noqa: S608 (names from above)
                [self.run],
            )
            for line in lines:
                yield _as_undone(outcome_of(line), undone)

    def _undone(self) -> dict[int, str]:
        return UndoneRows(self._journal, self.run).gone()

    def counts(self) -> dict[Ended, int]:
        """How many rows ended in each word; rows without an entry are in none."""
        with self._journal.guarded():
            found = dict(
                self._database.execute(
                    "SELECT ended, count(*) FROM entries WHERE run = ? GROUP BY ended", [self.run]
                )
            )
        found[Ended.UNKNOWN] = found.get(Ended.UNKNOWN, 0) + found.pop(SENDING, 0)
        found[Ended.NOT_SENT] = found.get(Ended.NOT_SENT, 0) + found.pop(ABSENT, 0)
        return {word: found.get(word, 0) for word in Ended}

    def partial_successes(self) -> int:
        with self._journal.guarded():
            query = "SELECT count(*) FROM entries WHERE run = ? AND status = 'PartialSuccess'"
            return int(self._database.execute(query, [self.run]).fetchone()[0])


def _as_undone(outcome: Outcome, undone: Mapping[int, str]) -> Outcome:
    """The row was Created all the same: that it is gone since, its advice says."""
    at = undone.get(outcome.row)
    return replace(outcome, advice=advice.undone(at, outcome.advice)) if at else outcome
