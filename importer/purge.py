"""The verb `purge`: people's data of old runs leaves the journal, and what was sent stays known."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from importer.ages import WRITTEN, now_written
from importer.errors import ImportStopped, Interrupted, JournalError, UsageError
from importer.interruption import heard_out
from importer.journal import Journal
from importer.purge_words import intention, not_rewritten
from importer.purged import KeptRows, PurgedRuns
from importer.runs import Run, Runs
from importer.spelling import counted
from importer.tell import Tell

AGE = re.compile(r"([0-9]{1,4})([dwy])", re.IGNORECASE | re.ASCII)
DAYS = {"d": 1, "w": 7, "y": 365}

# Seconds between two transactions, in which a run at work comes to its own.
GAP = 0.02


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """What was removed.

    before:    of runs that ended before this moment, UTC.
    rows:      how many rows were cleared, of the runs in `runs`.
    kept:      of each run that has some, the rows that keep what finds their lead.
    left_out:  the runs that some process was at work on.
    not_rewritten: why traces may still be in the free space of the file, in whole sentences; "": none are.
    """

    before: str = ""
    rows: int = 0
    runs: tuple[int, ...] = ()
    kept: tuple[KeptRows, ...] = ()
    left_out: tuple[int, ...] = ()
    not_rewritten: str = ""
    stopped: ImportStopped | None = None

    @property
    def exit_code(self) -> int:
        return self.stopped.exit_code if self.stopped else int(bool(self.not_rewritten or self.left_out))


def purge(age: str, state: Path, tell: Tell) -> PurgeReport:
    """age: of the runs, such as `90d`, `12w` or `1y`, since they ended.

    Raises UsageError for another age, Interrupted where it was not confirmed, JournalError.
    """
    before = _moment(age)
    with Journal(state) as journal:
        runs, purged = Runs(journal), PurgedRuns(journal)
        old = [run for run in reversed(runs.all()) if purged.last_moment(run) <= before]
        busy = _at_work(runs)
        full = [run for run in old if run.number not in busy and purged.holds_some(run.number)]
        report = PurgeReport(before, left_out=tuple(run.number for run in old if run.number in busy))
        if full:
            rows = sum(purged.rows_with_some(run.number) for run in full)
            for sentence in intention(full, rows, before):
                tell.say(sentence)
            if not tell.confirm("Remove it now?"):
                raise Interrupted("Nothing was removed: not confirmed.")
        report = _cleared(report, full, purged)
        report = replace(report, kept=tuple(kept for kept in map(purged.kept, old) if kept.rows))
        return replace(report, not_rewritten=_rewritten(purged, runs))


def _at_work(runs: Runs) -> tuple[int, ...]:
    """The runs whose sheets some process is at work on, perhaps for one of them only."""
    return tuple(run.number for run in runs.all() if runs.lock(run).is_held())


def _moment(age: str) -> str:
    found = AGE.fullmatch(age.strip())
    if not found:
        raise UsageError(
            f"--older-than: {age!r} is not an age such as 90d (days), 12w (weeks) or 1y (years of 365 days)."
        )
    days = int(found[1]) * DAYS[found[2].lower()]
    try:
        return (datetime.now(UTC) - timedelta(days=days)).strftime(WRITTEN)
    except OverflowError:
        raise UsageError(f"--older-than: no run is {age} old.") from None


def _cleared(report: PurgeReport, full: Sequence[Run], purged: PurgedRuns) -> PurgeReport:
    rows, at = 0, now_written()
    ended_by: list[str] = []
    # Within a transaction a wish to end would look like a fault of the journal.
    with heard_out(ended_by.append):
        for run in full:
            for cleared in purged.clear(run, at):
                rows += cleared
                if ended_by:
                    raise Interrupted(
                        f"Stopped by {ended_by[0]}. {counted(rows, 'row')} cleared; the same command goes on."
                    )
                time.sleep(GAP)
    done = tuple(run.number for run in full if not purged.holds_some(run.number))
    went_on = tuple(run.number for run in full if run.number not in done)
    return replace(report, rows=rows, runs=done, left_out=(*report.left_out, *went_on))


def _rewritten(purged: PurgedRuns, runs: Runs) -> str:
    """Why the file is not made anew, where it should be."""
    if not purged.is_to_be_rewritten():
        return ""
    # It may take a minute, for which a run at work cannot wait.
    if busy := _at_work(runs):
        purged.empty_log()
        return not_rewritten(busy)
    try:
        purged.rewrite()
    except JournalError as trouble:
        return str(trouble)
    return ""
