"""What was ever sent from here, in any run: the journal across runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from importer.database import writing
from importer.journal import Journal
from importer.records import Ended

SENDING = "sending"
"""A request may have left, and no answer is settled."""
ABSENT = "absent"
"""Sent, asked for, and surely not in LeadSquared: it may be sent again, once it was asked for again."""

CERTAIN = (Ended.CREATED.value, Ended.DUPLICATE.value)
UNSETTLED = (Ended.UNKNOWN.value, SENDING, ABSENT)

COLUMNS = (
    "run, row, fingerprint, ended, created_id, conflicted_id, first_sent_at, sent_at, sends, reference, "
    "place, lookup_name, lookup_value, said"
)
OF_RUN = "(SELECT {} FROM runs WHERE number = entries.run)"
SELECT = f"SELECT {COLUMNS}, {OF_RUN.format('event_code')}, {OF_RUN.format('account')} FROM entries"  # noqa: S608 (names from above)


@dataclass(frozen=True, slots=True)
class Sent:
    """A row whose request may have left, of this run or an earlier one.

    ended:     an outcome in a word, or SENDING or ABSENT.
    sends:     how many requests may have left.
    reference: what it can be found by in LeadSquared; "" for nothing.
    place:     the schema name of what holds the reference there.
    lookup:    the attribute that finds its lead, and the value; ("", "") once it is settled.
    said:      keyed hashes of what its cells said, by column.
    """

    run: int
    row: int
    fingerprint: bytes
    ended: str
    created_id: str
    conflicted_id: str
    first_sent_at: str
    sent_at: str
    sends: int
    reference: str
    place: str
    lookup: tuple[str, str]
    said: dict[str, str]
    event_code: int
    account: str

    @property
    def send(self) -> tuple[int, int, int]:
        """Names the last of its sends: what is known of this one says nothing of a later one."""
        return self.run, self.row, self.sends

    @property
    def is_certain(self) -> bool:
        return self.ended in CERTAIN


class SentRows:
    """Every row of the journal that may have left for LeadSquared."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._database = journal.database

    def of(self, fingerprint: bytes, own: tuple[int, int], here_only: bool = False) -> list[Sent]:
        """What was sent as the same opportunity and may have landed, the certain rows first.

        Those are the rows with this fingerprint, and the row itself (`own`: run and row) whatever it had
        when it was sent. here_only: of other runs nothing counts.
        """
        return self._select(
            "WHERE (fingerprint = ? AND (run = ? OR NOT ?) OR run = ? AND row = ?) "
            "AND ended IN (?, ?, ?, ?, ?) AND sends > 0 ORDER BY ended IN (?, ?) DESC, run DESC, row",
            [fingerprint, own[0], here_only, *own, *CERTAIN, *UNSETTLED, *CERTAIN],
        )

    def row(self, run: int, row: int) -> Sent:
        return self._select("WHERE run = ? AND row = ?", [run, row])[0]

    def unsettled(self, run: int) -> list[Sent]:
        """The rows of a run of which nobody knows how they ended, in the sheet's order."""
        return self._select(
            "WHERE run = ? AND sends > 0 AND ended IN (?, ?, ?) ORDER BY row", [run, *UNSETTLED]
        )

    def is_last(self, sent: Sent) -> bool:
        """Whether the row still stands as it did when this was read."""
        with self._journal.guarded():
            found = self._database.execute(
                "SELECT sends, ended FROM entries WHERE run = ? AND row = ?", [sent.run, sent.row]
            ).fetchone()
        return bool(found == (sent.sends, sent.ended))

    def absent(self, sent: Sent) -> bool:
        """LeadSquared does not have it. False where the row was sent again, or settled, meanwhile."""
        with self._journal.guarded(), writing(self._database):
            cursor = self._database.execute(
                "UPDATE entries SET ended = ? WHERE run = ? AND row = ? AND sends = ? AND ended IN (?, ?, ?)",
                [ABSENT, *sent.send, *UNSETTLED],
            )
        return cursor.rowcount == 1

    def runs_sending(self, lead: bytes, run: int) -> list[int]:
        """The other runs that have an opportunity of this lead in the air."""
        with self._journal.guarded():
            found = self._database.execute(
                "SELECT DISTINCT run FROM entries WHERE lead = ? AND ended = ? AND run <> ?",
                [lead, SENDING, run],
            ).fetchall()
        return [other for (other,) in found]

    def knows_lead(self, lead: bytes) -> bool:
        """Whether this lead got an opportunity of this type from here."""
        with self._journal.guarded():
            return bool(
                self._database.execute(
                    "SELECT 1 FROM entries WHERE lead = ? AND ended IN (?, ?) LIMIT 1", [lead, *CERTAIN]
                ).fetchone()
            )

    def with_id(self, opportunity_id: str) -> Sent | None:
        """The row that created or met this opportunity."""
        found = self._select(
            "WHERE (created_id = ? OR conflicted_id = ?) AND ended IN (?, ?) ORDER BY run LIMIT 1",
            [opportunity_id, opportunity_id, *CERTAIN],
        )
        return found[0] if found else None

    def _select(self, which: str, values: Sequence[Any]) -> list[Sent]:
        with self._journal.guarded():
            return [_sent(line) for line in self._database.execute(f"{SELECT} {which}", values)]


def _sent(line: tuple[Any, ...]) -> Sent:
    *known, name, value, said, event_code, account = line
    names = [field.name for field in fields(Sent)]
    return Sent(
        **dict(
            zip(names, [*known, (name, value), json.loads(said or "{}"), event_code, account], strict=True)
        )
    )
