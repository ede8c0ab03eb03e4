"""The spellings in which LeadSquared's reads tell a time."""

from collections.abc import Callable
from datetime import UTC, datetime

DATE = "%Y-%m-%d"
LAYOUT = "%Y-%m-%d %H:%M:%S"


def is_moment(value: str, layout: str = LAYOUT) -> bool:
    try:
        # Written again it must be the same: strptime alone would take 2026-3-1.
        return datetime.strptime(value, layout).strftime(layout) == value
    except ValueError:
        return False


def spelt(utc: str, spelling: str) -> str:
    """A time, or a date for its midnight, as these reads spell it; what is neither stays as it is."""
    if is_moment(utc, DATE):
        utc += " 00:00:00"
    if not is_moment(utc):
        return utc
    return READ_TIMES[spelling](datetime.strptime(utc, LAYOUT).replace(tzinfo=UTC))


def _american(time: datetime) -> str:
    hour = (time.hour - 1) % 12 + 1
    return f"{time.month}/{time.day}/{time.year} {hour}:{time:%M:%S} {'AM' if time.hour < 12 else 'PM'}"


READ_TIMES: dict[str, Callable[[datetime], str]] = {
    "plain": lambda time: time.strftime(LAYOUT),
    "milliseconds": lambda time: f"{time:{LAYOUT}}.000",
    "american": _american,
    "json_date": lambda time: f"/Date({int(time.timestamp()) * 1000}+0000)/",
}
"""2026-11-23 10:30:00, 2026-11-23 10:30:00.000, 11/23/2026 10:30:00 AM, /Date(1795429800000+0000)/."""
