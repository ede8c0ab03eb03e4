"""How many calls a day may take, by UTC days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from importer.errors import DaySpent


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `daily` calls in a day; None: as many as there are. `now` has a time zone."""

    daily: int | None = None
    now: Callable[[], datetime] = utc_now

    @property
    def day(self) -> str:
        """Today's date, `YYYY-MM-DD`."""
        return f"{self.now().astimezone(UTC):%Y-%m-%d}"

    def left(self, spent: int) -> int | None:
        return None if self.daily is None else max(0, self.daily - spent)

    def check(self, spent: int) -> None:
        """Raises DaySpent where today's calls are spent."""
        if self.left(spent) != 0:
            return
        ends = _midnight_after(self.now())
        raise DaySpent(
            f"{spent:,} calls were spent today by all runs, and LSQ_DAILY_CALLS allows {self.daily:,}. "
            f"The day ends at 00:00 UTC ({ends.astimezone():%d %b %H:%M} here): from then on, or with a "
            "larger LSQ_DAILY_CALLS, the same command continues."
        )

    def reached(self, calls: int, spent: int, seconds_for_one: float) -> tuple[int, datetime] | None:
        """After how many of so many calls, and when, a day's calls are spent; None: not before the end."""
        left = self.left(spent)
        if self.daily is None or left is None:
            return None
        done, at = 0, self.now()
        while done + left < calls:
            midnight = _midnight_after(at)
            until_midnight = int((midnight - at).total_seconds() / seconds_for_one)
            if left <= until_midnight:
                return done + left, at + timedelta(seconds=left * seconds_for_one)
            done, at, left = done + max(until_midnight, 1), midnight, self.daily
        return None


def _midnight_after(moment: datetime) -> datetime:
    start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)
