"""The rate limit, kept on our side of the wire: the only module that knows pyrate_limiter."""

import hashlib
import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Self

import pyrate_limiter

from importer.answers import Rate
from importer.budget import Budget, utc_now
from importer.slots import FEW, Slots

# Seconds: what comes sooner is no time to do anything else.
SOON = 0.0001

GOES_ON = "goes on"


class Bucket(pyrate_limiter.AbstractBucket):
    """The slots as the library wants them; it thinks in whole milliseconds, the slots do not."""

    def __init__(self, slots: Slots, rate: Rate) -> None:
        self._slots = slots
        self.rates = [pyrate_limiter.Rate(rate.calls, max(1, math.ceil(rate.seconds * 1000)))]
        self.failing_rate = self.rates[0]

    def now(self) -> int:
        return round(self._slots.clock() * 1000)

    def put(self, item: pyrate_limiter.RateItem) -> bool:
        return self._slots.take(goes_on=item.name == GOES_ON)

    def waiting(self, item: pyrate_limiter.RateItem) -> int:
        return math.ceil(max(self._slots.wait, SOON) * 1000)

    def leak(self, current_timestamp: int | None = None) -> int:
        return 0

    def flush(self) -> None:
        """Nothing: the slots are other processes' too."""

    def count(self) -> int:
        return len(self._slots.turns)

    def peek(self, index: int) -> pyrate_limiter.RateItem | None:
        turns = self._slots.turns
        return (
            pyrate_limiter.RateItem("turn", round(turns[-1 - index] * 1000)) if index < len(turns) else None
        )

    def close(self) -> None:
        self._slots.close()


class Pace:
    """Grants turns, one for each call, evenly spaced and never more than `rate` in any window.

    All processes that name the same folder and account share the turns. It never sleeps: whoever asks too
    early is told how long to wait, and can settle answers meanwhile. Raises JournalError.

    calls, refusals: how many turns were granted here and used, and how many of their calls were refused.
    """

    def __init__(
        self,
        rate: Rate,
        folder: Path,
        account: str,
        daily: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = utc_now,
    ) -> None:
        self.clock = clock
        self.daily = daily
        self.calls = 0
        self.refusals = 0
        self._own = rate
        self._folder = folder
        self._budget = Budget(daily, today)
        self._open(account)

    def _open(self, account: str, turns: Iterable[float] = ()) -> None:
        self._account = account
        name = hashlib.sha256(account.encode()).hexdigest()[:16]
        path = self._folder / f"pace-{name}.db"
        self._slots = Slots(path, self._own, self._budget, self.clock, turns)
        # Bookings delete what is out of date, without the library's own thread.
        factory = pyrate_limiter.SingleBucketFactory(Bucket(self._slots, self._own), schedule_leak=False)
        self._limiter = pyrate_limiter.Limiter(factory, buffer_ms=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up the slot that is booked, for whoever comes next."""
        self._limiter.close()

    def join(self, account: str) -> None:
        """Share the pace of this account from now on; the turns taken so far were its turns too."""
        if account != self._account:
            self.close()
            self._open(account, self._slots.turns)

    @property
    def rate(self) -> Rate:
        """The limit in use: the lowest that a run at work was told, or a lower one that LeadSquared named."""
        return self._slots.limit

    @property
    def factor(self) -> float:
        """How many times slower than the limit, since LeadSquared went on refusing calls."""
        return self._slots.slowdown.factor

    @property
    def wait(self) -> float:
        """The seconds for which no turn will be granted; asking costs nothing."""
        return self._slots.wait

    def turn(self, goes_on: bool = False) -> float:
        """0.0: the turn is taken, make the call now. Otherwise: the seconds after which to ask again.

        goes_on: another turn is surely wanted afterwards. Raises StopRule where today's calls are spent.
        """
        if wait := self._slots.wait:
            return max(wait, SOON)
        if self._limiter.try_acquire(GOES_ON if goes_on else "", blocking=False):
            self.calls += 1
            return 0.0
        return max(self._slots.wait, SOON)

    def unused(self) -> None:
        """No call was made in the last turn: it counts towards the limit, and not towards the day's calls."""
        self._slots.unspend()
        self.calls -= 1

    def refused(self, taken_at: float, named: Rate | None) -> bool:
        """LeadSquared refused a call whose turn was taken at `taken_at` (this clock's seconds).

        The first refusal of a burst stops all turns for one window, and lowers the pace to the limit that
        LeadSquared names, never above one's own. If refusals go on nevertheless, each burst slows the pace
        by a quarter, until a clean stretch. True where the limit in use was lowered.
        """
        self.refusals += 1
        return self._slots.refused(taken_at, named)

    def seconds_for(self, calls: int) -> float:
        """How long that many calls take at this pace, if no other run makes any."""
        return calls * self._slots.spacing

    @property
    def own_spacing(self) -> float:
        """The seconds between two turns of one's own, as they came lately; 0.0 while that is not known."""
        lately = list(self._slots.turns)[-FEW:]
        # A single pause among them does not count.
        return median(later - earlier for earlier, later in pairwise(lately)) if len(lately) > 1 else 0.0

    def calls_left(self) -> int | None:
        """How many calls today's budget still allows; None where there is no budget."""
        return self._budget.left(self._slots.spent())

    def budget_reached(self, calls: int) -> tuple[int, datetime] | None:
        """After how many of so many calls, and when, a day's calls are spent; None: not before the end."""
        return self._budget.reached(calls, self._slots.spent(), self.seconds_for(1))
