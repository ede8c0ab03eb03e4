"""The workbook that an undo leaves: the rows whose opportunities it deletes, and what became of each."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from importer.entries import Entries
from importer.history import facts, original_sheet
from importer.journal import Journal
from importer.records import Outcome
from importer.results import told as told_of_row
from importer.results import write_some
from importer.runs import Run
from importer.summary_page import Block
from importer.targets import check_target, default_target, free_target
from importer.undo_words import MEANINGS, counts_of, told, word
from importer.undone import Made, UndoneRows


def write_undo(run: Run, made: tuple[Made, ...], journal: Journal, output: Path | None) -> Path:
    """Write it to `output`, or to SHEET.undo.xlsx; the path that it got.

    Raises SheetError where the sheet is gone or has changed, ResultError.
    """
    original = original_sheet(run)
    target = output or default_target(original.path, "undo")
    check_target(target, original.path)
    by_row = {one.row: one for one in made}
    outcomes = (each for each in Entries(journal, run.number).outcomes() if each.row in by_row)
    rows = {outcome.row: _told(outcome, by_row[outcome.row]) for outcome in outcomes}
    undone = UndoneRows(journal, run.number)
    target = free_target(target, own=undone.own_file())
    written = write_some(original, rows, list(_blocks(run, made)), target)
    undone.name_file(written.resolve())
    return written


def _told(outcome: Outcome, made: Made) -> tuple[str, ...]:
    """One text for each of RESULT_HEADINGS."""
    message, advice = told(made)
    _, created_id, _, _, _, _, _, *beside = told_of_row(outcome)
    return word(made), created_id, "", "", "", message, advice or outcome.advice, *beside


def _blocks(run: Run, made: Iterable[Made]) -> Iterator[Block]:
    counts = counts_of(made)
    rows: list[tuple[str | int, ...]] = [(each, counts[each], MEANINGS[each]) for each in MEANINGS]
    yield Block("Undone", ("Outcome", "Rows", "Meaning"), [*rows, ("Total", sum(counts.values()))])
    yield Block("Run", (), facts(run))
