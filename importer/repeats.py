"""Which rows of one sheet are the same opportunity: kept on disk, so that memory stays flat."""

import sqlite3
from typing import Self


class Repeats:
    """Remembers fingerprints while a sheet is read once."""

    def __init__(self) -> None:
        # An empty name is SQLite's own temporary file, which is gone when it is closed.
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("CREATE TABLE seen (fingerprint BLOB PRIMARY KEY) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._seen.close()

    def __contains__(self, fingerprint: bytes) -> bool:
        """Whether a row of the sheet had it."""
        return bool(self._seen.execute("SELECT 1 FROM seen WHERE fingerprint = ?", [fingerprint]).fetchone())

    def is_first(self, fingerprint: bytes) -> bool:
        """False where a row above had the same fingerprint."""
        return self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", [fingerprint]).rowcount == 1
