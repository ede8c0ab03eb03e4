"""What a person should know of a column's cells, each a whole sentence with the first cell."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from importer.cell_names import cell_name, column_letter
from importer.cell_text import quoted
from importer.choices import fold
from importer.column_tally import OUTER_SPACE, UNSEEN, ColumnTally, Seen
from importer.kind_guess import Guess, Misfit
from importer.remarks import WARNINGS, oddity
from importer.spelling import counted
from importer.stored_tally import StoredTally

_SHOWN = 3
_AS_TYPED = ("text", "choice", "multi_choice")
# Kinds in which a value that stands twice is odd, when so large a share of the filled cells differ.
_UNIQUE = {"email": 0.5, "phone": 0.5, "guid": 0.5, "text": 0.995, "integer": 0.995}
_NAMED_DAY = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Column:
    """All that was found out of one column. `twins` are the other columns with the same heading."""

    place: int
    heading: str
    header_row: int
    rows: int
    tally: ColumnTally
    stored: StoredTally
    values: tuple[Seen, ...]
    guess: Guess
    refused: tuple[Misfit, ...]
    twins: tuple[int, ...] = ()

    @property
    def texts(self) -> list[str]:
        return [value.text for value in self.values]

    def cell(self, row: int) -> str:
        return cell_name(self.place, row)


def oddities(column: Column) -> Iterator[str]:
    """Those of the heading first, then what would not be sent, then what is only worth knowing."""
    for about in _ALL:
        yield from about(column)


def _heading(column: Column) -> Iterator[str]:
    if not column.heading and column.values:
        yield (
            f"{counted(column.tally.filled, 'cell')} below no heading, first "
            f"{column.cell(column.values[0].row)} (write one into {column.cell(column.header_row)}, or see "
            "whether the row has been shifted)."
        )
    if column.twins:
        others = ", ".join(map(column_letter, column.twins))
        yield f"Column {others} has the same heading (give each column a heading of its own)."


def _untrusted(column: Column) -> Iterator[str]:
    if fault := column.stored.fault:
        others = counted(fault.count - 1, "more cell")
        rest = f"; {others} of the column cannot be trusted either" if fault.count > 1 else ""
        yield f"{column.cell(fault.row)} {fault.text}{rest}."


def _refused(column: Column) -> Iterator[str]:
    by_code: dict[str, list[Misfit]] = {}
    for misfit in column.refused:
        if not oddity(misfit.seen.text):
            by_code.setdefault(misfit.code, []).append(misfit)
    groups = sorted(by_code.values(), key=lambda group: -_cells(group))
    for group in groups[:_SHOWN]:
        first = min(group, key=lambda misfit: misfit.seen.row)
        yield f"{column.cell(first.seen.row)}: {first.message}{_more(_cells(group), column)}."


def _cells(group: Sequence[Misfit]) -> int:
    return sum(misfit.seen.count for misfit in group)


def _more(cells: int, column: Column | None = None) -> str:
    if cells == 1:
        return ""
    others = counted(cells - 1, "more cell")
    # Of a long column not every value is read.
    least = "at least " if column and column.tally.is_sampled else ""
    return f"; {least}{others} like it"


def _marked(column: Column) -> Iterator[str]:
    for code, said in WARNINGS.items():
        if seen := column.tally.marks.get(code):
            yield f"{column.cell(seen.row)}: {quoted(seen.text)} {said}{_more(seen.count)}."
    if seen := column.tally.marks.get(UNSEEN):
        yield (
            f"{counted(seen.count, 'cell')} with characters that nobody sees, first {column.cell(seen.row)}: "
            f"{quoted(seen.text)} (they are not sent)."
        )
    if (seen := column.tally.marks.get(OUTER_SPACE)) and column.guess.kind in _AS_TYPED:
        yield (
            f"{counted(seen.count, 'cell')} with blanks before or after the text, first "
            f"{column.cell(seen.row)}: {quoted(seen.text)}."
        )


def _shortened(column: Column) -> Iterator[str]:
    if column.guess.kind in _AS_TYPED and (
        found := [one for one in column.values if _LOST.fullmatch(one.text)]
    ):
        yield (
            f"{column.cell(found[0].row)}: {quoted(found[0].text)} is a number that Excel shortened, its "
            f"last digits are gone{_more(sum(one.count for one in found), column)}."
        )


_LOST = re.compile(r"\d[.,]\d+[eE]\+\d\d+")


def _both_orders(column: Column) -> Iterator[str]:
    dates = column.guess.dates
    if dates and dates.both:
        rows = {value.text: value.row for value in column.values}
        one, other = (f"{quoted(text)} in {column.cell(rows[text])}" for text in dates.both)
        yield f"Some dates have the day first ({one}), others the month ({other}): write them all one way."


def _countries(column: Column) -> Iterator[str]:
    phones = column.guess.phones
    if phones and phones.as_likely:
        others = ", ".join(phones.as_likely)
        yield f"These numbers exist in {others} as well: see of which country they are (region)."


def _ways_of_dates(column: Column) -> Iterator[str]:
    if column.guess.dates is None:
        return
    wrong = {misfit.seen.text for misfit in column.refused if misfit.code == "DATE-UNREADABLE"}
    ways: dict[str, list[Seen]] = {}
    for value in column.values:
        if value.text not in wrong:
            ways.setdefault(_way(value.text), []).append(value)
    # That of dates stored as such is another anyway, and has been told.
    if len(ways) > (2 if column.stored.dates and column.stored.texts else 1):
        counts = sorted(ways.values(), key=lambda group: -sum(value.count for value in group))
        shown = ", ".join(
            f"{quoted(group[0].text)} in {column.cell(group[0].row)} "
            f"({counted(sum(value.count for value in group), 'cell')})"
            for group in counts[:_SHOWN]
        )
        yield f"Dates are written in {len(ways)} ways: {shown}."


def _way(text: str) -> str:
    """`31/03/2026 10:30` → `1/1/2`: how the day is written, and not the time."""
    day = re.split(r"[T\s,]+\d{1,2}:", text)[0]
    return re.sub(r"\d{1,2}", "1", re.sub(r"\d{4}", "2", _NAMED_DAY.sub("month", day)))


def _mixed_storage(column: Column) -> Iterator[str]:
    stored, noun = column.stored, {"date": "dates", "datetime": "dates"}.get(column.guess.kind, "numbers")
    typed = stored.dates if noun == "dates" else stored.numbers
    texts = stored.texts
    if column.guess.kind in ("date", "datetime", "number", "integer") and typed and texts:
        yield (
            f"{counted(texts.count, 'cell')} stored as text, first {column.cell(texts.row)}: "
            f"{quoted(texts.text)}, and {typed:,} as real {noun}."
        )


def _spellings(column: Column) -> Iterator[str]:
    if column.guess.kind != "choice":
        return
    chosen = {fold(word): word for word, _ in column.guess.values}
    others = [one for one in column.values if chosen.get(fold(one.text), one.text) != one.text]
    if others:
        shown = ", ".join(
            f"{quoted(one.text)} in {column.cell(one.row)} for {quoted(chosen[fold(one.text)])}"
            for one in others[:_SHOWN]
        )
        rest = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        yield f"The same word is written in different ways: {shown}{rest}."


def _repeated(column: Column) -> Iterator[str]:
    filled, distinct = column.tally.filled, column.tally.distinct
    least = _UNIQUE.get(column.guess.kind)
    if least is None or distinct == filled or distinct < 10 * least or distinct < least * filled:
        return
    others = {misfit.seen.text for misfit in column.refused} | {*filter(oddity, column.texts)}
    values, row = column.tally.repeated(others)
    first = next((one for one in column.values if one.row == row), None)
    if first and values == 1:
        yield f"{quoted(first.text)} stands in {first.count:,} cells, first {column.cell(row)}."
    elif values:
        example = f" ({quoted(first.text)}, in {first.count:,} cells)" if first else ""
        stand = "value stands" if values == 1 else "values stand"
        yield f"{values:,} {stand} in more than one cell, first {column.cell(row)}{example}."


_ALL: tuple[Callable[[Column], Iterator[str]], ...] = (
    _heading,
    _untrusted,
    _both_orders,
    _countries,
    _refused,
    _marked,
    _shortened,
    _mixed_storage,
    _ways_of_dates,
    _spellings,
    _repeated,
)
