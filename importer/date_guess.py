"""Whether a column holds dates, and how they are written."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from importer.cell_text import Bad
from importer.dates import date_reader

AS_DATES = ("DATE-AMBIGUOUS", "DATE-YEAR")
"""Why a text is not sent although it surely is a date."""

_MOSTLY = 0.6
_CLEARLY = 0.9
_TIMED = re.compile(r"\d{1,2}:\d{2}")
_MIDNIGHT = re.compile(r"(?<![\d:])(?:00?:00(?::00(?:\.0+)?)?|12:00(?::00)?\s*AM)(?!.*\d{1,2}:\d{2})", re.I)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_NAMED = ("%d-%b-%y", "%d %b %y", "%d/%b/%y", "%d.%b.%y", "%b %d, %y", "%b-%d-%y")
_DAY_FIRST = tuple(f"%d{gap}%m{gap}%y" for gap in "/-. ")
_MONTH_FIRST = tuple(f"%m{gap}%d{gap}%y" for gap in "/-. ")

Way = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of a column are written.

    has_times: so that it is one of datetime.
    options:   what the mapping would say: `day_first`, `formats`; without `day_first` it cannot be told.
    both:      a text that has the day first and one that has the month first, where the column has both.
    """

    has_times: bool
    options: dict[str, object]
    both: tuple[str, str] | None = None


def guess_dates(texts: Sequence[str]) -> Dates | None:
    """None where most of them are no dates."""
    codes = {text: _trouble(date_reader(), text) for text in texts}
    dates = [text for text, code in codes.items() if code in ("", *AS_DATES)]
    if not dates or len(dates) < _MOSTLY * len(texts):
        return None
    short = [text for text in dates if codes[text] == "DATE-YEAR"]
    first_days, first_months = _evidence(dates, short)
    day_first = _decided(len(first_days), len(first_months))
    options: dict[str, object] = {}
    if day_first is not None:
        options["day_first"] = day_first
    if formats := _formats(short, day_first):
        options["formats"] = formats
    both = (first_days[0], first_months[0]) if first_days and first_months else None
    timed = [text for text in dates if _TIMED.search(text) and not _MIDNIGHT.search(text)]
    return Dates(10 * len(timed) > len(dates), options, both)


def _evidence(dates: Sequence[str], short: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those that are dates only with the day first, and those only with the month first."""
    day_first = date_reader(_with_times(_DAY_FIRST) if short else (), day_first=True)
    month_first = date_reader(_with_times(_MONTH_FIRST) if short else (), day_first=False)
    ways = [(text, _trouble(day_first, text), _trouble(month_first, text)) for text in dates]
    return (
        [text for text, one, other in ways if not one and other],
        [text for text, one, other in ways if one and not other],
    )


def _decided(first_days: int, first_months: int) -> bool | None:
    evidence = first_days + first_months
    if not evidence or max(first_days, first_months) < _CLEARLY * evidence:
        return None
    return first_days > first_months


def _formats(short: Sequence[str], day_first: bool | None) -> tuple[str, ...]:
    """The layouts that read years of two digits, those that read most of them first."""
    numbers = {None: (), True: _DAY_FIRST, False: _MONTH_FIRST}[day_first]
    found: list[str] = []
    left = list(short)
    candidates = _with_times((*_NAMED, *numbers)) if short else ()
    while left and candidates:
        unread = {layout: _unread(left, layout) for layout in candidates}
        best = min(unread, key=lambda layout: len(unread[layout]))
        if len(unread[best]) == len(left):
            break
        found.append(best)
        left = unread[best]
    return tuple(found)


def _unread(texts: Sequence[str], layout: str) -> list[str]:
    return list(filter(partial(_trouble, date_reader((layout,))), texts))


def _with_times(layouts: Sequence[str]) -> tuple[str, ...]:
    return tuple(layout + time for layout in layouts for time in _TIMES)


def _trouble(read: Way, text: str) -> str:
    """The code of why this is no date; "" where it is one."""
    try:
        read(text)
    except Bad as bad:
        return bad.code
    return ""
