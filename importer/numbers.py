"""Numbers as people write them: signs, currencies, percent, and the ways of grouping digits.

- Commas group: 1,200 is twelve hundred; 1,00,000 and 100,000 are both a lakh. A comma is the decimal mark
  only where points or spaces group the digits before it (1.234,56); 12,50 and 0,5 are refused, since
  the next row's 1,250 could not be told from a thousand.
- A point is the decimal mark (1.234 is less than two), unless it stands more than once (1.234.567) or
  before a decimal comma.
- Spaces and apostrophes group by three (1 234 567.89, 1'234'567).
- 1E5 is 100000, digit for digit; but 1.23E+11, an exponent as Excel shows it, is refused: Excel rounded it.

Every digit is kept, the zeros at the end too; zeros in front are not a number's, and go.
"""

import re
from decimal import Decimal

from importer.cell_text import Bad, quoted

_CURRENCY = r"(?:[$£¥\u20a0-\u20cf]|(?:rs\.?|inr|usd|eur|gbp|aed|sar|sgd|cad)(?![a-z]))"
_SPACE = r"[\u0020\u00a0\u2009\u202f]"
_WRITTEN = re.compile(
    rf"""
    (?P<sign>[-+−]?) {_SPACE}* (?:{_CURRENCY} {_SPACE}*)? (?P<inner_sign>[-+−]?)
    (?P<digits>[\d.](?:[\d.,'’\u0020\u00a0\u2009\u202f]*[\d.])?) (?P<power>e-?\d{{1,2}})?
    {_SPACE}* (?:{_CURRENCY}|/-|%)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_POWER_OF_EXCEL = re.compile(r"[-+]?\d[\d.,]*[eE][-+]\d\d+")
# Each way of grouping, with its decimal mark.
_GROUPINGS = tuple(
    (re.compile(digits), mark)
    for digits, mark in (
        (r"\d+(\.\d*)?|\.\d+", "."),
        (r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", "."),
        (r"[1-9]\d?(,\d{2})+,\d{3}(\.\d+)?", "."),
        (r"[1-9]\d{0,2}(\.\d{3})+,\d+", ","),
        (r"[1-9]\d{0,2}(\.\d{3}){2,}", ","),
        (rf"[1-9]\d{{0,2}}(?P<gap>['’]|{_SPACE})\d{{3}}((?P=gap)\d{{3}})*(\.\d+)?", "."),
        (rf"[1-9]\d{{0,2}}(?P<gap>{_SPACE})\d{{3}}((?P=gap)\d{{3}})*,\d+", ","),
    )
)
_NO_DIGIT = re.compile(r"\D")


def number(cell: str) -> str:
    """The exact digits, with a point as the decimal mark: `1,20,000.50` → `120000.50`."""
    if cell.isascii() and cell.isdigit() and cell[0] != "0":
        return cell
    return _digits(_exact(cell))


def integer(cell: str) -> str:
    """The exact digits of a whole number: `1,200.00` → `1200`."""
    exact = _exact(cell)
    if exact != exact.to_integral_value():
        raise Bad("NUMBER-FRACTION", f"{quoted(cell)} is not a whole number such as 12")
    return _digits(exact).partition(".")[0]


def _exact(cell: str) -> Decimal:
    text = cell.strip()
    if text.isascii() and text.isdigit():
        return Decimal(text)
    if _POWER_OF_EXCEL.fullmatch(text):
        raise Bad(
            "NUMBER-ROUNDED",
            f"{quoted(cell)} is a number that Excel shortened, its last digits are gone"
            " (format the column as Number, type it again and save)",
        )
    negative = text.startswith("(") and text.endswith(")")
    written = _WRITTEN.fullmatch(text[1:-1].strip() if negative else text)
    signs = written["sign"] + written["inner_sign"] if written else ""
    digits = _plain(written["digits"]) if written else None
    if written is None or digits is None or len(signs) + negative > 1:
        raise Bad("NUMBER-UNREADABLE", f"{quoted(cell)} is not a number such as 120000 or 1,20,000.50")
    exact = Decimal(digits + (written["power"] or ""))
    return exact.copy_negate() if negative or signs in {"-", "−"} else exact


def _plain(digits: str) -> str | None:
    """The digits without what groups them; None where they are not grouped in a known way."""
    for grouping, mark in _GROUPINGS:
        if grouping.fullmatch(digits):
            whole, point, fraction = digits.partition(mark)
            return _NO_DIGIT.sub("", whole) + ("." + fraction if point else "")
    return None


def _digits(exact: Decimal) -> str:
    return format(exact if exact else exact.copy_abs(), "f")
