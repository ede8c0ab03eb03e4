"""What was ever sent from here, in any run: the journal across runs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from importer.database import writing
from importer.journal import Journal
from importer.records import OPEN_OPPORTUNITY, Ended

SENDING = "sending"
"""A request may have left, and no answer is settled."""
ABSENT = "absent"
"""Sent, asked for, and surely not in LeadSquared: it may be sent again, once it was asked for again."""

LANDED = (Ended.CREATED.value, Ended.DUPLICATE.value)
UNSETTLED = (Ended.UNKNOWN.value, SENDING, ABSENT)

# Of the values that one question to the database may have.
AT_ONCE = 500

COLUMNS = (
    "run, row, fingerprint, ended, created_id, conflicted_id, first_sent_at, sent_at, sends, reference, "
    "place, writes_over, lookup_name, lookup_value, said"
)
OF_RUN = "(SELECT {} FROM runs WHERE number = entries.run)"
SAME_FILE = (
    "run IN (SELECT other.number FROM runs AS other JOIN runs AS this "
    "USING (account, event_code, sheet_sha256, worksheet) WHERE this.number = ?) AND row = ?"
)
OF_ITS_RUN = ", ".join(map(OF_RUN.format, ("event_code", "account", "finished")))
# What a row landed as may have been deleted again since.
NOT_UNDONE = (
    "NOT EXISTS (SELECT 1 FROM undone WHERE opportunity_id IN (created_id, conflicted_id) "
    "AND state IN ('deleted', 'not found'))"
)
SELECT = f"SELECT {COLUMNS}, {OF_ITS_RUN} FROM entries"  # noqa: S608 (names from above)


@dataclass(frozen=True, slots=True)
class Sent:
    """A row whose request may have left, of this run or an earlier one.

    ended:     an outcome in a word, or SENDING or ABSENT.
    sends:     how many requests may have left.
    reference: what it can be found by in LeadSquared; "" for nothing.
    place:     the schema name of what holds the reference there.
    writes_over: whether the reference may be in an opportunity that was there before.
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
    writes_over: bool
    lookup: tuple[str, str]
    said: dict[str, str]
    event_code: int
    account: str
    is_of_finished_run: bool

    @property
    def send(self) -> tuple[int, int, int]:
        """Names the last of its sends: what is known of this one says nothing of a later one."""
        return self.run, self.row, self.sends

    @property
    def opportunity_id(self) -> str:
        """Of what it created or met."""
        return self.created_id or self.conflicted_id

    @property
    def holds(self) -> frozenset[str]:
        """Its lead, as far as the journal knows it; as `Ready.holds`."""
        return frozenset({"=".join(self.lookup).casefold()})

    @property
    def is_done(self) -> bool:
        """Its run has finished, and it landed, or nobody will ever know."""
        return self.is_of_finished_run and (self.is_certain or not self.reference)

    @property
    def is_certain(self) -> bool:
        return self.ended in (*LANDED, Ended.SKIPPED)


class SentRows:
    """Every row of the journal that may have left for LeadSquared."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._database = journal.database

    def of(self, fingerprint: bytes, own: tuple[int, int], again: bool = False) -> list[Sent]:
        """What was sent as the same opportunity and may have landed, the certain rows first.

        Those are the rows with this fingerprint, and the row itself (`own`: run and row) whatever it had when
        it was sent or known as sent, also by an earlier run of the very same file. A row to which an earlier
        result gave an id counts too; one that a result marks Unknown counts for the sheet that it stands in.
        One whose opportunity was undone does not count.
        again: what other runs have finished does not count, nor what can never be asked for.
        """
        found = self._select(
            f"WHERE (fingerprint = ? AND (run = ? OR sends > 0 OR ended = ?) OR {SAME_FILE} AND "
            "(sends > 0 OR exception_type = 'AlreadySent')) "
            # Skipped for another opportunity of its lead, it has surely none of its own.
            f"AND ended IN (?, ?, ?, ?, ?, ?) AND exception_type <> '{OPEN_OPPORTUNITY}' AND {NOT_UNDONE} "
            "ORDER BY ended IN (?, ?) DESC, ended = ? DESC, run DESC, row",
            [
                fingerprint, own[0], Ended.SKIPPED, *own, *LANDED, Ended.SKIPPED, *UNSETTLED, *LANDED,
                Ended.SKIPPED,
            ],
        )  # fmt: skip
        return [sent for sent in found if not again or sent.run == own[0] or not sent.is_done]

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

    def in_the_air(self, leads: Sequence[bytes], run: int) -> list[Sent]:
        """Rows of other runs whose request may be on its way, and whose lead goes by any of these hashes."""
        return self._of_lead(leads, "AND ended = ? AND run <> ?", [SENDING, run])

    def knows_lead(self, leads: Sequence[bytes], event_code: int) -> bool:
        """Whether this lead got an opportunity of this type from here."""
        which = f"AND ended IN (?, ?) AND {OF_RUN.format('event_code')} = ? AND {NOT_UNDONE} LIMIT 1"
        return bool(self._of_lead(leads, which, [*LANDED, event_code]))

    def opened(self, leads: Sequence[bytes], event_code: int, since: str) -> list[Sent]:
        """Rows sent since then (UTC) by which this lead has, or may have, an opportunity of this type.

        Not what was sent in another Status than Open, nor what was undone; what a Duplicate met may be open
        all the same.
        """
        which = (
            f"AND ended IN (?, ?, ?) AND {OF_RUN.format('event_code')} = ? AND sent_at >= ? "
            f"AND {NOT_UNDONE} AND NOT (closed AND ended <> ?) ORDER BY sent_at DESC"
        )
        unknown, met = Ended.UNKNOWN.value, Ended.DUPLICATE.value
        return self._of_lead(leads, which, [*LANDED, unknown, event_code, since, met])

    def _of_lead(self, leads: Sequence[bytes], which: str, values: Sequence[Any]) -> list[Sent]:
        marks = ", ".join("?" * len(leads))
        rows = f"WHERE (run, row) IN (SELECT run, row FROM leads WHERE lead IN ({marks}))"  # noqa: S608 (marks only)
        return self._select(f"{rows} {which}", [*leads, *values])

    def places_of(self, leads: Sequence[bytes]) -> set[tuple[int, int]]:
        """Run and row of all that was sent for a lead that goes by any of these hashes."""
        places: set[tuple[int, int]] = set()
        with self._journal.guarded():
            for begin in range(0, len(leads), AT_ONCE):
                part = leads[begin : begin + AT_ONCE]
                marks = ", ".join("?" * len(part))
                query = f"SELECT run, row FROM leads WHERE lead IN ({marks})"  # noqa: S608 (marks only)
                places.update(self._database.execute(query, part))
        return places

    def places_with(self, an_id: str) -> set[tuple[int, int]]:
        """Run and row of all of this opportunity or lead, whatever the letter case of its id."""
        places: set[tuple[int, int]] = set()
        with self._journal.guarded():
            for column in ("created_id", "conflicted_id", "prospect_id"):
                query = f"SELECT run, row FROM entries WHERE {column} <> '' AND {column} = ? COLLATE NOCASE"  # noqa: S608 (names from above)
                places.update(self._database.execute(query, [an_id]))
        return places

    def alike(self, places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Run and row of all that have the opportunity of one of these."""
        others = "SELECT run, row FROM entries WHERE created_id = ? AND created_id <> '' UNION "
        others += "SELECT run, row FROM entries WHERE conflicted_id = ? AND conflicted_id <> ''"
        own = "SELECT created_id, conflicted_id FROM entries WHERE run = ? AND row = ?"
        with self._journal.guarded():
            found = [self._database.execute(own, place).fetchone() for place in places]
            ids = {each for line in found if line for each in line if each}
            return {place for each in ids for place in self._database.execute(others, [each, each])}

    def with_id(self, opportunity_id: str) -> Sent | None:
        """The row that created or met this opportunity."""
        # Said once more that it is not empty, or the indexes, which leave empty ones out, are not used.
        found = self._select(
            "WHERE (created_id = ? AND created_id <> '' OR conflicted_id = ? AND conflicted_id <> '') "
            "AND ended IN (?, ?) ORDER BY run LIMIT 1",
            [opportunity_id, opportunity_id, *LANDED],
        )
        return found[0] if found else None

    def is_undone(self, opportunity_id: str) -> bool:
        """Whether this opportunity was created from here, and deleted again."""
        return bool(self.undone_at(opportunity_id))

    def is_being_undone(self, opportunity_id: str) -> bool:
        """Whether an undo has asked to delete it, and nobody knows yet what came of that."""
        query = "SELECT 1 FROM undone WHERE opportunity_id = ? AND state = 'deleting'"
        with self._journal.guarded():
            return self._database.execute(query, [opportunity_id]).fetchone() is not None

    def undone_at(self, opportunity_id: str) -> str:
        """When it was deleted again, UTC; "" where it was not."""
        query = "SELECT max(at) FROM undone WHERE opportunity_id = ? AND state IN ('deleted', 'not found')"
        with self._journal.guarded():
            return self._database.execute(query, [opportunity_id]).fetchone()[0] or ""

    def _select(self, which: str, values: Sequence[Any]) -> list[Sent]:
        with self._journal.guarded():
            return [_sent(line) for line in self._database.execute(f"{SELECT} {which}", values)]


def _sent(line: tuple[Any, ...]) -> Sent:
    *known, name, value, said, event_code, account, finished = line
    further = [(name, value), json.loads(said or "{}"), event_code, account, bool(finished)]
    names = [field.name for field in fields(Sent)]
    return Sent(**dict(zip(names, [*known, *further], strict=True)))
