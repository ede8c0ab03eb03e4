"""Until when an unattended run may work."""

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from importer.errors import Interrupted, UsageError

MINUTE = 60.0
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """No call begins after it. `at`: seconds since 1970; `option`: as the operator gave it."""

    at: float
    option: str

    @property
    def is_over(self) -> bool:
        return time.time() >= self.at

    def stop(self) -> Interrupted:
        """What ends the work once it is over."""
        return Interrupted(f"Stopped, as the time is over ({self.option}). The same command continues.")


def read_deadline(until: str | None, max_minutes: str | None, now: datetime | None = None) -> Deadline | None:
    """The earlier of both; None where neither is given. Raises UsageError.

    until:       `06:00`, of this machine's clock: the next time that it shows this.
    max_minutes: from now on, such as `90`.
    """
    began = now or datetime.now()
    given = [
        *([Deadline(_next(until, began), f"--until {until}")] if until is not None else []),
        *(
            [Deadline(began.timestamp() + _minutes(max_minutes) * MINUTE, f"--max-minutes {max_minutes}")]
            if max_minutes is not None
            else []
        ),
    ]
    return min(given, key=lambda deadline: deadline.at, default=None)


def _next(until: str, began: datetime) -> float:
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", until.strip(), re.ASCII)
    if not match:
        raise UsageError(f"--until: {until!r} is not a time of day such as 06:00.")
    today = began.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    # Without a zone, so that it is this time of day also where the clocks change in between.
    return (today if today > began else today + DAY).timestamp()


def _minutes(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text.strip(), re.ASCII) or float(text) == 0:
        raise UsageError(f"--max-minutes: {text!r} is not a number of minutes such as 90.")
    return float(text)
