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
# It is told again long before that: writing it with every turn would cost more than the turn.
AGAIN_AFTER = 15.0


def tell(database: sqlite3.Connection, booker: int, rate: Rate, now: float) -> Rate:
    """Tell one's own limit, and hear the lowest of all who are at work; inside a transaction."""
    told = database.execute("SELECT booker, calls, seconds, at FROM told").fetchall()
    heard = {
        who: (Rate(calls, seconds), at) for who, calls, seconds, at in told if now - AT_WORK <= at <= now
    }
    own = heard.get(booker)
    if own is None or own[0] != rate or own[1] < now - AGAIN_AFTER:
        database.execute("DELETE FROM told WHERE at < ? OR at > ?", [now - AT_WORK, now])
        database.execute(
            "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)", [booker, rate.calls, rate.seconds, now]
        )
    rates = [rate, *(other for other, _ in heard.values())]
    return min(rates, key=lambda each: each.calls / each.seconds)
