"""The row of the headings, found without a mapping."""

from collections.abc import Sequence
from dataclasses import dataclass

from importer.cell_text import clean
from importer.errors import SheetError
from importer.phone_guess import is_read_by
from importer.records import Row
from importer.result_columns import ResultColumns, find
from importer.values import ValueRules, converter

_LONGEST = 100
_TRIED = 3
_MOST_UNLIKE = 0.3
_OF_DATA = [is_read_by(converter(kind, ValueRules())) for kind in ("email", "number", "date", "guid")]


@dataclass(frozen=True, slots=True)
class Headings:
    """One row, as the headings of the sheet.

    texts:   by column, without outer space; "" where there is none, and in the columns of an earlier result.
    results: the columns of an earlier result.
    is_doubtful: it looks like a row of values, or one above it could be the headings.
    """

    row: int
    texts: tuple[str, ...]
    results: ResultColumns | None
    is_doubtful: bool = False


def headings_in(rows: Sequence[Row], header_row: int | None) -> Headings:
    """The given row, else the first that is as wide as most and has a different text in each cell.

    rows: the first ones of the sheet. Raises SheetError where the given row holds nothing.
    """
    filled = [row for row in rows if not row.is_blank]
    if header_row:
        filled = [row for row in filled if row.number == header_row]
        if not filled:
            raise SheetError(
                f"--header-row {header_row} is given, but that row of the sheet holds nothing "
                "(give the row of the headings as Excel numbers it, or leave it out to have it found)."
            )
        return _headings(filled[0])
    if not filled:
        raise SheetError(
            f"None of the first {len(rows)} rows holds anything "
            "(say with --header-row in which row the headings are, or delete the blank rows above them)."
        )
    usual = sorted(map(_width, filled))[3 * len(filled) // 4]
    wide = [row for row in filled if 2 * _width(row) >= usual and _width(row) >= min(usual, 2)][:_TRIED]
    fit = [row for row in wide if find(row.texts) or _looks_like_headings(row)]
    if not fit:
        return _headings(wide[0], is_doubtful=True)
    return _headings(fit[0], is_doubtful=fit[0] is not wide[0])


def _headings(row: Row, is_doubtful: bool = False) -> Headings:
    texts = tuple(map(clean, row.texts))
    results = find(texts)
    own = results.left_out(Row(row.number, texts)).texts if results else texts
    return Headings(row.number, tuple(text.strip() for text in own), results, is_doubtful)


def _width(row: Row) -> int:
    return len(_texts(row))


def _texts(row: Row) -> list[str]:
    return [text.strip() for text in row.texts if text.strip()]


def _looks_like_headings(row: Row) -> bool:
    texts = _texts(row)
    # A heading that stands twice is told; where most do, they head groups of columns.
    is_distinct = 2 * len({text.casefold() for text in texts}) > len(texts)
    unlike = sum(len(text) > _LONGEST or any(reads(text) for reads in _OF_DATA) for text in texts)
    return is_distinct and unlike <= _MOST_UNLIKE * len(texts)
