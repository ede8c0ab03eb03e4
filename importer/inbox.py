"""Which files of an inbox are there to be imported, and why others have to wait."""

import os
import stat
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importer.passes import Left
from importer.trays import REASON, SUMMARY, as_text, is_hidden

# Seconds: whoever writes a file pauses less than this.
SETTLED_AFTER = 60.0

# Seconds: a file that waits for longer will wait for ever.
LONG = 24 * 3600.0

# How programs name what they have not written to its end.
PARTIAL = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", "~")

# Beside the sheet, in a folder that holds both, stand files of these names.
OURS = (SUMMARY, REASON)

# `NAME.result.xlsx` and the temporary names beside it fit into the 255 bytes that a file system has.
LONGEST = 200

# Signs that turn the direction of the text around them.
TURNING = ("LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")

OPEN_ELSEWHERE = ("~${name}", ".~lock.{name}#")


@dataclass(frozen=True, slots=True)
class Inbox:
    """due: the files to take, the longest unchanged first. left: those that stay, and why."""

    due: tuple[Path, ...]
    left: tuple[Left, ...]


def look_into(folder: Path) -> Inbox:
    """What is in this folder now, without hidden files and those that mark another as open."""
    due: list[tuple[float, str, Path]] = []
    left: list[Left] = []
    for path, status in _entries(folder):
        why = why_left(path, status)
        if why:
            left.append(why)
        else:
            due.append((status.st_mtime, path.name, path))
    return Inbox(tuple(path for *_, path in sorted(due)), tuple(left))


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in sorted(folder.iterdir()):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        if not is_hidden(path.name, status):
            yield path, status


def why_left(file: Path, status: os.stat_result) -> Left | None:
    """Why it is not to be taken just now; None: it is."""
    if stat.S_ISDIR(status.st_mode):
        return Left(_plain(file.name), "is a folder: only files in the inbox itself are imported")
    if why := _why_never(file.name, status):
        return Left(_plain(file.name), why, needs_person=True)
    why = _why_not_yet(file, status)
    # Nothing takes that long: whoever was writing it, or had it open, has gone.
    is_stuck = time.time() - status.st_ctime > LONG
    return Left(file.name, why, needs_person=is_stuck) if why else None


def _why_never(name: str, status: os.stat_result) -> str:
    if as_text(name) != name:
        return "has a name that is no text: rename it"
    if _plain(name) != name:
        return "has a name with signs that change how text is shown: rename it"
    if not stat.S_ISREG(status.st_mode):
        return "is a link or no file: put the file itself into the inbox"
    if name.casefold() in OURS:
        return "has a name that the importer uses for files of its own: rename it"
    if len(os.fsencode(name)) > LONGEST:
        return f"has a name of more than {LONGEST} bytes: rename it"
    return ""


def _why_not_yet(file: Path, status: os.stat_result) -> str:
    if file.name.casefold().endswith(PARTIAL):
        return "is still being written, by its name"
    if any(file.with_name(lock.format(name=file.name)).exists() for lock in OPEN_ELSEWHERE):
        return "is open in Excel or another program"
    now = time.time()
    # Whoever uploads it may set its time, by a clock that is hours ahead.
    changed = status.st_mtime if status.st_mtime <= now else status.st_ctime
    if now - changed < SETTLED_AFTER:
        return f"was changed within the last {SETTLED_AFTER:.0f} seconds"
    return ""


def _plain(name: str) -> str:
    """Without signs that would move the cursor, end the line, or have x.csv read as another ending."""
    return "".join(repr(sign)[1:-1] if _is_harmful(sign) else sign for sign in as_text(name))


def _is_harmful(sign: str) -> bool:
    # Joiners, blanks that do not break and signs that are younger than this Python harm nobody.
    return unicodedata.category(sign) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(sign) in TURNING
