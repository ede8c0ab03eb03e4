"""What stops a whole run, by what the operator can do about it.

ImportStopped
├── CannotStart            2   mend the command line, the mapping or the sheet; nothing was sent
│   ├── UsageError
│   ├── MappingError
│   └── SheetError
├── StopRule               3   look at the rows first; the same command continues
│   └── DaySpent               wait for the next day
├── Interrupted            4   the same command continues
├── NoAccess               5   mend the keys, the host or the network; the same command continues
│   ├── AccessRefused
│   ├── Unreachable
│   └── UsersUnknown
├── AlreadyRunning         6   wait for the other run
└── CannotRecord           7   mend the disk or the folder; the same command continues
    ├── JournalError
    └── ResultError

A row's trouble is never an exception: it is an Outcome (records.py).
"""

from collections.abc import Sequence
from typing import ClassVar


class ImportStopped(Exception):
    """Ends a run. Its text is complete sentences for the operator; `exit_code` is the process's."""

    exit_code: ClassVar[int] = 70


class CannotStart(ImportStopped):
    """What was handed in cannot be used; nothing was sent."""

    exit_code = 2


class UsageError(CannotStart):
    """The command line or the environment asks for something impossible."""


class MappingError(CannotStart):
    """The mapping file has faults; all of them are in `faults`, each with its place.

    needs_account: some are about names that only the account can tell.
    """

    def __init__(self, title: str, faults: Sequence[str] = (), needs_account: bool = False) -> None:
        self.faults = tuple(faults)
        self.needs_account = needs_account
        super().__init__("\n".join([title, *(f"  {fault}" for fault in self.faults)]))


class SheetError(CannotStart):
    """The sheet cannot be read, or does not fit the mapping."""


class StopRule(ImportStopped):
    """A rule that the operator set, or that protects the quota, stopped the run."""

    exit_code = 3


class DaySpent(StopRule):
    """The calls that a day allows are spent."""


class Interrupted(ImportStopped):
    """Ctrl-C, the system asked the program to end, or the time that it was given is over."""

    exit_code = 4


class NoAccess(ImportStopped):
    """LeadSquared cannot be used at all right now."""

    exit_code = 5


class AccessRefused(NoAccess):
    """LeadSquared refuses the keys, or has no such call at this host. The call that met it did nothing."""


class Unreachable(NoAccess):
    """LeadSquared does not answer."""


class UsersUnknown(NoAccess):
    """Nobody tells who can own an opportunity, and the mapping names owners. Others can be sent."""


class AlreadyRunning(ImportStopped):
    """Another process is importing this sheet now."""

    exit_code = 6


class CannotRecord(ImportStopped):
    """What happens cannot be written down, so nothing more may be sent."""

    exit_code = 7


class JournalError(CannotRecord):
    """The journal cannot be opened, read or written."""


class ResultError(CannotRecord):
    """The result workbook cannot be written; the journal still holds everything for it."""


STOPPED_BY = {
    2: "unusable",
    3: "rule",
    4: "interrupted",
    5: "no access",
    6: "already running",
    7: "cannot record",
    70: "bug",
}
"""What ended a run early, as a log says it, by the exit code."""


def level_of(exit_code: int) -> str:
    """How much of somebody's attention such an end needs: info, warning or error."""
    return {0: "info", 1: "warning", 3: "warning", 4: "warning"}.get(exit_code, "error")


BY_STRENGTH = (70, 6, 2, 7, 5, 4, 3, 1, 0)


def strongest(*exit_codes: int) -> int:
    """The exit code to end with where several hold."""
    return min(exit_codes, key=BY_STRENGTH.index)


def strongest_of(*stops: ImportStopped | None) -> ImportStopped | None:
    """The reason to end with, where there is any."""
    found = [stop for stop in stops if stop]
    return min(found, key=lambda stop: BY_STRENGTH.index(stop.exit_code), default=None)


def stronger(one: Exception, other: Exception) -> bool:
    """Whether the first of two reasons to stop is the one to end with; what is no ImportStopped is a bug."""
    codes = [stop.exit_code if isinstance(stop, ImportStopped) else 70 for stop in (one, other)]
    return codes[0] != codes[1] and strongest(*codes) == codes[0]
