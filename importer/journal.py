"""The journal: what is known for certain about each row of each run, on disk."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from importer import advice
from importer.database import connect, telling_failures, writing
from importer.records import Capture, Ended, Outcome, Problem

SENDING = "sending"

COLUMNS = (
    "row, ended, created_id, conflicted_id, status, exception_type, exception_message, advice, "
    "prospect_id, request_id, sent_at, reply, problems"
)

UPDATES = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:] if name != "sent_at")

# A row keeps the fingerprint and the time that were written when it was sent.
SETTLE = (
    f"INSERT INTO entries (run, {COLUMNS}, fingerprint) "  # noqa: S608 (names from above, no input)
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, row) DO UPDATE SET "
    f"{UPDATES}, sent_at = max(sent_at, excluded.sent_at)"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose opportunities they are: host + organisation, not the key. `name` is the one that runs go by."""

    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A row with the same fingerprint that was sent before, in this run or another."""

    run: int
    row: int
    ended: str
    created_id: str
    conflicted_id: str
    sent_at: str


class Journal:
    """The journal file of one user; raises JournalError wherever it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.database = connect(folder)
        with self.guarded():
            (self._key,) = self.database.execute("SELECT fingerprint_key FROM secret").fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def guarded(self) -> AbstractContextManager[None]:
        return telling_failures(self.path)

    def account_of(self, key_hash: str) -> Account | None:
        with self.guarded():
            found = self.database.execute(
                "SELECT name, organisation FROM accounts WHERE key_hash = ?", [key_hash]
            ).fetchone()
        return Account(*found) if found else None

    def remember(self, key_hash: str, account: Account) -> None:
        with self.guarded():
            self.database.execute(
                "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?)",
                [key_hash, account.name, account.organisation],
            )

    def fingerprint(self, account: str, capture: Capture) -> bytes:
        """The same for the same opportunity in any sheet, and nothing that people's data can be read from."""
        return fingerprint(capture, self._key, account)


def fingerprint(capture: Capture, key: bytes = b"", account: str = "") -> bytes:
    """16 bytes by recipe 1: the account, the event code and the identity's names and values, keyed."""
    said = json.dumps([1, account, capture.event_code, capture.identity], ensure_ascii=False)
    return hashlib.blake2b(said.encode(), key=key, digest_size=16).digest()


class Entries:
    """The rows of one run in the journal. Every call is on the disk when it returns."""

    def __init__(self, journal: Journal, run: int) -> None:
        self._journal = journal
        self._database = journal.database
        self.run = run

    def sending(self, row: int, fingerprint: bytes, sent_at: str, here_only: bool = False) -> Sent | None:
        """A request for this row may leave from now on.

        Unless the same opportunity was sent meanwhile, by another process perhaps: then nothing is written,
        and the answer says which row it was. `here_only` as in `sent`.
        """
        with self._journal.guarded(), writing(self._database):
            if sent := self.sent(fingerprint, here_only):
                return sent
            self._database.execute(
                "INSERT OR REPLACE INTO entries (run, row, fingerprint, ended, sent_at) "
                "VALUES (?, ?, ?, ?, ?)",
                [self.run, row, fingerprint, SENDING, sent_at],
            )
        return None

    def settle(self, *outcomes: Outcome) -> None:
        """How these rows ended. A row that was sent keeps its fingerprint and the time it was sent at."""
        with self._journal.guarded(), writing(self._database):
            self._database.executemany(SETTLE, (self._line(outcome) for outcome in outcomes))

    def _line(self, outcome: Outcome) -> list[object]:
        problems = [(p.cell, p.column, p.code, p.message) for p in outcome.problems]
        return [
            self.run,
            outcome.row,
            outcome.ended.value,
            outcome.created_id,
            outcome.conflicted_id,
            outcome.status,
            outcome.exception_type,
            outcome.exception_message,
            outcome.advice,
            outcome.prospect_id,
            outcome.request_id,
            outcome.sent_at,
            outcome.reply,
            json.dumps(problems, ensure_ascii=False) if problems else "",
            None,
        ]

    def forget(self, row: int) -> None:
        """The request was surely not taken: the row is as if never sent."""
        self._delete("row = ? AND ended = ?", [row, SENDING])

    def forget_ended(self, *words: Ended) -> None:
        """The rows that ended in these words are to be tried again."""
        for word in words:
            self._delete("ended = ?", [word.value])

    def _delete(self, which: str, values: list[object]) -> None:
        with self._journal.guarded():
            self._database.execute(
                f"DELETE FROM entries WHERE run = ? AND {which}",  # noqa: S608 (our own words, no input)
                [self.run, *values],
            )

    def left_sending(self) -> list[int]:
        """The rows whose request may have left before the program died."""
        with self._journal.guarded():
            return [
                row for (row,) in self._rows("SELECT row FROM entries WHERE run = ? AND ended = ?", SENDING)
            ]

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._database.execute(query, [self.run, *values]).fetchall()

    def ended(self, row: int) -> str | None:
        """The row's outcome in a word, `sending`, or None where nothing left for LeadSquared."""
        with self._journal.guarded():
            found = self._rows("SELECT ended FROM entries WHERE run = ? AND row = ?", row)
        return found[0][0] if found else None

    def sent(self, fingerprint: bytes, here_only: bool) -> Sent | None:
        """The row with this fingerprint that was sent and may have landed; `here_only`: in this run."""
        with self._journal.guarded():
            found = self._database.execute(
                "SELECT run, row, ended, created_id, conflicted_id, sent_at FROM entries "
                "WHERE fingerprint = ? AND (run = ? OR NOT ?) AND ended IN (?, ?, ?, ?) "
                # What is certain says more than what is not.
                "ORDER BY ended IN (?, ?) DESC, run DESC, row LIMIT 1",
                [
                    fingerprint,
                    self.run,
                    here_only,
                    "Created",
                    "Duplicate",
                    "Unknown",
                    SENDING,
                    "Created",
                    "Duplicate",
                ],
            ).fetchone()
        return Sent(*found) if found else None

    def outcomes(self) -> Iterator[Outcome]:
        """Every settled row in the sheet's order; a row that is still `sending` counts as Unknown."""
        with self._journal.guarded():
            lines = self._database.execute(
                f"SELECT {COLUMNS} FROM entries WHERE run = ? ORDER BY row",  # noqa: S608 (names from above)
                [self.run],
            )
            for line in lines:
                yield _outcome(line)

    def counts(self) -> dict[Ended, int]:
        """How many rows ended in each word; rows without an entry are in none."""
        with self._journal.guarded():
            found = dict(
                self._database.execute(
                    "SELECT ended, count(*) FROM entries WHERE run = ? GROUP BY ended", [self.run]
                )
            )
        found[Ended.UNKNOWN] = found.get(Ended.UNKNOWN, 0) + found.pop(SENDING, 0)
        return {word: found.get(word, 0) for word in Ended}

    def partial_successes(self) -> int:
        with self._journal.guarded():
            query = "SELECT count(*) FROM entries WHERE run = ? AND status = 'PartialSuccess'"
            return int(self._rows(query)[0][0])


def cut_off(row: int, sent_at: str = "") -> Outcome:
    """A row whose request may have left when the program died."""
    return Outcome(
        row,
        Ended.UNKNOWN,
        exception_type="NoAnswer",
        exception_message="The importer was ended before LeadSquared's answer had come.",
        advice=advice.UNKNOWN,
        sent_at=sent_at,
    )


def _outcome(line: tuple[Any, ...]) -> Outcome:
    values = dict(zip(COLUMNS.split(", "), line, strict=True))
    if values["ended"] == SENDING:
        return cut_off(values["row"], values["sent_at"])
    problems = tuple(Problem(*problem) for problem in json.loads(values.pop("problems") or "[]"))
    return Outcome(**values | {"ended": Ended(values["ended"]), "problems": problems})
