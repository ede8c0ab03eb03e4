"""How many calls all processes of an account made on which day."""

import sqlite3
from dataclasses import dataclass

from importer.budget import Budget

TABLE = "CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY, calls INTEGER NOT NULL)"


@dataclass(frozen=True, slots=True)
class Days:
    """Raises sqlite3.Error."""

    database: sqlite3.Connection
    budget: Budget

    def count(self) -> None:
        """One more call today."""
        self.database.execute(
            "INSERT INTO days VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET calls = calls + 1",
            [self.budget.day],
        )

    def uncount(self) -> None:
        """The last call was not made after all."""
        self.database.execute("UPDATE days SET calls = calls - 1 WHERE day = ?", [self.budget.day])

    def spent(self) -> int:
        """Calls today."""
        found = self.database.execute("SELECT calls FROM days WHERE day = ?", [self.budget.day]).fetchone()
        return found[0] if found else 0

    def check(self) -> None:
        """Raises StopRule where today's calls are spent."""
        self.budget.check(self.spent())
