"""A file that one process holds while it imports a sheet; the system frees it however the process ends."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from importer.journal import Journal

# Seconds: another process may be looking, for a moment, whether somebody is at work.
LOOKED_AT_FOR = 0.5


@dataclass(frozen=True, slots=True)
class SheetLock:
    """Raises JournalError where its folder cannot be used."""

    path: Path
    journal: Journal

    @contextmanager
    def tried(self) -> Iterator[bool]:
        """Whether it is held from here on, until the block ends."""
        with self.journal.guarded():
            self.path.touch(mode=0o600)
            lock = self._opened(LOOKED_AT_FOR)
        with closing(lock):
            yield self._takes(lock, "BEGIN EXCLUSIVE")

    def is_held(self) -> bool:
        """By whatever process, this one too. To ask makes no file."""
        with self.journal.guarded():
            try:
                lock = self._opened(0)
            except sqlite3.OperationalError:
                if self.path.exists():
                    raise
                return False
        with closing(lock):
            return not self._takes(lock, "SELECT count(*) FROM sqlite_master")

    def _opened(self, patience: float) -> sqlite3.Connection:
        where = f"{self.path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(where, timeout=patience, isolation_level=None, uri=True)

    def _takes(self, lock: sqlite3.Connection, how: str) -> bool:
        with self.journal.guarded():
            try:
                lock.execute(how)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                return False
        return True
