"""The limits that the runs of one account were told by their operators: the lowest counts for all."""

import sqlite3

from importer.answers import Rate

TABLE = """
CREATE TABLE IF NOT EXISTS told (
    booker INTEGER PRIMARY KEY, calls INTEGER NOT NULL, seconds REAL NOT NULL, at REAL NOT NULL
)
"""

# Seconds: who has asked for no turn for longer is not at work any more.
AT_WORK = 60.0


def tell(database: sqlite3.Connection, booker: int, rate: Rate, now: float) -> Rate:
    """Tell one's own limit, and hear the lowest of all who are at work; inside a transaction."""
    database.execute("DELETE FROM told WHERE at < ? OR at > ?", [now - AT_WORK, now])
    database.execute(
        "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)", [booker, rate.calls, rate.seconds, now]
    )
    lowest = database.execute("SELECT calls, seconds FROM told ORDER BY calls / seconds LIMIT 1")
    return Rate(*lowest.fetchone())
