"""The verb `undo`: the opportunities that a run created are deleted again, for ever."""

import time
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from importer.account import identify, pace_of
from importer.ages import may_lag_since, now_written
from importer.answers import Rate, Unread
from importer.asking import Asking
from importer.errors import (
    STOPPED_BY,
    AlreadyRunning,
    ImportStopped,
    Interrupted,
    NoAccess,
    ResultError,
    SheetError,
    StopRule,
    UsageError,
    level_of,
    strongest_of,
)
from importer.interruption import heard_out
from importer.journal import Journal
from importer.leadsquared import LeadSquared
from importer.learning import Learning
from importer.outage import GIVE_UP_AFTER
from importer.pace import Pace
from importer.rules import Rules
from importer.runs import Run, Runs
from importer.settings import Settings
from importer.targets import check_target
from importer.tell import Tell
from importer.undo_refusals import confirm, refuse_forbidden, refuse_other_account
from importer.undo_result import write_undo
from importer.undo_words import counts_of
from importer.undoing import Undoing, now
from importer.undone import DELETED, KEPT, NOT_FOUND, REFUSED, Made, UndoneRows
from importer.unsettled import PATIENCE
from importer.verify import shown, still_there


@dataclass(frozen=True, slots=True)
class Undo:
    """What the operator asks. Times in seconds.

    output:   the file that says what was deleted; None: SHEET.undo.xlsx.
    patience: how long LeadSquared may go on showing what it has deleted.
    """

    run: int
    output: Path | None = None
    patience: float = PATIENCE
    give_up_after: float = GIVE_UP_AFTER
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What became of the opportunities. stopped: what ended it early, or kept the file from being written."""

    run: int = 0
    made: tuple[Made, ...] = ()
    result: Path | None = None
    seconds: float = 0.0
    stopped: ImportStopped | None = None

    @property
    def exit_code(self) -> int:
        if self.stopped:
            return self.stopped.exit_code
        return int(not all(made.is_gone for made in self.made))


def undo(asked: Undo, settings: Settings, tell: Tell) -> UndoReport:
    """Deletes nothing that the run met as a duplicate.

    Raises UsageError for a run of another account or one that has created nothing, where the opportunity
    type allows no delete, or where it was not confirmed; AlreadyRunning, NoAccess.
    """
    started = time.monotonic()
    with Journal(settings.state) as journal:
        run = Runs(journal).numbered(asked.run)
        rows = UndoneRows(journal, run.number)
        if not rows.all():
            raise UsageError(f"Run {run.number} has created no opportunity: there is nothing to undo.")
        if asked.output:
            check_target(asked.output, Path(run.sheet))
        with (
            LeadSquared(settings) as leadsquared,
            pace_of(settings, journal, asked.rate) as pace,
            _alone(run, Runs(journal)),
        ):
            account = identify(leadsquared, settings, journal, pace, tell)
            refuse_other_account(run, account)
            stopped = None
            if left := [made for made in rows.all() if not made.is_gone]:
                parts = ("types", f"fields {run.event_code}")
                began = now_written()
                schema = Learning(leadsquared, pace, settings.state, account.name, tell).learn(parts)
                # An administrator may have allowed it since an older answer.
                if schema.read_at.get(parts[1], "") >= began:
                    refuse_forbidden(run, schema.types or ())
                confirm(run, left, journal, pace, tell)
                stopped = _Undo(asked, run, journal, pace, leadsquared, tell).carry_out(left)
        report = _report(asked, run, journal, stopped, tell)
    report = replace(report, seconds=time.monotonic() - started)
    _write_down(report, tell)
    return report


def _write_down(report: UndoReport, tell: Tell) -> None:
    tell.write_down(
        "undo.ended",
        str(report.stopped or ""),
        level_of(report.exit_code),
        run=report.run,
        outcomes=counts_of(report.made),
        result=report.result,
        seconds=round(report.seconds, 3),
        exit_code=report.exit_code,
        stopped=STOPPED_BY.get(report.exit_code),
    )


@contextmanager
def _alone(run: Run, runs: Runs) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(runs.alone(run))
        except AlreadyRunning:
            raise AlreadyRunning(
                f"Run {run.number}, or another run of the same sheet, is at work or being undone right now. "
                "Wait until that has ended; nothing was deleted from here."
            ) from None
        yield


@dataclass(frozen=True, slots=True)
class _Undo:
    asked: Undo
    run: Run
    journal: Journal
    pace: Pace
    leadsquared: LeadSquared
    tell: Tell

    def carry_out(self, left: Sequence[Made]) -> ImportStopped | None:
        """What stopped it, or None. Raises UsageError where nothing can be deleted."""
        rules = Rules()
        asking = Asking(self.leadsquared, self.pace, self.asked.give_up_after, rules.heed)
        undoing = Undoing(self.journal, self.run.number, self.pace, self.leadsquared, rules, self.tell)
        with heard_out(rules.interrupt):
            try:
                there = shown([made.opportunity_id for made in left], self.run.event_code, asking)
                to_delete = self._still_to_delete(left, there)
                self.tell.begin(len(left), len(left) - len(to_delete), "undo")
                stop = self._delete(undoing, to_delete)
                self._read_back(_unseen(left, there), asking)
                return stop
            except (StopRule, Interrupted, NoAccess) as stop:
                return stop

    def _delete(self, undoing: Undoing, made: Sequence[Made]) -> StopRule | None:
        """What LeadSquared would not do stops it; the rest is read back all the same."""
        # What is refused again and again does not keep the others from being reached.
        in_turn = sorted(made, key=lambda one: one.state == REFUSED)
        try:
            undoing.delete_all(in_turn, self.asked.give_up_after)
        except StopRule as refused:
            return refused
        finally:
            self.tell.end()
        return None

    def _still_to_delete(self, left: Sequence[Made], there: frozenset[str] | Unread) -> Sequence[Made]:
        """Without those that an earlier start has deleted for sure."""
        if isinstance(there, Unread):
            return left
        to_delete = [made for made in left if not made.is_said_to_be_gone or _is_in(made, there)]
        proven = [made for made in left if made.is_said_to_be_gone and not _is_in(made, there)]
        UndoneRows(self.journal, self.run.number).put(proven, DELETED, now())
        return to_delete

    def _read_back(self, unseen: Container[int], asking: Asking) -> None:
        rows = UndoneRows(self.journal, self.run.number)
        said = [made for made in rows.all() if made.is_said_to_be_gone]
        self.tell.say(f"Reading {len(said):,} deleted opportunities back.")
        ids = [made.opportunity_id for made in said]
        there = still_there(ids, self.run.event_code, asking, self.asked.patience)
        if isinstance(there, Unread):
            said_why = f"It cannot be read back whether they are gone: {there.reason}."
            self.tell.event("undo.unread", said_why, "warning")
            return
        with self.journal.together():
            rows.put((made for made in said if _is_in(made, there)), KEPT, now())
            gone = [made for made in said if not _is_in(made, there)]
            rows.put((made for made in gone if made.row not in unseen), DELETED, now())
            # A younger one may not be shown yet, and is left as not proven.
            old = (made for made in gone if made.row in unseen and made.sent_at < may_lag_since())
            rows.put(old, NOT_FOUND, now())


def _unseen(left: Sequence[Made], there: frozenset[str] | Unread) -> frozenset[int]:
    """The rows whose opportunities were not shown before any delete of ours could have been why."""
    if isinstance(there, Unread):
        return frozenset()
    untouched = (made for made in left if made.state in ("", REFUSED))
    return frozenset(made.row for made in untouched if not _is_in(made, there))


def _is_in(made: Made, ids: frozenset[str]) -> bool:
    return made.opportunity_id.casefold() in ids


def _report(asked: Undo, run: Run, journal: Journal, stopped: ImportStopped | None, tell: Tell) -> UndoReport:
    made = tuple(UndoneRows(journal, run.number).all())
    result: Path | None = None
    unwritten: ImportStopped | None = None
    try:
        result = write_undo(run, made, journal, asked.output)
    except SheetError as fault:
        said = f"No workbook says what was deleted: {fault} The journal knows: importer history {run.number}"
        tell.event("result.unwritten", said, "warning", run=run.number)
    except ResultError as fault:
        unwritten = ResultError(f"{fault}\nTo write the workbook later, run the same command again.")
    return UndoReport(run.number, made, result, 0.0, strongest_of(stopped, unwritten))
