"""What one pass over a folder of sheets has done, file by file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from importer.ages import now_written
from importer.errors import (
    CannotRecord,
    CannotStart,
    DaySpent,
    ImportStopped,
    Interrupted,
    NoAccess,
    strongest,
)
from importer.records import Ended

WORKING, DONE, ATTENTION, FAILED = "working", "done", "attention", "failed"
"""Where a file is: still at work, all well, finished with rows that need a person, or unusable."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that waits for the next pass. needs_person: it will wait for ever unless somebody helps."""

    name: str
    why: str
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file, in this pass.

    name:      as it lay in the inbox.
    place:     a word of above.
    path:      the file where it is now, in a folder of its own.
    run:       the number of its run; None where none was begun.
    outcomes:  counts of all its rows, also those of earlier passes; they add up to `rows`.
    result:    its result workbook; None where there is none.
    reason:    why it stopped or failed, in sentences; "" where it finished. It may quote a cell.
    started:   when this pass took it up, UTC, `yyyy-mm-dd hh:mm:ss`.
    calls, refusals: how many calls were made for it in this pass, and how many the limit refused.
    """

    name: str
    place: str
    path: Path
    exit_code: int
    run: int | None = None
    mapping: Path | None = None
    rows: int = 0
    outcomes: Mapping[Ended, int] = field(default_factory=dict)
    result: Path | None = None
    reason: str = ""
    started: str = ""
    seconds: float = 0.0
    calls: int = 0
    refusals: int = 0

    @property
    def needs_person(self) -> bool:
        """Not where it is well, or the next pass goes on by itself."""
        needs_one = (NoAccess.exit_code, CannotRecord.exit_code, ImportStopped.exit_code)
        return self.exit_code in needs_one or self.place in (ATTENTION, FAILED)


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass over a folder has done. Times are UTC, `yyyy-mm-dd hh:mm:ss`.

    left:    what waits for the next pass.
    stopped: what ended the pass before all files were worked through.
    """

    folder: Path
    started: str
    ended: str
    seconds: float
    files: tuple[FileReport, ...] = ()
    left: tuple[Left, ...] = ()
    stopped: ImportStopped | None = None

    @property
    def exit_code(self) -> int:
        """The strongest of the files' and of what has stopped the pass."""
        stopped = self.stopped.exit_code if self.stopped else 0
        unusable = [CannotStart.exit_code for left in self.left if left.needs_person]
        return strongest(stopped, *unusable, *(file.exit_code for file in self.files))

    @property
    def outcomes(self) -> Counter[Ended]:
        """How the rows of all its files ended."""
        total: Counter[Ended] = Counter()
        for file in self.files:
            total.update(file.outcomes)
        return total

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look: not where the next pass goes on by itself."""
        waits = self.stopped is None or isinstance(self.stopped, DaySpent | Interrupted)
        is_stuck = any(left.needs_person for left in self.left)
        return not waits or is_stuck or any(file.needs_person for file in self.files)


def stopped_pass(folder: Path, stop: ImportStopped) -> PassReport:
    """Of a pass that ended before it looked at any file."""
    now = now_written()
    return PassReport(folder, now, now, 0.0, stopped=stop)
