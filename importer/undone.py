"""Opportunities that a run created, and how far each is with being deleted again: on disk."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from importer.database import writing
from importer.journal import Journal
from importer.records import Ended
from importer.targets import file_version

DELETING = "deleting"
"""The call may have left; it is not proven that the opportunity is gone."""
DELETED, NOT_FOUND = "deleted", "not found"
"""It is gone: it was deleted from here, or LeadSquared did not show it any more before that."""
REFUSED, KEPT = "refused", "kept"
"""It is there: LeadSquared refused, or said that it is deleted and goes on showing it."""

GONE = (DELETED, NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Made:
    """An opportunity that a run created.

    sent_at: when, UTC.
    state:   a word of above; "" where nothing was done to it.
    said:    what LeadSquared said to the last delete; "" where no answer came.
    at:      when the state became so, UTC.
    """

    row: int
    opportunity_id: str
    sent_at: str
    state: str = ""
    said: str = ""
    at: str = ""

    @property
    def is_gone(self) -> bool:
        return self.state in GONE

    @property
    def is_said_to_be_gone(self) -> bool:
        return self.state == DELETING and bool(self.said)


class UndoneRows:
    """What one run created. Each call is on the disk at its end (see `Journal.together`)."""

    def __init__(self, journal: Journal, run: int) -> None:
        self._journal = journal
        self._database = journal.database
        self._run = run

    def all(self) -> list[Made]:
        """Every row that ended Created, in the sheet's order; none that met an opportunity that was there."""
        query = (
            "SELECT row, created_id, sent_at, coalesce(state, ''), coalesce(undone.said, ''), "
            "coalesce(at, '') FROM entries LEFT JOIN undone USING (run, row) "
            "WHERE run = ? AND ended = ? AND created_id <> '' ORDER BY row"
        )
        with self._journal.guarded():
            return [Made(*line) for line in self._database.execute(query, [self._run, Ended.CREATED])]

    def put(self, made: Iterable[Made], state: str, at: str, said: str | None = None) -> None:
        """They are in this state from now on; said: where LeadSquared has just said something."""
        lines = [
            (self._run, one.row, one.opportunity_id, state, one.said if said is None else said, at)
            for one in made
        ]
        with self._journal.guarded(), writing(self._database):
            self._database.executemany("INSERT OR REPLACE INTO undone VALUES (?, ?, ?, ?, ?, ?)", lines)

    def met(self) -> int:
        """How many rows, of whatever run, met as a duplicate what this one created."""
        query = (
            "SELECT count(*) FROM entries AS own JOIN entries AS other "
            "ON other.conflicted_id = own.created_id WHERE own.run = ? AND own.ended = ? "
            "AND own.created_id <> '' AND other.conflicted_id <> '' AND other.ended = ?"
        )
        with self._journal.guarded():
            found = self._database.execute(query, [self._run, Ended.CREATED, Ended.DUPLICATE]).fetchone()
        return int(found[0])

    def skipped_for(self) -> int:
        """How many rows, of whatever run, were Skipped because of what this one created."""
        query = (
            "SELECT count(*) FROM entries WHERE ended = ? AND max(created_id, conflicted_id) IN "
            "(SELECT created_id FROM entries WHERE run = ? AND ended = ? AND created_id <> '')"
        )
        with self._journal.guarded():
            found = self._database.execute(query, [Ended.SKIPPED, self._run, Ended.CREATED]).fetchone()
        return int(found[0])

    def own_file(self) -> str:
        """The path of the workbook that tells of it; "" where there is none, or somebody has changed it."""
        with self._journal.guarded():
            found = self._database.execute(
                "SELECT path, version FROM undo_files WHERE run = ?", [self._run]
            ).fetchone()
        return found[0] if found and found[1] == file_version(Path(found[0])) else ""

    def name_file(self, path: Path) -> None:
        with self._journal.guarded():
            self._database.execute(
                "INSERT OR REPLACE INTO undo_files VALUES (?, ?, ?)",
                [self._run, str(path), file_version(path)],
            )

    def unproven(self) -> int:
        """How many were to be deleted, without proof that they are gone."""
        query = "SELECT count(*) FROM undone WHERE run = ? AND state = ?"
        with self._journal.guarded():
            return int(self._database.execute(query, [self._run, DELETING]).fetchone()[0])

    def gone(self) -> dict[int, str]:
        """The rows whose opportunities are gone: row → when, UTC."""
        query = "SELECT row, at FROM undone WHERE run = ? AND state IN (?, ?)"
        with self._journal.guarded():
            return dict(self._database.execute(query, [self._run, *GONE]).fetchall())
