"""The verb `nightly`: one pass over a folder, of which every file is imported and put where it belongs."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from importer.ages import now_written
from importer.assigned import Assigned, assigned_in
from importer.bugs import bug_told
from importer.deadline import Deadline
from importer.errors import (
    AlreadyRunning,
    ImportStopped,
    Interrupted,
    ResultError,
    UsageError,
    level_of,
    strongest_of,
)
from importer.inbox import look_into, why_left
from importer.interruption import heard_out, unchanged
from importer.its_journal import check_journal
from importer.journal import Journal
from importer.order import Order
from importer.pass_so_far import SoFar
from importer.pass_summary import differences, pass_as_json
from importer.passes import FileReport, Left, PassReport, stopped_pass
from importer.rules import MaxErrors, Rules
from importer.settings import Settings, read_settings
from importer.sheet_lock import SheetLock
from importer.tell import Tell
from importer.trays import SUMMARY, CannotBeTaken, Held, Trays, write_json
from importer.work_at_file import WorkAtFile, ends_the_pass


@dataclass(frozen=True, slots=True)
class Night:
    """What the operator asks. order: how each file is imported, whatever its name and mapping."""

    folder: Path
    order: Order
    max_errors: MaxErrors
    deadline: Deadline | None = None


def nightly(night: Night, environment: Mapping[str, str], tell: Tell) -> PassReport:
    """Every file is in one of the trays afterwards, with its result; summary.json in the folder says it all.

    That includes what earlier passes did that were killed before they told of it. Whoever has told of this
    one says so: `SoFar.forget`.

    Raises AlreadyRunning where another process is at work there; everything else is in the report.
    """
    began = time.monotonic()
    try:
        return _told(_passed(night, read_settings(environment), tell), tell)
    except AlreadyRunning:
        raise
    except ImportStopped as fault:
        stop = fault
    except Exception as bug:  # somebody has to be told all the same
        stop = bug_told(bug)
    return not_begun(night.folder, stop, tell, time.monotonic() - began)


def not_begun(folder: Path, stop: ImportStopped, tell: Tell, seconds: float = 0.0) -> PassReport:
    """Of a pass that was stopped before it looked at any file; summary.json and the log say why."""
    report = replace(stopped_pass(folder.resolve(), stop), seconds=seconds)
    # Before any file is looked at, no text quotes one.
    return _told(report, tell, why=str(stop))


def _passed(night: Night, settings: Settings, tell: Tell) -> PassReport:
    """Raises UsageError, MappingError and CannotRecord."""
    folder = night.folder.resolve()
    if not folder.is_dir():
        raise UsageError(
            f"{night.folder} is no folder. Create it; inbox and the others in it come by themselves."
        )
    assigned = assigned_in(folder)
    with Journal(settings.state) as journal, _alone(folder, settings, journal):
        trays = Trays(folder, journal)
        trays.prepare()
        check_journal(folder, journal)
        work = _Pass(night, trays, assigned, WorkAtFile(settings, journal, trays, tell), tell)
        with heard_out(work.interrupt):
            report = SoFar(folder).joined(work.through())
        bugs = [ImportStopped(said) for said in differences(report.files, journal)]
        return replace(report, stopped=strongest_of(report.stopped, *bugs))


def _told(report: PassReport, tell: Tell, **facts: str) -> PassReport:
    with heard_out(unchanged):
        try:
            write_json(report.folder / SUMMARY, pass_as_json(report))
        except ImportStopped as fault:
            report = replace(report, stopped=strongest_of(report.stopped, fault))
        tell.event(
            "pass.ended", level=level_of(report.exit_code), files=len(report.files),
            outcomes=dict(report.outcomes), exit_code=report.exit_code,
            needs_person=report.needs_person, seconds=round(report.seconds, 3), **facts,
        )  # fmt: skip
    return report


@contextmanager
def _alone(folder: Path, settings: Settings, journal: Journal) -> Iterator[None]:
    name = hashlib.sha256(f"nightly\n{folder}".encode()).hexdigest()[:16]
    with SheetLock(settings.state / f"sheet-{name}.lock", journal).tried() as is_ours:
        if not is_ours:
            raise AlreadyRunning(
                f"Another importer is working through {folder} right now. Nothing was done from here; the "
                "next pass finds what that one leaves."
            )
        yield


class _Pass:
    """One pass at work."""

    def __init__(
        self, night: Night, trays: Trays, assigned: Assigned, work_at: WorkAtFile, tell: Tell
    ) -> None:
        self._night = night
        self._trays = trays
        self._assigned = assigned
        self._work_at = work_at
        self._tell = tell
        self._rules: Rules | None = None
        self._interrupted_by = ""
        self._stopped: ImportStopped | None = None
        self._files: list[FileReport] = []
        self._left: list[Left] = []

    def interrupt(self, by: str) -> None:
        """Safe to call from a signal handler."""
        self._interrupted_by = by
        if self._rules:
            self._rules.interrupt(by)

    def through(self) -> PassReport:
        """First what earlier passes have begun, then the inbox; however it ends, each file is told of."""
        began, started = time.monotonic(), now_written()
        self._tell.event("pass.began", folder=str(self._trays.folder))
        try:
            self._work_through()
        except ImportStopped as stop:
            self._stopped = stop
        except OSError as error:
            what = error.filename or self._trays.folder
            self._stopped = ResultError(f"{what} cannot be used: {error.strerror}.")
        except Exception as bug:  # what is done by then has to be told all the same
            self._stopped = bug_told(bug)
        seconds = time.monotonic() - began
        return PassReport(
            self._trays.folder,
            started,
            now_written(),
            seconds,
            tuple(self._files),
            tuple(self._left),
            self._stopped,
        )

    def _work_through(self) -> None:
        """Raises CannotRecord, OSError."""
        self._trays.find_moved()
        for held in list(self._trays.held()):
            if isinstance(held, Left):
                self._leave(held)
            elif self._goes_on(held.name):
                self._do(held)
        inbox = look_into(self._trays.inbox)
        for left in inbox.left:
            self._leave(left)
        for file in inbox.due:
            if self._goes_on(file.name):
                self._take(file)

    def _goes_on(self, name: str) -> bool:
        deadline = self._night.deadline
        if not self._stopped and self._interrupted_by:
            self._stopped = Interrupted(f"Stopped by {self._interrupted_by}.")
        elif not self._stopped and deadline and deadline.is_over:
            self._stopped = deadline.stop()
        if self._stopped:
            self._leave(Left(name, "waits for the next pass, as this one was stopped"))
        return not self._stopped

    def _take(self, file: Path) -> None:
        # Hours may have passed since the inbox was looked into.
        if not file.exists():
            return
        if left := why_left(file, file.lstat()):
            self._leave(left)
            return
        try:
            held = self._trays.take(file, datetime.now())
        except CannotBeTaken as why:
            self._leave(Left(file.name, f"cannot be moved out of the inbox: {why}", needs_person=True))
            return
        self._do(held)

    def _do(self, held: Held) -> None:
        self._rules = Rules(self._night.max_errors, deadline=self._night.deadline)
        if self._interrupted_by:
            self._rules.interrupt(self._interrupted_by)
        order = replace(self._night.order, sheet=held.sheet, mapping=self._assigned.mapping_for(held.name))
        file, stop = self._work_at.file(held, order, self._rules)
        self._files.append(file)
        self._interrupted_by = self._interrupted_by or self._rules.interrupted_by
        if ends_the_pass(stop):
            self._stopped = stop

    def _leave(self, left: Left) -> None:
        self._left.append(left)
        level = "warning" if left.needs_person else "info"
        self._tell.event("file.left", f"{left.name} {left.why}.", level, file=left.name, why=left.why)
