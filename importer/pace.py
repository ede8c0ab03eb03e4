"""The rate limit, kept on our side of the wire: the only module that knows pyrate_limiter."""

import math
import time
from collections.abc import Callable

import pyrate_limiter
from pyrate_limiter.clocks import AbstractClock

from importer.records import Rate

# Calls that leave evenly can arrive bunched: the network delays each one differently, by up to this share of
# a window in what was measured. One even stream, a little slower than the limit, was never refused.
ALLOWANCE = 1.02


class _Milliseconds(AbstractClock):
    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds

    def now(self) -> int:
        return round(self._seconds() * 1000)


class Pace:
    """Grants turns, one for each call, evenly spaced and never more than `rate` in any window.

    It never sleeps: whoever asks too early is told how long to wait, and can settle answers meanwhile.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._resume_at = -math.inf
        self._paused_at = -math.inf
        self._adopt(rate)

    def _adopt(self, rate: Rate) -> None:
        self.rate = rate
        self._bucket = pyrate_limiter.InMemoryBucket(_intervals(rate))
        self._bucket._clock = _Milliseconds(self.clock)
        # Leaking on each turn keeps the bucket small without the library's own thread.
        factory = pyrate_limiter.SingleBucketFactory(self._bucket, schedule_leak=False)
        self._limiter = pyrate_limiter.Limiter(factory, buffer_ms=0)

    def turn(self) -> float:
        """0.0: the turn is taken, make the call now. Otherwise: the seconds after which to ask again."""
        now = self.clock()
        if now < self._resume_at:
            return self._resume_at - now
        self._bucket.leak(round(now * 1000))
        if self._limiter.try_acquire(blocking=False):
            return 0.0
        wait = self._bucket.waiting(pyrate_limiter.RateItem("turn", round(now * 1000)))
        return max(wait, 1) / 1000  # type: ignore[type-var,operator]  # a number: this bucket is not async

    def refused(self, taken_at: float, named: Rate | None) -> bool:
        """LeadSquared refused a call whose turn was taken at `taken_at` (this clock's seconds).

        The first refusal of a burst stops all turns for one window and lowers the pace to the limit that
        LeadSquared names, never above one's own. True where the pace was lowered.
        """
        if taken_at <= self._paused_at:
            return False
        self._paused_at = self.clock()
        slower = named is not None and named.calls / named.seconds < self.rate.calls / self.rate.seconds
        if named is not None and slower:
            self._adopt(named)
        self._resume_at = self._paused_at + self.rate.seconds * ALLOWANCE
        return slower

    def seconds_for(self, calls: int) -> float:
        """How long that many calls take at this pace."""
        return calls * self.rate.seconds / self.rate.calls * ALLOWANCE


def _intervals(rate: Rate) -> list[pyrate_limiter.Rate]:
    spacing = math.ceil(rate.seconds * 1000 / rate.calls * ALLOWANCE)
    if rate.calls == 1:
        return [pyrate_limiter.Rate(1, spacing)]
    # The library refuses a window that allows more than the spacing does, so rounding goes to both.
    window = max(math.ceil(rate.seconds * 1000 * ALLOWANCE), spacing * rate.calls)
    return [pyrate_limiter.Rate(1, spacing), pyrate_limiter.Rate(rate.calls, window)]
