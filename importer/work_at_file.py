"""One file of a pass: imported, and put with all that tells of it where it belongs."""

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from importer.ages import now_written
from importer.bugs import bug_told
from importer.errors import (
    AlreadyRunning,
    CannotRecord,
    CannotStart,
    DaySpent,
    ImportStopped,
    Interrupted,
    JournalError,
    NoAccess,
    ResultError,
    UsersUnknown,
)
from importer.history import past_run, remake
from importer.history_words import outcomes_in_words
from importer.journal import Journal
from importer.landing import land_text
from importer.learning import Lately
from importer.order import Order, RunReport
from importer.pass_so_far import SoFar
from importer.pass_summary import differences, file_as_json
from importer.passes import ATTENTION, DONE, FAILED, WORKING, FileReport
from importer.records import CLEAR, Ended
from importer.rules import Rules
from importer.run import run
from importer.runs import Run, Runs
from importer.settings import Settings
from importer.spelling import counted
from importer.tell import Tell
from importer.trays import REASON, Held, Trays

FOR_THE_NEXT_PASS = (Interrupted, NoAccess, DaySpent, CannotRecord, AlreadyRunning)
"""What says nothing against the file: it stays where it is, and goes on."""


def ends_the_pass(stop: ImportStopped | None) -> bool:
    """Whether no other file would fare better."""
    ends = (Interrupted, NoAccess, DaySpent, JournalError)
    return isinstance(stop, ends) and not isinstance(stop, UsersUnknown)


@dataclass(frozen=True, slots=True)
class WorkAtFile:
    """Imports the files of a pass, one by one."""

    settings: Settings
    journal: Journal
    trays: Trays
    tell: Tell
    lately: Lately = field(default_factory=Lately)

    def file(self, held: Held, order: Order, rules: Rules) -> tuple[FileReport, ImportStopped | None]:
        """What became of it, and what stopped it."""
        began, started = time.monotonic(), now_written()
        self.tell.event("file.began", f"{held.name}:", file=held.name, path=str(held.sheet))
        report = FileReport(held.name, WORKING, held.sheet, 0)
        try:
            report, stop = self._imported(held, order, rules)
            report = replace(report, started=started, seconds=time.monotonic() - began)
            report = self._put_away(held, report)
        except ImportStopped as fault:
            stop = fault
            report = _kept(report, held, fault)
        except Exception as bug:  # one file never stops the others
            stop = bug_told(bug)
            report = _kept(report, held, stop)
        self._tell(report)
        return report, stop

    def _imported(self, held: Held, order: Order, rules: Rules) -> tuple[FileReport, ImportStopped | None]:
        before = Runs(self.journal).of_sheet(held.sheet)
        if before and before.exit_code in (0, 1):
            # Ended after the run, and before the file was moved. What was saved again since is run.
            with suppress(CannotStart):
                remake(before, self.journal)
                return self._known(held, Runs(self.journal).numbered(before.number), None), None
        try:
            done = run(order, self.settings, rules, self.tell, self.lately)
        except ImportStopped as fault:
            stop = fault
        except Exception as bug:  # one file never stops the others
            stop = bug_told(bug)
        else:
            return self._done(held, done), done.stop
        before = Runs(self.journal).of_sheet(held.sheet)
        if before:
            return self._known(held, before, stop), stop
        place = _place(stop, stop.exit_code)
        goal = self.trays.goal(held, place)
        return FileReport(
            held.name, place, goal.sheet, stop.exit_code, reason=_there(str(stop), held, goal)
        ), stop

    def _done(self, held: Held, done: RunReport) -> FileReport:
        place = _place(done.stop, done.exit_code)
        goal = self.trays.goal(held, place)
        return FileReport(
            held.name, place, goal.sheet, done.exit_code, done.run, done.mapping, done.rows, done.outcomes,
            goal.folder / done.result.name if done.result else None,
            reason=_there(done.stopped or "", held, goal), calls=done.calls, refusals=done.refusals,
        )  # fmt: skip

    def _known(self, held: Held, before: Run, stop: ImportStopped | None) -> FileReport:
        """As the journal tells of it; stop: why there is no more to tell, and a result may be missing."""
        result = Path(before.result) if before.result else None
        # The next pass goes on with what was interrupted. Where the sheet is not what it was, there is only
        # what the journal says.
        if stop and not isinstance(stop, Interrupted):
            with suppress(CannotStart):
                result = remake(before, self.journal)
        exit_code = stop.exit_code if stop else before.exit_code or 0
        place = _place(stop, exit_code)
        goal = self.trays.goal(held, place)
        past = past_run(self.journal, before)
        return FileReport(
            held.name, place, goal.sheet, exit_code, before.number, Path(before.mapping), before.rows,
            past.outcomes, goal.folder / result.name if result else None,
            reason=_there(str(stop or ""), held, goal),
        )  # fmt: skip

    def _put_away(self, held: Held, report: FileReport) -> FileReport:
        """Raises ResultError, JournalError."""
        for wrong in differences([report], self.journal):
            reason = "\n".join(filter(None, (report.reason, wrong)))
            report = replace(report, exit_code=ImportStopped.exit_code, reason=reason)
        if report.place == WORKING:
            with suppress(ResultError):
                self.trays.write(held, file_as_json(report))
            return report
        if report.reason:
            land_text(held.folder / REASON, _reason(report, self.trays.inbox))
        self.trays.write(held, file_as_json(report))
        if report.run is not None:
            runs = Runs(self.journal)
            runs.forget_lock(runs.numbered(report.run))
        SoFar(self.trays.folder).add(report)
        self.trays.put_away(held, report.place)
        return report

    def _tell(self, report: FileReport) -> None:
        said = (
            f"{counted(report.rows, 'row')}: {outcomes_in_words(report.outcomes)}"
            if report.run
            else report.reason
        )
        level = "info" if report.place == DONE else "warning"
        # Why it stopped may quote a cell.
        facts = {name: fact for name, fact in file_as_json(report).items() if name != "stopped"}
        self.tell.event("file.ended", f"{report.name} is in {report.place}. {said}", level, **facts)


def _kept(report: FileReport, held: Held, stop: ImportStopped) -> FileReport:
    """Whatever was sent is in the journal, and the next pass finds the file where it is."""
    return replace(
        report, place=WORKING, path=held.sheet, exit_code=stop.exit_code, reason=str(stop),
        result=held.folder / report.result.name if report.result else None,
    )  # fmt: skip


def _place(stop: ImportStopped | None, exit_code: int) -> str:
    if isinstance(stop, FOR_THE_NEXT_PASS):
        return WORKING
    if isinstance(stop, CannotStart) or exit_code == ImportStopped.exit_code:
        return FAILED
    return ATTENTION if exit_code else DONE


def _there(text: str, held: Held, goal: Held) -> str:
    """The same, with the paths as they are once the file is put away."""
    return text.replace(str(held.folder), str(goal.folder))


def _reason(report: FileReport, inbox: Path) -> str:
    is_begun = any(report.outcomes.get(ended) for ended in (*CLEAR, Ended.UNKNOWN))
    if is_begun:
        said = f"{report.name} was not imported to its end."
        cure = f"To try again, put {report.name} back into {inbox}: what was sent is not sent twice."
    else:
        said = f"Nothing of {report.name} was imported."
        cure = f"Once that is mended, put {report.name} back into {inbox}."
    return f"{said}\n\n{report.reason}\n\n{cure}\n"
