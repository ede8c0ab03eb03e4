"""The folder of an unattended import: an inbox, and where each file goes from there, whole or not at all."""

import errno
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importer.assigned import MAPPINGS
from importer.errors import ResultError, UsageError
from importer.journal import Journal
from importer.landing import land_text
from importer.moved import moved, sheets_in
from importer.passes import ATTENTION, DONE, FAILED, WORKING, Left
from importer.runs import Runs

INBOX = "inbox"
SUMMARY = "summary.json"
REASON = "reason.txt"

SO_FAR = "pass.json"
"""In `working`: what the pass at work has done so far."""

HIDDEN = (".", "~$", "~")
OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")

# Characters of a sheet's name in the name of its folder: path lengths are limited too.
NAMED_BY = 40


@dataclass(frozen=True, slots=True)
class Held:
    """A file that was taken from the inbox. folder: its own, with what belongs to it beside it."""

    folder: Path
    name: str

    @property
    def sheet(self) -> Path:
        return self.folder / self.name


class CannotBeTaken(Exception):
    """The file stays where it is; the text says why."""


class Trays:
    """inbox, working, done, attention and failed, in one folder, on one disk.

    A file is moved by renaming: to a folder of its own in `working`, and with this folder, and all that was
    written beside it, to where it belongs. A ticket in the folder says what was taken, and by which journal.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.inbox = folder / INBOX
        self._journal = journal

    def prepare(self) -> None:
        """Make the trays where they are missing. Raises UsageError where that is impossible."""
        if self.folder.name == INBOX and (self.folder.parent / WORKING).is_dir():
            raise UsageError(f"{self.folder} is an inbox itself: name {self.folder.parent}, which holds it.")
        for name in (INBOX, MAPPINGS, WORKING, DONE, ATTENTION, FAILED):
            try:
                (self.folder / name).mkdir(exist_ok=True)
            except OSError as error:
                raise UsageError(f"{self.folder / name} cannot be made: {error.strerror}.") from error

    def _tray(self, place: str) -> Path:
        # A tray may be a link to elsewhere on the disk; the journal has the sheets' own paths.
        return (self.folder / place).resolve()

    def take(self, file: Path, now: datetime) -> Held:
        """Out of the inbox. Raises CannotBeTaken; ResultError and OSError where no file can be."""
        folder = self._new_folder(f"{now:%Y-%m-%d_%H%M%S}_{file.stem[:NAMED_BY].strip(' .')}")
        held = Held(folder, file.name)
        try:
            self.write(held, {"place": WORKING})
            file.rename(held.sheet)
        except (OSError, ResultError) as error:
            with suppress(OSError):
                _discard(folder)
            if isinstance(error, ResultError):
                raise
            raise CannotBeTaken(_why(error)) from error
        return held

    def _new_folder(self, name: str) -> Path:
        number = 1
        while True:
            own = f"{name} ({number})" if number > 1 else name
            number += 1
            if any((self._tray(tray) / own).exists() for tray in (WORKING, DONE, ATTENTION, FAILED)):
                continue
            with suppress(FileExistsError):
                (self._tray(WORKING) / own).mkdir()
                return self._tray(WORKING) / own

    def held(self) -> Iterator[Held | Left]:
        """The files in `working`, those taken first first; why one is not to be touched."""
        for folder in sorted(self._tray(WORKING).iterdir()):
            try:
                is_left_out = folder.name == SO_FAR or is_hidden(folder.name, folder.lstat())
                found = None if is_left_out else self._held_in(folder)
            except FileNotFoundError:
                continue
            except OSError as error:
                why = f"in {WORKING} cannot be read: {error.strerror}"
                found = Left(as_text(folder.name), why, needs_person=True)
            if found:
                yield found

    def _held_in(self, folder: Path) -> Held | Left | None:
        """None: nothing is left there. Raises OSError."""
        if not folder.is_dir():
            why = f"lies in {WORKING}, where only the importer puts files"
            return Left(as_text(folder.name), why, needs_person=True)
        why = ""
        name, journal = _ticket(folder)
        if not name or not (folder / name).exists():
            # Ended between the ticket and the move, the file is still in the inbox.
            is_known = bool(name) and Runs(self._journal).of_sheet(folder / name) is not None
            if not is_known and _discard(folder):
                return None
            why = f"in {WORKING} does not hold the file that its {SUMMARY} names"
        elif journal != self._journal.mark:
            why = (
                "is being imported with another journal, by another computer or user, or because "
                "IMPORTER_STATE named another folder then: let that one go on, or set it so again"
            )
        return Left(as_text(folder.name), why, needs_person=True) if why else Held(folder, name)

    def write(self, held: Held, summary: dict[str, object]) -> None:
        """The summary beside the file, which is its ticket too. Raises ResultError."""
        write_json(held.folder / SUMMARY, {**summary, "file": held.name, "journal": self._journal.mark})

    def goal(self, held: Held, place: str) -> Held:
        """The same file, in the tray where it is going to be."""
        return Held(self._tray(place) / held.folder.name, held.name)

    def put_away(self, held: Held, place: str) -> None:
        """Move it with all that is beside it. Raises ResultError."""
        for draft in held.folder.glob("~importer-*.tmp"):
            draft.unlink(missing_ok=True)
        goal = self.goal(held, place)
        try:
            held.folder.rename(goal.folder)
        except OSError as error:
            raise ResultError(
                f"{held.folder} cannot be moved to {goal.folder.parent}: {_why(error)}."
            ) from error
        moved(held.folder, goal.folder, self._journal)

    def find_moved(self) -> None:
        """The journal learns of what was put away just before the program was ended from outside."""
        for sheet in sheets_in(self._tray(WORKING), self._journal):
            if _is_there(sheet):
                continue
            for place in (DONE, ATTENTION, FAILED):
                goal = self._tray(place) / sheet.parent.name
                if (goal / sheet.name).exists():
                    moved(sheet.parent, goal, self._journal)


def as_text(name: str) -> str:
    """Linux allows bytes in names that are no text in any language."""
    return os.fsencode(name).decode(errors="backslashreplace")


def is_hidden(name: str, status: os.stat_result) -> bool:
    """Whether no person has put it there: what systems and other programs keep beside files."""
    attributes = getattr(status, "st_file_attributes", 0)
    is_marked = bool(attributes & getattr(stat, "FILE_ATTRIBUTE_HIDDEN", 2))
    return is_marked or name.startswith(HIDDEN) or name.casefold() in OF_THE_SYSTEM


def write_json(path: Path, content: dict[str, object]) -> None:
    """Whole or not at all, in the place of what was there. Raises ResultError."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    land_text(path, f"{text}\n")


def _is_there(sheet: Path) -> bool:
    """Also where its folder cannot be read, which is told by `held`."""
    try:
        return sheet.exists()
    except OSError:
        return True


def _discard(folder: Path) -> bool:
    """Remove a folder in which there is nothing but what `take` has made; False where there is more."""
    inside = list(folder.iterdir())
    if all(each.name == SUMMARY or each.match("~importer-*.tmp") for each in inside):
        for each in inside:
            each.unlink()
        folder.rmdir()
    return not folder.exists()


def _ticket(folder: Path) -> tuple[str, str]:
    """The name of the file that was taken, and the journal's mark; "" where that cannot be read."""
    try:
        told = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        return str(told["file"]), str(told["journal"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def _why(error: OSError) -> str:
    if error.errno == errno.EXDEV:
        return "the inbox and the folders beside it are not on one disk"
    if os.name == "nt" and isinstance(error, PermissionError):
        return "it is open in another program"
    return error.strerror or str(error)
