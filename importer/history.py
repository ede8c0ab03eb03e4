"""The verbs `history` and `results`: what earlier runs did, and their workbooks made again."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from importer import __version__
from importer.entries import Entries
from importer.errors import MappingError, SheetError, UsageError
from importer.journal import Journal
from importer.mapping import load_mapping
from importer.original import Original, original_of
from importer.purged import PurgedRuns
from importer.records import Ended, Outcome
from importer.results import write_results
from importer.runs import Run, Runs
from importer.sent import SentRows
from importer.sheet import Sheet, open_sheet
from importer.summary_page import Block, from_json
from importer.targets import check_target, default_target, free_target
from importer.tell import Tell
from importer.undone import UndoneRows

PURGED = "Purged"
_LAST_ROW = 1 << 40  # of a text file; no database holds a number of thirty digits


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run and how its rows ended; the counts add up to its rows.

    undone: how many of the opportunities that it created are deleted again, and when the last was, UTC.
    unproven: how many an undo was to delete, without proof that they are gone.
    purged_at: when people's data was removed from the journal, UTC; "" where it was not.
    """

    run: Run
    outcomes: dict[Ended, int]
    undone: tuple[int, str] = (0, "")
    unproven: int = 0
    purged_at: str = ""


@dataclass(frozen=True, slots=True)
class PastRow:
    """A row of a run, and how it ended; None where nothing is known of it.

    reference: what names it in LeadSquared; "" where it was never sent.
    sends:     how many requests may have left.
    undone_at: when its opportunity was deleted again from here, UTC; "" where it was not.
    purged_at: as of the run.
    """

    run: Run
    row: int
    outcome: Outcome | None
    reference: str
    sends: int
    undone_at: str = ""
    purged_at: str = ""

    @property
    def opportunity_id(self) -> str:
        """Of what it created or met."""
        return self.outcome.created_id or self.outcome.conflicted_id if self.outcome else ""


def history(state: Path) -> Sequence[PastRun]:
    """Every run in the journal, newest first."""
    with Journal(state) as journal:
        return [past_run(journal, run) for run in Runs(journal).all()]


def one_run(state: Path, number: int) -> PastRun:
    """Raises UsageError where there is no such run."""
    with Journal(state) as journal:
        return past_run(journal, Runs(journal).numbered(number))


def one_row(state: Path, number: int, row: int) -> PastRow:
    """A row of a run, with LeadSquared's whole answer. Raises UsageError where there is none."""
    with Journal(state) as journal:
        run = Runs(journal).numbered(number)
        if not run.header_row < row <= _LAST_ROW:
            raise UsageError(f"Run {number} has no row {row}: its rows begin below row {run.header_row}.")
        return past_row(journal, run, row)


def past_row(journal: Journal, run: Run, row: int) -> PastRow:
    past = PastRow(run, row, *Entries(journal, run.number).of(row))
    at = SentRows(journal).undone_at(past.opportunity_id) if past.opportunity_id else ""
    return replace(past, undone_at=at, purged_at=PurgedRuns(journal).at(run.number))


def past_run(journal: Journal, run: Run) -> PastRun:
    counts = Entries(journal, run.number).counts()
    counts[Ended.NOT_SENT] += max(0, run.rows - sum(counts.values()))
    rows = UndoneRows(journal, run.number)
    gone = rows.gone()
    undone = (len(gone), max(gone.values(), default=""))
    return PastRun(run, counts, undone, rows.unproven(), PurgedRuns(journal).at(run.number))


def rebuild(state: Path, number: int, output: Path | None, tell: Tell) -> Path:
    """The result workbook of a run, made again from the journal and the sheet; the path it was written to.

    Raises UsageError where there is no such run, SheetError where the sheet is gone or has changed.
    """
    with Journal(state) as journal:
        run = Runs(journal).numbered(number)
        written = remake(run, journal, output)
        for name, said in since_facts(past_run(journal, run)):
            if name == PURGED:
                tell.say(f"Run {number}: {said}. The workbook has outcomes and ids without them.")
        return written


def remake(run: Run, journal: Journal, output: Path | None = None) -> Path:
    """The same in an open journal; without `output` in place of the run's own, which it becomes then."""
    original = original_sheet(run)
    if output:
        check_target(output, original.path)
    own = Path(run.result) if run.result else default_target(original.path)
    if output and output.resolve() != own.resolve():
        return _written(run, original, journal, free_target(output))
    return write_result_of(run, original, journal, own)


def original_sheet(run: Run) -> Original:
    """The run's sheet as it was then; raises SheetError where it is gone or has changed."""
    return original_of(_unchanged_sheet(run), run.header_row, _worksheet_in(Path(run.mapping)))


def _unchanged_sheet(run: Run) -> Sheet:
    sheet = open_sheet(Path(run.sheet), run.reading)
    if sheet.sha256 != run.sheet_sha256:
        raise SheetError(
            f"{sheet.path} has changed since run {run.number} ({run.started} UTC): its rows cannot be "
            "matched any more. Put the sheet of that day back in its place."
        )
    return sheet


def _worksheet_in(mapping: Path) -> str:
    """The worksheet that the mapping names by now, so that the two fit; "" where it names none or is gone."""
    with suppress(MappingError):
        return load_mapping(mapping).worksheet or ""
    return ""


def write_result_of(
    run: Run,
    original: Original,
    journal: Journal,
    target: Path,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """The run's result workbook, in place of the run's earlier one; `progress` as in `write_results`.

    Raises ResultError.
    """
    runs = Runs(journal)
    target = free_target(target, own=runs.own_result(run))

    def rename(draft: Path, goal: Path) -> None:
        # Ended just after, the next start knows its own file.
        runs.expect_result(run, goal.resolve(), draft)
        draft.replace(goal)

    written = _written(run, original, journal, target, progress, rename)
    runs.name_result(run, written.resolve())
    return written


def _written(
    run: Run, original: Original, journal: Journal, target: Path,
    progress: Callable[[int], None] | None = None, rename: Callable[[Path, Path], None] = os.replace,
) -> Path:  # fmt: skip
    entries = Entries(journal, run.number)
    blocks = [
        *from_json(run.noticed),
        *_earlier_rows(entries),
        Block("Run", (), (*facts(run), *since_facts(past_run(journal, run)))),
    ]
    return write_results(original, entries.outcomes(), blocks, target, run.details, progress, rename)


def _earlier_rows(entries: Entries) -> Iterator[Block]:
    """Rows of earlier runs that the sheet has no more, and how they ended."""
    rows = [_earlier(number, outcome) for number, outcome in entries.elsewhere()]
    if rows:
        headings = ("Outcome", "Row", "Opportunity", "Of run", "Advice")
        yield Block("Earlier rows, no longer in this sheet", headings, rows)


def _earlier(run: int, outcome: Outcome) -> tuple[str | int, ...]:
    opportunity = outcome.created_id or outcome.conflicted_id
    return outcome.ended.value, outcome.row, opportunity, f"{run} ({outcome.sent_at})", outcome.advice


def since_facts(past: PastRun) -> tuple[tuple[str, str], ...]:
    """What is told of its undo and its purge; nothing where there was none."""
    count, at = past.undone
    known = (
        ("Undone", f"{count:,} of the created opportunities are deleted again ({at} UTC)" if count else ""),
        ("Undo begun", _unproven(past) if past.unproven else ""),
        (PURGED, purged_in_words(past.purged_at)),
    )
    return tuple((name, value) for name, value in known if value)


def _unproven(past: PastRun) -> str:
    return (
        f"{past.unproven:,} of the created opportunities were to be deleted, and it is not proven that they "
        f"are gone (importer undo {past.run.number} ends it)"
    )


def purged_in_words(at: str) -> str:
    """at: UTC; "" where nothing was removed."""
    return f"LeadSquared's answers and messages that quote cells were removed on {at} UTC" if at else ""


def facts(run: Run) -> tuple[tuple[str, str], ...]:
    """What the Summary worksheet tells about the run."""
    known = (
        ("Run", str(run.number)),
        ("Organisation", run.organisation or "not named"),
        ("Host", run.host),
        ("Sheet", run.sheet),
        ("Worksheet", run.worksheet),
        ("Mapping", run.mapping),
        ("Opportunity type", str(run.event_code)),
        ("Started", f"{run.started} UTC"),
        ("Ended", f"{run.ended} UTC" if run.ended else ""),
        ("Pace", f"{run.pace} (calls/seconds)"),
        ("Stopped", run.stopped),
        ("Read back", run.verified),
        ("Importer", __version__),
    )
    return tuple((name, value) for name, value in known if value)
