"""Cells of an Excel workbook: what a person sees in them, exactly, and why some cannot be trusted."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from importer.records import Stored

Shown = tuple[Stored, str, str]
"""The value to write again, the text that a person sees, and why not to trust them ("" where all is well)."""

ShowNumber = Callable[[int | float], Shown]

FIRST_OF_16_DIGITS = 10**15
DIGITS_LOST = (
    "is stored as a number of 16 or more digits, of which Excel keeps only 15 "
    "(format the column as Text and type it again)"
)
NO_DATE = "is formatted as a date, but the number in it is no date: Excel shows ##### (type the date again)"
NO_SUCH_DAY = "shows 29 February 1900, a day that never was (type the date again)"
NO_NUMBER = "holds a number too large for Excel (type it again)"
FORMULA_NOT_SAVED = "holds a formula whose result is not saved (open the workbook in Excel and save it)"

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LITERAL_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
# A zero; or what is shown as it stands: quoted, after a backslash, a currency (before its language), a sign
# that Excel takes unquoted.
_ZERO_OR_LITERAL = r"""0|"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|([-+$(){}<>=^&~!': ]|[^\x00-\x7f])"""
_PIECE = re.compile(_ZERO_OR_LITERAL)
_ZEROS_AND_LITERALS = re.compile(f"(?:{_ZERO_OR_LITERAL})+")
_FIRST_SECTION = re.compile(r"""(?:"[^"]*"|\\.|[^;"\\])*""", re.DOTALL)
_COLOUR = re.compile(r"^\[(?:black|blue|cyan|green|magenta|red|white|yellow|color *\d+)\]", re.IGNORECASE)
_SECOND = timedelta(seconds=1)
_LAST_SECOND = datetime.max.replace(microsecond=0)


def show_text(text: str) -> Shown:
    exact = _unescape(text) if "_x" in text else text
    return exact, exact, ""


def _unescape(text: str) -> str:
    """Excel writes a character that XML cannot hold as `_x000D_`, and a real `_x000D_` as `_x005F_x000D_`."""
    exact = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    # A character beyond U+FFFF may come as two escapes; half of one is no character at all.
    return exact.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def show_error(name: str) -> Shown:
    return name, name, f"holds Excel's error {name} (mend its formula, or type the value)"


def show_boolean(value: bool) -> Shown:
    return value, "TRUE" if value else "FALSE", ""


def how_to_show(number_format: str, epoch: datetime) -> ShowNumber:
    """How numbers of this format are shown: exactly. The format's rounding never counts, its zeros do.

    With two zeros or more it writes codes, so what it shows among them counts too; other letters are a unit.
    """
    pieces = _pieces(number_format)
    if pieces.count(None) > 1:
        return partial(_show_padded, pieces=pieces)
    if is_date_format(number_format):
        return partial(_show_serial, epoch=epoch, is_duration=is_timedelta_format(number_format))
    if "%" in _LITERAL_IN_FORMAT.sub("", number_format):
        return _show_percent
    return show_number


def _pieces(number_format: str) -> list[str | None]:
    """A format of zeros and literals only, with None for each zero; of any other format none.

    What stands behind a semicolon is for negative numbers, for zero and for texts, and colours show no zeros.
    """
    code = _COLOUR.sub("", _FIRST_SECTION.match(number_format)[0])  # type: ignore[index]  # it matches any text
    if not _ZEROS_AND_LITERALS.fullmatch(code):
        return []
    found = _PIECE.finditer(code)
    return [None if piece[0] == "0" else "".join(filter(None, piece.groups())) for piece in found]


def show_number(number: int | float) -> Shown:
    if isinstance(number, float):
        if not math.isfinite(number):
            return None, "", NO_NUMBER
        if number.is_integer() and abs(number) < FIRST_OF_16_DIGITS:
            number = int(number)
    text = repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
    return number, text.removesuffix(".0"), DIGITS_LOST if abs(number) >= FIRST_OF_16_DIGITS else ""


def _show_percent(number: int | float) -> Shown:
    value, text, fault = show_number(number)
    return value, text if fault else f"{(Decimal(text) * 100).normalize():f}%", fault


def _show_padded(number: int | float, pieces: Sequence[str | None]) -> Shown:
    value, text, fault = show_number(number)
    if fault or "." in text:
        return value, text, fault
    zeros = pieces.count(None)
    digits = text.removeprefix("-").zfill(zeros)
    # The digits stand in the zeros from the right; those that are too many stand before the first.
    first = len(digits) - zeros + 1
    each = iter([digits[:first], *digits[first:]])
    shown = "".join(next(each) if piece is None else piece for piece in pieces)
    return value, f"-{shown}" if text.startswith("-") else shown, fault


def _show_serial(number: int | float, epoch: datetime, is_duration: bool) -> Shown:
    if 60 <= number < 61 and epoch == WINDOWS_EPOCH and not is_duration:
        return number, show_number(number)[1], NO_SUCH_DAY
    try:
        if number < 0 and not is_duration:
            raise OverflowError
        return show_moment(from_excel(number, epoch, is_duration))
    except (OverflowError, ValueError):
        value, text, _ = show_number(number)
        return value, text, NO_DATE


def show_moment(value: datetime | date | time | timedelta) -> Shown:
    """Dates and times in ISO, to the nearest second; a midnight is a date, a duration is hours:mm:ss."""
    match value:
        case datetime():
            moment = _to_second(value)
            is_date = moment.time() == time.min
            return value, moment.date().isoformat() if is_date else moment.isoformat(" "), ""
        case date():
            return value, value.isoformat(), ""
        case time():
            return value, _to_second(datetime.combine(date.max, value)).time().isoformat(), ""
        case _:
            return value, _hours(value), ""


def _to_second(moment: datetime) -> datetime:
    second = moment.replace(microsecond=0)
    is_nearer_to_next = moment.microsecond >= 500_000 and second < _LAST_SECOND
    return second + _SECOND if is_nearer_to_next else second


def _hours(duration: timedelta) -> str:
    seconds = round(abs(duration).total_seconds())
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if duration < timedelta() else ''}{hours}:{minutes:02}:{seconds:02}"
