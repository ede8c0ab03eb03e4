"""The result workbook, a view: results = f(sheet, outcomes). What is told of each row, and of all."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

from importer import advice
from importer.cell_text import UNREADABLE
from importer.cell_writer import ERRORS, LONGEST_TEXT
from importer.errors import ResultError, UsageError
from importer.formulas import guard
from importer.landing import land
from importer.records import MENDING_HEADINGS, RESULT_HEADINGS, Cell, Ended, Outcome, Row
from importer.reply_details import DETAILS, in_words
from importer.summary import Tally
from importer.summary_page import Block
from importer.targets import check_target, free_target
from importer.workbook import LAST_COLUMN, LAST_ROW, Line, Page, write_workbook

MEANINGS = {
    Ended.CREATED: "LeadSquared created an opportunity.",
    Ended.DUPLICATE: "LeadSquared found an existing opportunity.",
    Ended.REJECTED: "LeadSquared refused the row.",
    Ended.INVALID: "Something in the row is wrong, so it was not sent.",
    Ended.SKIPPED: "Sent earlier, or the same as another row, so it was not sent again.",
    Ended.UNKNOWN: "It was sent, and nobody knows how it ended.",
    Ended.NOT_SENT: "It was not sent.",
}


@dataclass(frozen=True, slots=True)
class Original:
    """The sheet that is written again.

    rows:      gives all its rows from row 1 on, as often as wanted.
    worksheet: what its worksheet is to be called. A text file has none, but the mapping may name one, and
               then a workbook made of the file can be run with that mapping; "" becomes Results.
    """

    path: Path
    rows: Callable[[], Iterator[Row]]
    header_row: int
    worksheet: str


def write_results(
    original: Original,
    outcomes: Iterable[Outcome],
    facts: Sequence[tuple[str, str]],
    target: Path,
    details: bool = False,
) -> Path:
    """Write every row of the sheet with its outcome to `target`, an .xlsx or .csv; returns the name it got.

    outcomes: by row number; a row without one counts as NotSent.
    facts:    about the run, for the worksheet Summary.

    The name is another one where `target` is open elsewhere, and ends in .csv where the sheet is too large
    for a workbook. Raises ResultError.
    """
    extent = _extent(original)
    headings = (*RESULT_HEADINGS, *DETAILS) if details else RESULT_HEADINGS
    page = Page(original.worksheet, original.header_row, extent.width, headings)
    tally = Tally()
    lines = _result_lines(original, page, outcomes, tally)
    return _write(original, page, lines, extent.name_for(target, page), _blocks(tally, facts))


def write_failed(original: Original, outcomes: Iterable[Outcome], target: Path) -> Path:
    """Write only the rows that a person must mend, ready to be run; otherwise as `write_results`.

    Title rows and headings stay where they stood; the cells that messages name are those of the new file.
    """
    extent = _extent(original)
    page = Page(original.worksheet, original.header_row, extent.width, MENDING_HEADINGS)
    # A result may show a long text cut short, but this file is sent again.
    name = extent.name_for(target, page, LONGEST_TEXT)
    return _write(original, page, _failed_lines(original, page, outcomes), name)


def _result_lines(
    original: Original, page: Page, outcomes: Iterable[Outcome], tally: Tally
) -> Iterator[Line]:
    with_details = len(page.headings) > len(RESULT_HEADINGS)
    for row, outcome in _with_outcomes(original, outcomes):
        if outcome:
            tally.add(outcome)
            told = _told(outcome) + (in_words(outcome.reply) if with_details else ())
            yield Line(row.number, row, told, outcome.problems)
        else:
            yield Line(row.number, row, page.headings if row.number == page.header_row else ())


def _failed_lines(original: Original, page: Page, outcomes: Iterable[Outcome]) -> Iterator[Line]:
    numbers = count(page.header_row + 1)
    for row, outcome in _with_outcomes(original, outcomes):
        if row.number <= page.header_row:
            yield Line(row.number, row, page.headings if row.number == page.header_row else ())
        elif outcome and outcome.ended in (Ended.INVALID, Ended.REJECTED):
            number = next(numbers)
            yield Line(number, row, (_moved(outcome, number), outcome.advice), outcome.problems)


def _with_outcomes(original: Original, outcomes: Iterable[Outcome]) -> Iterator[tuple[Row, Outcome | None]]:
    """Every row; title rows, headings and blank rows have no outcome, every other has one."""
    waiting = iter(outcomes)
    outcome = next(waiting, None)
    for row in map(_marked, original.rows()):
        if outcome and outcome.row == row.number:
            yield row, outcome
            outcome = next(waiting, None)
        elif row.number <= original.header_row or row.is_blank:
            yield row, None
        else:
            yield row, Outcome(row.number, Ended.NOT_SENT, advice=advice.NOT_SENT)
    if outcome:
        raise ResultError(
            f"{original.path}: the journal tells of row {outcome.row}, which the sheet does not have. It has "
            "changed since the run (put back the sheet as it was)."
        )


def _marked(row: Row) -> Row:
    """The row with what could not be trusted marked, so that no later run takes it for a good value."""
    if not row.faults:
        return row
    width = max(len(row.texts), 1 + max(row.faults))
    texts = [*row.texts, *[""] * (width - len(row.texts))]
    cells = [*row.cells, *[Cell(None)] * (width - len(row.cells))] if row.cells else []
    for column in row.faults:
        texts[column] = UNREADABLE + texts[column]
        cell = cells[column] if cells else Cell(None)
        if cells and (cell.value is None or (cell.is_error and cell.value not in ERRORS)):
            cells[column] = Cell(texts[column])
    return replace(row, texts=tuple(texts), cells=tuple(cells))


def _told(outcome: Outcome) -> tuple[str, ...]:
    """One text for each of RESULT_HEADINGS."""
    return (
        outcome.ended, outcome.created_id, outcome.conflicted_id, outcome.status, outcome.exception_type,
        outcome.exception_message, outcome.advice, outcome.prospect_id, outcome.request_id, outcome.sent_at,
    )  # fmt: skip


def _moved(outcome: Outcome, number: int) -> str:
    """The message of a row that now stands at row `number`."""
    message = outcome.exception_message
    for problem in outcome.problems:
        if problem.cell:
            cell = f"{problem.cell.rstrip('0123456789')}{number}"
            message = message.replace(str(problem), str(replace(problem, cell=cell)))
    return message


def _blocks(tally: Tally, facts: Sequence[tuple[str, str]]) -> Iterator[Block]:
    """What the worksheet Summary shows. A generator, since the tally is complete only after the last line."""
    counts = tally.outcomes()
    ended: list[tuple[str | int, ...]] = [(word.value, counts[word], MEANINGS[word]) for word in Ended]
    yield Block("Outcomes", ("Outcome", "Rows", "Meaning"), [*ended, ("Total", sum(counts.values()))])
    if problems := tally.problems():
        yield Block("Problems", ("Problem", "Cells", "Column", "First cells", "For example"), problems)
    if exceptions := tally.exceptions():
        headings = ("ExceptionType", "Rows", "ExceptionMessage", "First rows", "Advice")
        yield Block("Exceptions", headings, exceptions)
    yield Block("Run", (), facts)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How large a sheet is: its last row, its widest row, and its longest text in UTF-16 units."""

    rows: int
    width: int
    longest: int

    def name_for(self, target: Path, page: Page, longest: int | None = None) -> Path:
        """The target, or one that ends in .csv where a workbook cannot hold the sheet."""
        columns = page.width + len(page.headings)
        too_long = longest is not None and self.longest > longest
        if target.suffix.lower() == ".csv" or not (self.rows > LAST_ROW or columns > LAST_COLUMN or too_long):
            return target
        return free_target(target.with_suffix(".csv"))


def _extent(original: Original) -> _Extent:
    rows = width = longest = 0
    for row in original.rows():
        rows = row.number
        width = max(width, len(row.texts))
        longest = max(longest, max(map(_units, row.texts), default=0))
    return _Extent(rows, width, longest)


def _units(text: str) -> int:
    # Only a text of half the length can be too long, and measuring exactly takes time.
    return len(text) if len(text) <= LONGEST_TEXT // 2 else len(text.encode("utf-16-le", "replace")) // 2


def _write(
    original: Original, page: Page, lines: Iterator[Line], target: Path, blocks: Iterable[Block] = ()
) -> Path:
    try:
        check_target(target, original.path)
    except UsageError as error:
        raise ResultError(str(error)) from error
    if target.suffix.lower() == ".csv":
        return land(target, lambda file: _write_csv(file, page, lines))
    return land(target, lambda file: write_workbook(file, page, lines, blocks))


def _write_csv(file: BinaryIO, page: Page, lines: Iterable[Line]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    for line in lines:
        texts = [*line.row.texts, *[""] * (page.width - len(line.row.texts)), *line.told]
        texts += [""] * (page.width + len(page.headings) - len(texts))
        writer.writerow(map(guard, texts))
    text.flush()
    text.detach()
