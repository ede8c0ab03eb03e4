"""How far the rows are, and how fast they end."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

MINUTE = 60.0


class Progress:
    """`settled` of so many rows have ended before. `clock` gives seconds."""

    def __init__(self, rows: int, settled: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows = rows
        self._done = self._began_with = settled
        self._began_at = self._told_at = clock()
        self._counts: Counter[str] = Counter()

    def ended(self, word: str) -> None:
        """One more row has ended."""
        self._counts[word] += 1
        self._done += 1

    def is_due(self) -> bool:
        """Whether it is time to tell it: once a minute."""
        now = self._clock()
        if now - self._told_at < MINUTE:
            return False
        self._told_at = now
        return True

    @property
    def counted(self) -> str:
        return ", ".join(f"{word} {count:,}" for word, count in self._counts.items())

    @property
    def sentence(self) -> str:
        rate = self._rate
        left = (self._rows - self._done) / rate if rate else 0.0
        return (
            f"{self._done:,} of {self._rows:,} rows, {rate:.1f} a second, "
            f"about {left / MINUTE:.0f} min left: {self.counted}"
        )

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "done": self._done,
            "rows": self._rows,
            "outcomes": {str(word): count for word, count in self._counts.items()},
            "per_second": round(self._rate, 2),
        }

    @property
    def _rate(self) -> float:
        passed = self._clock() - self._began_at
        return (self._done - self._began_with) / passed if passed else 0.0
