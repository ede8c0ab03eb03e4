"""The journal's database file: how it is opened, what its tables are, and how its failures are told."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from importer.errors import JournalError

VERSION = 6

ALONE = ("BEGIN IMMEDIATE", "ROLLBACK", "COMMIT")
INSIDE = ("SAVEPOINT inside", "ROLLBACK TO inside", "RELEASE inside")


class Kept(NamedTuple):
    """How the failure of a database file is told: its name, what follows, and what to do if it is damaged."""

    name: str
    consequence: str
    damaged: str


JOURNAL = Kept(
    "The journal",
    "Nothing more is sent, since nobody could know later what was sent.",
    "the file is damaged (restore it from a backup; do not delete it: it knows what was sent)",
)

UNDONE = """
-- Opportunities that a run created and that were deleted again; `state` is a word of undone.py.
CREATE TABLE undone (
    run INTEGER NOT NULL, row INTEGER NOT NULL, opportunity_id TEXT NOT NULL COLLATE NOCASE,
    state TEXT NOT NULL, said TEXT NOT NULL DEFAULT '', at TEXT NOT NULL,
    PRIMARY KEY (run, row)
) WITHOUT ROWID;
CREATE INDEX undone_opportunities ON undone (opportunity_id);
-- The workbook that tells of it, and the version that was written.
CREATE TABLE undo_files (run INTEGER PRIMARY KEY, path TEXT NOT NULL, version TEXT NOT NULL);
"""

PURGED = """
-- Runs whose personal data was removed, and when; until it is rewritten, the file may hold traces of it.
CREATE TABLE purged (run INTEGER PRIMARY KEY, at TEXT NOT NULL, rewritten INTEGER NOT NULL DEFAULT 0);
"""

# What a journal of an earlier version lacks to be one of the next.
STEPS = {
    4: "ALTER TABLE runs ADD COLUMN unless_open INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE entries ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;\n" + UNDONE,
    5: "ALTER TABLE entries ADD COLUMN writes_over INTEGER NOT NULL DEFAULT 0;\n" + PURGED,
}

TABLES = (
    """
CREATE TABLE secret (fingerprint_key BLOB NOT NULL);

-- Which account an access key belongs to, so that a night works when that read fails.
CREATE TABLE accounts (key_hash TEXT PRIMARY KEY, name TEXT NOT NULL, organisation TEXT NOT NULL);

CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, organisation TEXT NOT NULL, host TEXT NOT NULL,
    sheet TEXT NOT NULL, worksheet TEXT NOT NULL, sheet_sha256 TEXT NOT NULL, header_row INTEGER NOT NULL,
    encoding TEXT NOT NULL, delimiter TEXT NOT NULL,
    mapping TEXT NOT NULL, event_code INTEGER NOT NULL,
    rows INTEGER NOT NULL, pace TEXT NOT NULL, again INTEGER NOT NULL,
    details INTEGER NOT NULL, unless_open INTEGER NOT NULL, mark TEXT NOT NULL,
    started TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '',
    exit_code INTEGER, stopped TEXT NOT NULL DEFAULT '', finished INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    result_version TEXT NOT NULL DEFAULT '', verified TEXT NOT NULL DEFAULT '',
    -- What the worksheet Summary tells of the sheet's values, with an example of each kind.
    noticed TEXT NOT NULL DEFAULT ''
);
CREATE INDEX runs_of_a_sheet ON runs (account, sheet, worksheet, event_code);
CREATE INDEX runs_of_a_file ON runs (sheet_sha256);

-- One line for each row that anything is known about; `ended` is an outcome, 'sending' or 'absent'.
CREATE TABLE entries (
    run INTEGER NOT NULL REFERENCES runs, row INTEGER NOT NULL,
    fingerprint BLOB, ended TEXT NOT NULL,
    created_id TEXT NOT NULL DEFAULT '', conflicted_id TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT '', exception_type TEXT NOT NULL DEFAULT '',
    exception_message TEXT NOT NULL DEFAULT '', advice TEXT NOT NULL DEFAULT '',
    prospect_id TEXT NOT NULL DEFAULT '', request_id TEXT NOT NULL DEFAULT '',
    first_sent_at TEXT NOT NULL DEFAULT '', sent_at TEXT NOT NULL DEFAULT '',
    reply TEXT NOT NULL DEFAULT '', problems TEXT NOT NULL DEFAULT '',
    -- How many requests may have left, and what the row can be found by in LeadSquared.
    sends INTEGER NOT NULL DEFAULT 0, reference TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '',
    -- The value that finds the lead, kept only until it is certain how the row ended.
    lookup_name TEXT NOT NULL DEFAULT '', lookup_value TEXT NOT NULL DEFAULT '',
    -- Keyed hashes of what the cells said, by column.
    said TEXT NOT NULL DEFAULT '',
    -- Whether it was sent in another Status than Open.
    closed INTEGER NOT NULL DEFAULT 0,
    -- Whether its values, the reference too, may go into an opportunity that was there before.
    writes_over INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, row)
) WITHOUT ROWID;
CREATE INDEX entries_of_a_fingerprint ON entries (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX entries_of_a_created ON entries (created_id) WHERE created_id <> '';
CREATE INDEX entries_of_a_conflicted ON entries (conflicted_id) WHERE conflicted_id <> '';
-- Keyed hashes of the unique values of each sent row's lead, and of the digits of its phone numbers.
CREATE TABLE leads (
    lead BLOB NOT NULL, run INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (lead, run, row)
) WITHOUT ROWID;
-- Rows of earlier runs that a run asked for, since they were unclear and no longer in the sheet.
CREATE TABLE elsewhere (
    run INTEGER NOT NULL, earlier_run INTEGER NOT NULL, earlier_row INTEGER NOT NULL,
    PRIMARY KEY (run, earlier_run, earlier_row)
) WITHOUT ROWID;
"""
    + UNDONE
    + PURGED
)


def connect(folder: Path) -> sqlite3.Connection:
    """The journal of this folder, made where there is none; raises JournalError."""
    path = folder / "journal.db"
    with telling_failures(path):
        _refuse_to_replace(path)
        private(path)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _refuse_to_replace(path: Path) -> None:
    """A journal that is gone, or empty, was not always so where a run has left its lock."""
    is_new = not path.exists() or path.stat().st_size == 0
    if is_new and any(path.parent.glob("sheet-*.lock")):
        raise JournalError(
            f"The journal {path} is gone, although sheets were run from here. Restore it from a backup: it "
            "knows what was sent. To start anew, so that every row counts as never sent, remove the "
            f"folder {path.parent}."
        )


def private(path: Path) -> None:
    """The file and its folder exist, and only this user can read them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        # The journal holds people's data; Windows keeps a user's own folder private by itself.
        path.touch(mode=0o600)
        for each, most in ((path.parent, 0o700), (path, 0o600)):
            # Rights are only taken: what its owner has made read-only stays so.
            each.chmod(each.stat().st_mode & most)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    # Anything less may forget the last rows when the power fails, and they would be sent again.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is no longer needed, such as whose a row is once that is settled, leaves no trace in the file.
    connection.execute("PRAGMA secure_delete = ON")
    with writing(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            _execute(connection, TABLES)
            connection.execute("INSERT INTO secret VALUES (?)", [secrets.token_bytes(32)])
            connection.execute(f"PRAGMA user_version = {VERSION}")
            return
        while version in STEPS:
            _execute(connection, STEPS[version])
            version += 1
            connection.execute(f"PRAGMA user_version = {version}")
        if version != VERSION:
            raise JournalError(
                f"The journal {path} was written by another version of the importer (its version is "
                f"{version}, this one knows {VERSION}). Use that importer, or set IMPORTER_STATE to a "
                "new folder."
            )
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError("malformed")


def _execute(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";\n"):
        connection.execute(statement)


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside is on the disk at the end, or nothing of it; inside another, at that one's end."""
    begin, undo, end = INSIDE if connection.in_transaction else ALONE
    connection.execute(begin)
    try:
        yield
    except BaseException:
        # A full disk may have undone everything already.
        if connection.in_transaction:
            connection.execute(undo)
        raise
    connection.execute(end)


@contextmanager
def telling_failures(path: Path, kept: Kept = JOURNAL) -> Iterator[None]:
    """Turns what SQLite and the disk say into one sentence for the operator: a JournalError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JournalError(
            f"{kept.name} {path} cannot be used: {_told(error, kept.damaged)}. {kept.consequence}"
        ) from error


def _told(error: Exception, damaged: str) -> str:
    text = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    cures = {
        "full": "the disk is full (make room, then run the same command again)",
        "readonly": "it may not be written (check the folder's permissions)",
        "unable to open": "it may not be opened (check the folder's permissions)",
        "Permission denied": "it may not be opened (check the folder's permissions)",
        "locked": "another program keeps it locked (close it, then run the same command again)",
        "malformed": damaged,
        "not a database": damaged,
    }
    return next((cure for sign, cure in cures.items() if sign in text), text)
