"""Captures that wait for their turn: the sheet's order, and never two of one lead in the air."""

import math
from collections import Counter, deque
from collections.abc import Iterator, Set
from dataclasses import dataclass

from importer.journal import Prints
from importer.phones import phone_digits
from importer.records import Capture

# Enough to find a row of another lead behind a block of rows of one lead.
READ_AHEAD = 256
# Many at a time: read alone, between two long waits, a row takes several times as much CPU.
READ_AT_ONCE = 32

# Seconds after which to see whether another run has ended a row that both sheets have.
PARKED_FOR = 0.5


@dataclass(frozen=True, slots=True)
class Ready:
    """A capture whose end is not known, as it is to be sent.

    reference: what it can be found by in LeadSquared; "" for nothing.
    place:     the schema name of what holds the reference.
    passed:    how the rows between the last capture and this one have ended already.
    """

    capture: Capture
    prints: Prints
    reference: str = ""
    place: str = ""
    passed: tuple[str, ...] = ()

    @property
    def holds(self) -> frozenset[str]:
        """What no other capture in the air may share: the lead, and the opportunity itself."""
        return self.capture.leads | {self.prints.row.hex()}

    @property
    def digits(self) -> frozenset[str]:
        """By which its lead's phone numbers are found that were sent as they are written."""
        values = (lead.partition("=")[2] for lead in self.capture.leads)
        return frozenset().union(*map(phone_digits, values))


class Waiting:
    """Reads ahead a little, and hands out the first capture whose lead is free."""

    def __init__(self, source: Iterator[Ready]) -> None:
        self._source = source
        self._line: deque[Ready] = deque()
        self._parked: deque[tuple[float, Ready]] = deque()
        self._taken: Counter[str] = Counter()
        self._unclear: set[str] = set()

    def take(self, now: float = math.inf) -> Ready | None:
        """The next capture, whose lead is held from now on; None while all of their leads are held."""
        while self._parked and self.parked_until() <= now:
            self.put_back(self._parked.popleft()[1])
        self._read_ahead()
        passed_over: set[str] = set()
        for place, ready in enumerate(self._line):
            holds = ready.holds
            if holds.isdisjoint(self._taken) and holds.isdisjoint(passed_over):
                del self._line[place]
                self.hold(holds)
                return ready
            passed_over |= holds
        return None

    @property
    def goes_on(self) -> bool:
        """Whether more is sure to be taken."""
        return bool(self._line)

    def release(self, ready: Ready) -> None:
        """Its row has ended: later rows of its lead may go."""
        self.let_go(ready.holds)

    def park(self, ready: Ready, now: float) -> None:
        """It keeps its lead and comes again soon: another run has the opportunity or its lead in the air."""
        self._parked.append((now + PARKED_FOR, ready))

    def parked_until(self) -> float:
        """When the first of the parked rows comes again; infinite where none is parked."""
        return self._parked[0][0] if self._parked else math.inf

    def put_back(self, ready: Ready) -> None:
        """It was surely not taken: it goes first again."""
        self.release(ready)
        self._line.appendleft(ready)

    def hold(self, holds: Set[str]) -> None:
        """A row that is in no sheet any more may still land: rows that share any of these wait."""
        self._taken += Counter(holds)

    def let_go(self, holds: Set[str]) -> None:
        """It is known how that row ended."""
        self._taken -= Counter(holds)

    def hold_back(self, ready: Ready) -> None:
        """Nobody knows how its row ended: later rows of its lead are not sent in this run."""
        self.release(ready)
        self.hold_back_lead(ready.holds)

    def hold_back_lead(self, holds: Set[str]) -> None:
        """No row is sent in this run that shares any of these."""
        self._unclear |= holds
        self._line = deque(other for other in self._line if self._is_clear(other))

    def _read_ahead(self) -> None:
        if len(self._line) > READ_AHEAD - READ_AT_ONCE:
            return
        while len(self._line) < READ_AHEAD and (ready := next(self._source, None)):
            if self._is_clear(ready):
                self._line.append(ready)

    def _is_clear(self, ready: Ready) -> bool:
        return ready.holds.isdisjoint(self._unclear)
