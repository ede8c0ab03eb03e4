"""Dates and times as people write them.

Year-month-day is read everywhere, then the layouts that the mapping declares, then what has one meaning only:
a month's name (English, in any locale), a day above 12, or the order that `day_first` settles. A year of
two digits is a problem unless a declared layout has %y (00 to 68 are then 2000 to 2068).
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from importer.cell_text import Bad, quoted

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_TIME = (
    r"(?:(?:\s*T\s*|[\s,]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*(?P<zone>Z|UTC|GMT|[-+]\d{2}:?\d{2}))?)?"
)
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}}){_TIME}", re.I
)
_OF_ONE_MEANING = tuple(
    re.compile(layout + _TIME, re.IGNORECASE)
    for layout in (
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/., ]*(?P<name>[a-z]{3,9})[-/., ]*(?P<year>\d{4}|\d{2})",
        r"(?P<name>[a-z]{3,9})[-/. ]*(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/., ]+(?P<year>\d{4}|\d{2})",
        r"(?P<first>\d{1,2})(?P<gap>[-/. ])(?P<other>\d{1,2})(?P=gap)(?P<year>\d{4}|\d{2})",
    )
)
_DIRECTIVES = {
    "d": r"(?P<day>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "b": r"(?P<name>[a-z]{3,9})",
    "B": r"(?P<name>[a-z]{3,9})",
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
    "f": r"\d{1,6}",
    "p": r"(?P<half>[ap])\.?m\.?",
    "z": r"(?P<zone>Z|[-+]\d{2}:?\d{2})",
    "Z": r"(?P<zone>Z|UTC|GMT)",
    "a": r"[a-z]{3,9}",
    "A": r"[a-z]{3,9}",
    "%": "%",
}
_DAYS_OF_A_LIFE = 32_768  # so that also dates of birth are mostly known already
_EXCEL_DAY = re.compile(r"\d{5}(?:\.\d+)?")


def date_reader(formats: Sequence[str] = (), day_first: bool | None = None) -> Callable[[str], str]:
    """What turns a date as people type it into `YYYY-MM-DD`, the day that the cell shows.

    formats: layouts in the words of strptime, such as `%d.%m.%y`. Raises ValueError for one that cannot be.
    """
    declared = [_pattern(layout) for layout in formats]

    def date(cell: str) -> str:
        return _read(cell, declared, day_first).date().isoformat()

    return lru_cache(maxsize=_DAYS_OF_A_LIFE)(date)


def datetime_reader(
    formats: Sequence[str] = (), day_first: bool | None = None, zone: tzinfo = UTC
) -> Callable[[str], str]:
    """What turns a date and time as people type it into `YYYY-MM-DD HH:MM:SS` in UTC.

    zone: what times in the sheet mean, unless they name their own offset. A day alone is its midnight there.
    A time that the clocks pass twice is its first, one that they skip is read as if they had not yet moved.
    """
    declared = [_pattern(layout) for layout in formats]

    def date_time(cell: str) -> str:
        moment = _read(cell, declared, day_first)
        try:
            utc = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except OverflowError:
            raise _unreadable(cell) from None
        return utc.replace(tzinfo=None).isoformat(" ", "seconds")

    return lru_cache(maxsize=4096)(date_time)


def _pattern(layout: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", layout, flags=re.DOTALL)
    unknown = [f"%{letter}" for letter in pieces[1::2] if letter not in _DIRECTIVES]
    if unknown:
        raise ValueError(f"{layout!r} has {', '.join(unknown)}; known are %{' %'.join(_DIRECTIVES)}")
    written = [re.sub(r"(?:\\\s)+", r"\\s+", re.escape(piece)) for piece in pieces]
    written[1::2] = [_DIRECTIVES[letter] for letter in pieces[1::2]]
    try:
        pattern = re.compile("".join(written), re.IGNORECASE)
    except re.error:
        raise ValueError(f"{layout!r} names one part of a date twice") from None
    parts = pattern.groupindex.keys()
    if "day" not in parts or not parts & {"month", "name"} or not parts & {"year", "short_year"}:
        raise ValueError(f"{layout!r} lacks a day, a month or a year, as in %d-%m-%Y")
    return pattern


def _read(cell: str, declared: Sequence[re.Pattern[str]], day_first: bool | None) -> datetime:
    text = cell.strip()
    for pattern in (_ISO, *declared, *_OF_ONE_MEANING):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            if "first" in parts:
                parts |= _day_and_month(cell, parts, day_first)
            if len(parts.get("year") or "0000") == 2:
                raise Bad(
                    "DATE-YEAR", f"{quoted(cell)} has a year of two digits (write all four, such as 2026)"
                )
            if moment := _moment(parts):
                return moment
    raise _unreadable(cell)


def _day_and_month(cell: str, parts: dict[str, str | None], day_first: bool | None) -> dict[str, str | None]:
    first, second = parts["first"] or "", parts["other"] or ""
    months = 0 < int(first) <= 12 and 0 < int(second) <= 12
    if day_first is None and months and int(first) != int(second):
        raise Bad(
            "DATE-AMBIGUOUS",
            f"{quoted(cell)} could be {_named(first, second)} or {_named(second, first)}"
            " (say day_first: true or false in the mapping, or write the month's name)",
        )
    month_first = day_first is False or (day_first is None and int(second) > 12)
    return {"day": second, "month": first} if month_first else {"day": first, "month": second}


def _named(day: str, month: str) -> str:
    return f"{int(day)} {_MONTHS[int(month) - 1].title()}"


def _moment(parts: dict[str, str | None]) -> datetime | None:
    """The date and time of these parts; None where the calendar or the clock has no such one."""
    try:
        return datetime(
            _year(parts),
            _month(parts),
            int(parts["day"] or 0),
            _hour(parts),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_offset(parts.get("zone")),
        )
    except ValueError:
        return None


def _year(parts: dict[str, str | None]) -> int:
    if short := parts.get("short_year"):
        return int(short) + (2000 if int(short) < 69 else 1900)
    return int(parts["year"] or 0)


def _month(parts: dict[str, str | None]) -> int:
    name = (parts.get("name") or "").lower()
    if not name:
        return int(parts["month"] or 0)
    return next((number for number, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts.get("hour") or 0), (parts.get("half") or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("no such hour")
    return hour % 12 + (12 if half == "p" else 0)


def _offset(written: str | None) -> timezone | None:
    if not written:
        return None
    if written[0] not in "+-":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


def _unreadable(cell: str) -> Bad:
    if _EXCEL_DAY.fullmatch(cell.strip()):
        return Bad("DATE-NUMBER", f"{quoted(cell)} is a number, not a date (format the column as a date)")
    return Bad("DATE-UNREADABLE", f"{quoted(cell)} is not a date such as 2026-03-31 or 31-Mar-2026")
