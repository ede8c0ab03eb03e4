"""The result workbook, a view: results = f(sheet, outcomes). What is told of each row, and of all."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

from importer import advice
from importer.cell_writer import LONGEST_TEXT
from importer.errors import ResultError, UsageError
from importer.formulas import guard
from importer.landing import land
from importer.original import Original, extent_of, marked
from importer.records import MENDING_HEADINGS, RESULT_HEADINGS, Ended, Outcome, Row
from importer.reply_details import DETAILS, in_words
from importer.summary import Tally
from importer.summary_page import Block
from importer.targets import check_target
from importer.workbook import Line, Page, write_workbook

# Rows after which the operator hears again how far it is.
PROGRESS_EVERY = 20_000

# Of a .csv with more columns a blank row is an empty line, since a million of them may stand above a cell in
# Excel's last column.
VERY_WIDE = 1_000

MEANINGS = {
    Ended.CREATED: "LeadSquared created an opportunity.",
    Ended.DUPLICATE: "LeadSquared found an existing opportunity.",
    Ended.REJECTED: "LeadSquared refused the row.",
    Ended.INVALID: "Something in the row is wrong, so it was not sent.",
    Ended.SKIPPED: "Not sent: sent earlier, the same as another row, or its lead has an open opportunity.",
    Ended.UNKNOWN: "It was sent, and nobody knows how it ended.",
    Ended.NOT_SENT: "It was not sent.",
}


def write_results(  # noqa: PLR0913 (what it shows, and how it lands)
    original: Original,
    outcomes: Iterable[Outcome],
    blocks: Sequence[Block],
    target: Path,
    details: bool = False,
    progress: Callable[[int], None] | None = None,
    rename: Callable[[Path, Path], None] = os.replace,
) -> Path:
    """Write every row of the sheet with its outcome to `target`, an .xlsx or .csv; returns the name it got.

    outcomes: by row number; a row without one counts as NotSent.
    blocks:   what the worksheet Summary shows below the counts and causes.
    progress: is told how many rows are written, every 20,000.
    rename:   gives the whole file its name, in place of what has it.

    The name is another one where `target` is open elsewhere, and ends in .csv where the sheet is too large
    for a workbook. Raises ResultError.
    """
    extent = extent_of(original)
    headings = (*RESULT_HEADINGS, *DETAILS) if details else RESULT_HEADINGS
    page = original.page(extent.width, headings)
    tally = Tally()
    lines = _result_lines(original, page, outcomes, tally)
    if progress:
        lines = _followed(lines, page.header_row, progress)
    name = extent.name_for(target, page)
    return _write(original, page, lines, name, _summary(tally, blocks), rename)


def write_failed(original: Original, outcomes: Iterable[Outcome], target: Path) -> Path:
    """Write only the rows that a person must mend, ready to be run; otherwise as `write_results`.

    Title rows and headings stay where they stood; the cells that messages name are those of the new file.
    """
    extent = extent_of(original)
    page = original.page(extent.width, MENDING_HEADINGS)
    # A result may show a long text cut short, but this file is sent again.
    name = extent.name_for(target, page, LONGEST_TEXT)
    return _write(original, page, _failed_lines(original, page, outcomes), name)


def write_some(
    original: Original, rows: Mapping[int, tuple[str, ...]], blocks: Sequence[Block], target: Path
) -> Path:
    """Write only these rows: row number → a text for each of RESULT_HEADINGS; otherwise as `write_results`.

    Title rows and headings stay where they stood, the rows move up.
    """
    extent = extent_of(original)
    page = original.page(extent.width, RESULT_HEADINGS)
    return _write(original, page, _some_lines(original, page, rows), extent.name_for(target, page), blocks)


def _some_lines(original: Original, page: Page, rows: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    numbers = count(page.header_row + 1)
    for row in original.rows():
        if row.number <= page.header_row:
            yield Line(row.number, row, page.headings if row.number == page.header_row else ())
        elif row.number in rows:
            yield Line(next(numbers), marked(row), rows[row.number])


def _result_lines(
    original: Original, page: Page, outcomes: Iterable[Outcome], tally: Tally
) -> Iterator[Line]:
    with_details = len(page.headings) > len(RESULT_HEADINGS)
    for row, outcome in _with_outcomes(original, outcomes):
        if outcome:
            tally.add(outcome)
            beside = told(outcome) + (in_words(outcome.reply) if with_details else ())
            yield Line(row.number, row, beside, outcome.problems)
        else:
            yield Line(row.number, row, page.headings if row.number == page.header_row else ())


def _followed(lines: Iterable[Line], header_row: int, progress: Callable[[int], None]) -> Iterator[Line]:
    written = 0
    for line in lines:
        yield line
        if line.told and line.number > header_row:
            written += 1
            if written % PROGRESS_EVERY == 0:
                progress(written)


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
    for row in original.rows():
        if outcome and outcome.row == row.number:
            yield marked(row), outcome
            outcome = next(waiting, None)
        elif row.number <= original.header_row or row.is_blank:
            yield row, None
        else:
            yield marked(row), Outcome(row.number, Ended.NOT_SENT, advice=advice.NOT_SENT)
    if outcome:
        raise ResultError(
            f"{original.path}: the journal tells of row {outcome.row}, which the sheet does not have. It has "
            "changed since the run (put back the sheet as it was)."
        )


def told(outcome: Outcome) -> tuple[str, ...]:
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


def _summary(tally: Tally, further: Sequence[Block]) -> Iterator[Block]:
    """What the worksheet Summary shows. A generator, since the tally is complete only after the last line."""
    counts = tally.outcomes()
    ended: list[tuple[str | int, ...]] = [(word.value, counts[word], MEANINGS[word]) for word in Ended]
    yield Block("Outcomes", ("Outcome", "Rows", "Meaning"), [*ended, ("Total", sum(counts.values()))])
    if problems := tally.problems():
        yield Block("Problems", ("Problem", "Cells", "Column", "First cells", "For example"), problems)
    if exceptions := tally.exceptions():
        headings = ("ExceptionType", "Rows", "ExceptionMessage", "First rows", "Advice")
        yield Block("Exceptions", headings, exceptions)
    yield from further


def _write(
    original: Original, page: Page, lines: Iterator[Line], target: Path, blocks: Iterable[Block] = (),
    rename: Callable[[Path, Path], None] = os.replace,
) -> Path:  # fmt: skip
    try:
        check_target(target, original.path)
    except UsageError as error:
        raise ResultError(str(error)) from error
    if target.suffix.lower() == ".csv":
        return land(target, lambda file: _write_csv(file, page, lines), rename)
    return land(target, lambda file: write_workbook(file, page, lines, blocks), rename)


def _write_csv(file: BinaryIO, page: Page, lines: Iterable[Line]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    for line in lines:
        is_short = page.columns > VERY_WIDE and line.row.is_blank and not line.told
        writer.writerow(() if is_short else map(guard, page.texts(line)))
    text.flush()
    text.detach()
