"""Runs in the journal: one import of one sheet, finished or not, by one process at a time."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from importer.database import writing
from importer.errors import AlreadyRunning, UsageError
from importer.journal import Account, Journal
from importer.reading import Reading
from importer.sheet_lock import SheetLock
from importer.targets import file_version

# No letter that is read as a digit, no vowel that could make a word.
LETTERS = "bcdfghjkmnpqrstvwxz23456789"

BEGUN = (
    "account, organisation, host, sheet, worksheet, sheet_sha256, header_row, encoding, delimiter, "
    "mapping, event_code, rows, pace, again, details, unless_open"
)

OF_A_SHEET = "WHERE account = ? AND sheet = ? AND worksheet = ? AND event_code = ?"

# Between versions of a result, of which the file has one.
OR = " or "

RUN = "number, mark, started, ended, exit_code, stopped, finished, result, result_version, verified, noticed"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a run when it begins. `sheet` and `mapping` are whole paths, times are UTC.

    encoding, delimiter: of a text file, as the operator gave them; "" where they are found out.
    """

    account: str
    organisation: str
    host: str
    sheet: str
    worksheet: str
    sheet_sha256: str
    header_row: int
    encoding: str
    delimiter: str
    mapping: str
    event_code: int
    rows: int
    pace: str
    again: bool
    details: bool
    unless_open: bool

    @property
    def reading(self) -> Reading:
        """How the sheet is to be read again."""
        return Reading(self.worksheet or None, self.encoding or None, self.delimiter or None)

    def under(self, account: Account, pace: str) -> Self:
        """The same, now that LeadSquared was asked whose the keys are."""
        return replace(self, account=account.name, organisation=account.organisation, pace=pace)


@dataclass(frozen=True, slots=True)
class Run(Beginning):
    """A run as the journal knows it.

    mark:      a few letters that no other run has; with the row number they make a row's reference.
    exit_code: None while it runs, or after the program died.
    finished:  it ended by itself and left no row unsent.
    result:    the path of its result workbook, "" before there is one.
    verified:  what came of reading the created opportunities back, in a sentence.
    noticed:   blocks for the worksheet Summary (`summary_page.as_json`).
    """

    number: int
    mark: str
    started: str
    ended: str
    exit_code: int | None
    stopped: str
    finished: bool
    result: str
    result_version: str
    verified: str
    noticed: str

    @property
    def was_interrupted(self) -> bool:
        return self.exit_code is None or self.exit_code == 4

    def reference(self, row: int) -> str:
        """What a sent row can be found by in LeadSquared: at most 24 characters."""
        return f"ref-{self.mark}-{row}"


class Runs:
    """The runs of one journal, newest first."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._database = journal.database

    def all(self) -> list[Run]:
        return self._select("ORDER BY number DESC")

    def numbered(self, number: int) -> Run:
        """Raises UsageError where there is no such run."""
        found = self._select("WHERE number = ?", str(number))
        if not found:
            raise UsageError(f"There is no run {number}. To see the runs: importer history")
        return found[0]

    def unfinished(self, beginning: Beginning, nameless: str = "") -> Run | None:
        """The run of this very sheet that still has rows to send, or died before its end.

        Not one of which anything was undone: what it created is settled for ever.
        nameless: what the account went by while LeadSquared had not yet named it.
        """
        found = self._select(
            "WHERE account IN (?, ?) AND sheet = ? AND worksheet = ? AND event_code = ? "
            "ORDER BY number DESC LIMIT 1",
            beginning.account,
            nameless,
            beginning.sheet,
            beginning.worksheet,
            beginning.event_code,
        )
        # A changed sheet has other row numbers: its rows are recognised by their fingerprints instead.
        same = [run for run in found if not run.finished and run.sheet_sha256 == beginning.sheet_sha256]
        is_undone = "WHERE number = ? AND number IN (SELECT run FROM undone)"
        return None if not same or self._select(is_undone, same[0].number) else same[0]

    def of_sheet(self, sheet: Path) -> Run | None:
        """The newest run of the sheet that lies there."""
        return next(iter(self._select("WHERE sheet = ? ORDER BY number DESC LIMIT 1", str(sheet))), None)

    def earlier(self, run: Run) -> list[Run]:
        """The runs before this one of the same sheet, unchanged or not."""
        return self._select(f"{OF_A_SHEET} AND number < ?", *_sheet_of(run), run.number)

    def begin(self, beginning: Beginning, started: str) -> Run:
        mark = "".join(secrets.choice(LETTERS) for _ in range(8))
        values = [getattr(beginning, name) for name in BEGUN.split(", ")]
        marks = ", ".join("?" * (len(values) + 2))
        with self._journal.guarded(), writing(self._database):
            cursor = self._database.execute(
                f"INSERT INTO runs ({BEGUN}, mark, started) VALUES ({marks})",  # noqa: S608 (names from above)
                [*values, mark, started],
            )
        return self.numbered(int(cursor.lastrowid or 0))

    def resume(self, run: Run, beginning: Beginning) -> Run:
        """The run goes on, under the mapping and pace of today."""
        return self._update(
            run, account=beginning.account, organisation=beginning.organisation,
            mapping=beginning.mapping, pace=beginning.pace, header_row=beginning.header_row,
            encoding=beginning.encoding, delimiter=beginning.delimiter, details=beginning.details,
            again=run.again and beginning.again, unless_open=run.unless_open or beginning.unless_open,
            exit_code=None, ended="", stopped="", finished=False,
        )  # fmt: skip

    def end(self, run: Run, ended: str, exit_code: int | None, stopped: str, finished: bool) -> Run:
        return self._update(run, ended=ended, exit_code=exit_code, stopped=stopped, finished=finished)

    def own_result(self, run: Run) -> str:
        """The path of the run's result; "" where it was changed since, or a later run has taken that name."""
        taken = self._select("WHERE result = ? AND number > ?", run.result, run.number)
        is_own = file_version(Path(run.result)) in run.result_version.split(OR)
        return run.result if is_own and not taken else ""

    def tell_surveyed(self, run: Run, rows: int, noticed: str) -> Run:
        return self._update(run, rows=rows, noticed=noticed)

    def tell_verified(self, run: Run, verified: str) -> Run:
        return self._update(run, verified=verified)

    def expect_result(self, run: Run, result: Path, draft: Path) -> Run:
        """`draft` becomes the result now; ended just before or after, the run knows which file is its own."""
        versions = f"{file_version(draft)}{OR}{run.result_version}"
        return self._update(run, result=str(result), result_version=versions)

    def name_result(self, run: Run, result: Path) -> Run:
        return self._update(run, result=str(result), result_version=file_version(result))

    def _update(self, run: Run, **values: object) -> Run:
        names = ", ".join(f"{name} = ?" for name in values)
        with self._journal.guarded():
            self._database.execute(
                f"UPDATE runs SET {names} WHERE number = ?",  # noqa: S608 (names from this module)
                [*values.values(), run.number],
            )
        return self.numbered(run.number)

    def _select(self, which: str, *values: object) -> list[Run]:
        columns = f"{BEGUN}, {RUN}"
        query = f"SELECT {columns} FROM runs {which}"  # noqa: S608 (our own words, no input)
        with self._journal.guarded():
            lines = self._database.execute(query, values).fetchall()
        names = columns.split(", ")
        return [_run(dict(zip(names, line, strict=True))) for line in lines]

    @contextmanager
    def alone(self, beginning: Beginning) -> Iterator[None]:
        """Keeps other processes from importing this sheet; raises AlreadyRunning where one does.

        The system frees the lock when the process dies, however it dies.
        """
        with self.lock(beginning).tried() as is_ours:
            if not is_ours:
                raise AlreadyRunning(
                    f"{Path(beginning.sheet).name} is being imported, asked for or undone by another "
                    "importer. Wait until that one has ended; nothing was sent from here."
                )
            yield

    def is_running(self, number: int) -> bool:
        """Whether a process is at work on this run now."""
        run = self.numbered(number)
        # The lock is the sheet's: where a newer run of it has begun, it is that one's.
        if self._select(f"{OF_A_SHEET} AND number > ? LIMIT 1", *_sheet_of(run), number):
            return False
        return self.lock(run).is_held()

    def forget_lock(self, run: Run) -> None:
        """Nobody will import the sheet from this place again."""
        with suppress(OSError):
            self.lock(run).path.unlink(missing_ok=True)

    def lock(self, beginning: Beginning) -> SheetLock:
        """Of the sheet: held by whoever imports it, asks for the rows of one of its runs or undoes one."""
        # Not by account, which is known only once LeadSquared was asked.
        what = f"{beginning.host}\n{beginning.sheet}\n{beginning.worksheet}\n{beginning.event_code}"
        name = hashlib.sha256(what.encode()).hexdigest()[:16]
        return SheetLock(self._journal.path.with_name(f"sheet-{name}.lock"), self._journal)


def _sheet_of(run: Run) -> tuple[object, ...]:
    return run.account, run.sheet, run.worksheet, run.event_code


def _run(values: dict[str, object]) -> Run:
    for name in ("again", "details", "unless_open", "finished"):
        values[name] = bool(values[name])
    return Run(**values)  # type: ignore[arg-type]  # the columns of the table are the fields of Run
