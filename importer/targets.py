"""Where result files go: never over the sheet itself, never over another run's results."""

import re
from pathlib import Path

from importer.errors import UsageError


def default_target(sheet: Path, what: str = "result") -> Path:
    """`leads.csv` → `leads.result.xlsx` beside it; a result that is run again has no other name."""
    stem = re.sub(rf"\.{re.escape(what)}( \(\d+\))?$", "", sheet.stem)
    return sheet.with_name(f"{stem}.{what}.xlsx")


def check_target(target: Path, sheet: Path) -> None:
    """Raises UsageError where nothing can be written under this name, before anything is sent."""
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError(f"{target}: a result file ends in .xlsx or .csv.")
    try:
        there = target.exists()
    except OSError as error:
        raise UsageError(f"{target}: no file can have this name ({error.strerror}).") from error
    if target.resolve() == sheet.resolve() or (there and sheet.exists() and target.samefile(sheet)):
        raise UsageError(
            f"{target} is the sheet itself: name another file, so that the sheet stays as it is."
        )
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name a file in it.")
    if not target.resolve().parent.is_dir():
        raise UsageError(f"{target}: there is no folder {target.resolve().parent}.")


def free_target(target: Path, own: str = "") -> Path:
    """The target, or with a number added where another run's file has that name.

    own: the path that this run's earlier result was written to; that one is replaced.
    """
    candidate = target
    number = 2
    while candidate.exists() and str(candidate.resolve()) != own:
        candidate = target.with_name(f"{target.stem} ({number}){target.suffix}")
        number += 1
    return candidate


def file_version(file: Path) -> str:
    """Another one when somebody has saved the file; "" where there is none."""
    try:
        status = file.stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"
