"""The file in which all processes of an account book their turns.

A process books one slot ahead, behind everybody else's, and takes its turn when the slot has come; so turns
go round. Where one does not come, those behind it move up: nobody holds what another could wait for.
"""

import math
import secrets
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from importer import days, told
from importer.answers import Rate
from importer.boot import boot, is_same_boot
from importer.budget import Budget
from importer.database import Kept, private, telling_failures, writing
from importer.days import Days
from importer.slowdown import Slowdown

# Seconds: a slot that passed unused by more is lost, or its call would come together with the next ones.
UNUSED_AFTER = 0.05

# No limit has more calls, so older turns matter to nobody; a process keeps a few of its own at least.
MOST_CALLS, FEW = 10_000, 6

PACE = Kept(
    "The pace file",
    "Nothing more is sent, since nobody could know how many calls other runs make.",
    "the file is damaged (delete it: it holds only the latest turns, and how many calls were made each day)",
)

# Times are seconds of the monotonic clock, which all processes of a machine have in common.
TABLES = """
CREATE TABLE IF NOT EXISTS state (
    boot TEXT NOT NULL, calls INTEGER, seconds REAL, factor REAL NOT NULL DEFAULT 1,
    bursts INTEGER NOT NULL DEFAULT 0, clean INTEGER NOT NULL DEFAULT 0,
    paused_at REAL NOT NULL DEFAULT -9e999, last_turn REAL NOT NULL DEFAULT -9e999
);
CREATE TABLE IF NOT EXISTS slots (
    id INTEGER PRIMARY KEY, booker INTEGER NOT NULL, booked REAL NOT NULL, slot REAL NOT NULL, taken REAL
);
CREATE INDEX IF NOT EXISTS in_order ON slots (slot);
CREATE INDEX IF NOT EXISTS waiting ON slots (slot) WHERE taken IS NULL;
CREATE INDEX IF NOT EXISTS turns ON slots (taken) WHERE taken IS NOT NULL;
"""


class Slots:
    """One process's view of the file. It never sleeps. Raises JournalError, and StopRule by the budget.

    turns: of this process, the latest last, as far as they can matter to anybody; at first those that it
           took before it came to this file.
    """

    def __init__(
        self, path: Path, own: Rate, budget: Budget, clock: Callable[[], float], turns: Iterable[float] = ()
    ) -> None:
        self._path = path
        self._own = self._limit = own
        self.clock = clock
        self._booker = secrets.randbits(62)
        self._row = 0
        self._due = self._used = -math.inf
        self.turns = deque(turns, max(own.calls, FEW))
        with telling_failures(path, PACE):
            private(path)
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._days = Days(self._database, budget)
            try:
                self._prepare(boot())
            except BaseException:
                self._database.close()
                raise

    def _prepare(self, boot: str) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        # A power cut may take the last turns with it: the reboot lasts longer than they count.
        self._database.execute("PRAGMA synchronous = NORMAL")
        with writing(self._database):
            for statement in (*TABLES.split(";\n"), days.TABLE, told.TABLE):
                self._database.execute(statement)
            found = self._one("SELECT boot FROM state")
            if found is None:
                self._database.execute("INSERT INTO state (boot) VALUES (?)", [boot])
            elif not is_same_boot(found[0], boot):
                # A clock set anew can look like a reboot; so what this clock has reached stays in force.
                self._write(Slowdown(paused_at=self._read().paused_at))
                self._database.execute("UPDATE state SET boot = ?", [boot])
            for at in self.turns:
                self._days.count()
                self._insert(at, at, at)
        self.slowdown = self._read().as_of(self.clock(), self._own)

    def take(self, goes_on: bool = False) -> bool:
        """Take the turn whose slot has come, or book one; False: try again after `wait` seconds.

        goes_on: another turn is surely wanted after this one, and is booked together with it.
        """
        if self.wait:
            return False
        with self._at_work() as now:
            self._days.check()
            self._due = self._find_slot(now)
            if self._due > now:
                return False
            self._take(now)
            self._row = 0
            self._due = self._find_slot(now) if goes_on else -math.inf
        self.turns.append(now)
        return True

    @property
    def wait(self) -> float:
        """Seconds during which nothing changes for this process; 0.0: ask."""
        return max(0.0, self._due - self.clock())

    @contextmanager
    def _at_work(self) -> Iterator[float]:
        """A transaction, and its time, which is read while no other process can be at work."""
        with telling_failures(self._path, PACE), writing(self._database):
            now = self.clock()
            self._limit = told.tell(self._database, self._booker, self._own, now)
            self.slowdown = self._read().as_of(now, self._limit)
            yield now

    def _find_slot(self, now: float) -> float:
        """When this process may take its turn, or should see whether it has moved up."""
        self._clear(now)
        slot = self._slot()
        free = self._free_from(now, slot)
        if slot == math.inf:
            self._row = self._insert(now, free)
        elif free < slot:
            self._database.execute("UPDATE slots SET slot = ? WHERE id = ?", [free, self._row])
        slot = min(slot, free)
        if slot > now:
            # Only where somebody is in front, who may not come, can this process move up.
            is_behind = self._one("SELECT 1 FROM slots WHERE taken IS NULL AND slot < ? LIMIT 1", slot)
            return min(slot, now + (max(UNUSED_AFTER, self.spacing / 4) if is_behind else told.AT_WORK / 2))
        # Slots are taken a little late, each differently: only the turns themselves say what a window holds.
        limit = self.slowdown.limit(self._limit)
        turn = "SELECT taken FROM slots WHERE taken IS NOT NULL ORDER BY taken DESC LIMIT 1 OFFSET ?"
        earliest = self._one(turn, limit.calls - 1)
        return max(slot, earliest[0] + limit.seconds) if earliest else slot

    def _clear(self, now: float) -> None:
        """Drop the slots of those who did not come, and its own if a pause has overtaken it."""
        self._database.execute(
            "DELETE FROM slots WHERE taken IS NULL AND (slot < ? OR id = ? AND booker = ? AND slot < ?)",
            [now - UNUSED_AFTER, self._row, self._booker, self.slowdown.resume_at(self._limit)],
        )
        last = self._one("SELECT booked FROM slots ORDER BY slot DESC LIMIT 1")
        if last and last[0] > now:
            # No living process booked that, if its clock is this one: the machine was started anew.
            self._database.execute("DELETE FROM slots WHERE booked > ?", [now])

    def _slot(self) -> float:
        """The slot that this process has booked; infinity: none, or others have dropped it."""
        found = self._one("SELECT slot FROM slots WHERE id = ? AND booker = ?", self._row, self._booker)
        return float(found[0]) if found else math.inf

    def _free_from(self, now: float, before: float) -> float:
        """From when on a slot is free, by the slots that are booked before that time."""
        spacing, window = self.slowdown.spacing(self._limit), self.slowdown.window(self._limit)
        # The slot of its own last turn counts even if others have lost it.
        free = max(now, self.slowdown.resume_at(self._limit), self._used + spacing)
        for slots_ago, pause in ((1, spacing), (self.slowdown.limit(self._limit).calls, window)):
            earlier = "SELECT slot FROM slots WHERE slot < ? ORDER BY slot DESC LIMIT 1 OFFSET ?"
            if found := self._one(earlier, before, slots_ago - 1):
                free = max(free, found[0] + pause)
        return free

    def _insert(self, booked: float, slot: float, taken: float | None = None) -> int:
        added = self._database.execute(
            "INSERT INTO slots (booker, booked, slot, taken) VALUES (?, ?, ?, ?)",
            [self._booker, booked, slot, taken],
        )
        row = added.lastrowid or 0
        if row % 100 == 0:
            self._database.execute("DELETE FROM slots WHERE id <= ?", [row - MOST_CALLS])
        return row

    def _take(self, now: float) -> None:
        self._used = self._slot()
        self._database.execute("UPDATE slots SET taken = ? WHERE id = ?", [now, self._row])
        self._days.count()
        self.slowdown = self.slowdown.after_turn(now)
        self._write(self.slowdown)

    def refused(self, taken_at: float, named: Rate | None) -> bool:
        """As `Pace.refused`."""
        with self._at_work() as now:
            if taken_at <= self.slowdown.paused_at:
                return False
            before = self.slowdown.limit(self._limit)
            self.slowdown = self.slowdown.after_burst(now, named, self._limit)
            self._write(self.slowdown)
            return self.slowdown.limit(self._limit) != before

    def unspend(self) -> None:
        """As `Pace.unused`."""
        with telling_failures(self._path, PACE):
            self._days.uncount()

    def spent(self) -> int:
        """The calls of all processes today."""
        with telling_failures(self._path, PACE):
            return self._days.spent()

    def _read(self) -> Slowdown:
        columns = "calls, seconds, factor, bursts, clean, paused_at, last_turn"
        calls, seconds, *rest = self._one(f"SELECT {columns} FROM state") or ()  # noqa: S608 (names from above)
        return Slowdown(Rate(calls, seconds) if calls else None, *rest)

    def _write(self, slowdown: Slowdown) -> None:
        named = slowdown.named
        self._database.execute(
            "UPDATE state SET calls = ?, seconds = ?, factor = ?, bursts = ?, clean = ?, paused_at = ?, "
            "last_turn = ?",
            [
                named and named.calls, named and named.seconds, slowdown.factor, slowdown.bursts,
                slowdown.clean, slowdown.paused_at, slowdown.last_turn,
            ],
        )  # fmt: skip

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._database.execute(query, values).fetchone()
        return found

    @property
    def limit(self) -> Rate:
        """The limit in use: the lowest that a run at work was told, or a lower one that LeadSquared named."""
        return self.slowdown.limit(self._limit)

    @property
    def spacing(self) -> float:
        """The seconds between two turns."""
        return self.slowdown.spacing(self._limit)

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._database.execute("DELETE FROM told WHERE booker = ?", [self._booker])
            self._database.execute(
                "DELETE FROM slots WHERE id = ? AND booker = ? AND taken IS NULL", [self._row, self._booker]
            )
        self._database.close()
