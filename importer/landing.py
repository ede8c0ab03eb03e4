"""Result files on the disk: whole or not at all, under another name where theirs is held open."""

import errno
import io
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from importer.errors import ResultError
from importer.targets import free_target

NO_FOLDER = "there is no such folder (create it, or name a file in another)"
NOT_ALLOWED = "nothing may be written here (name a file in another folder, or close it where it is open)"

REASONS = {
    errno.ENOENT: NO_FOLDER,
    errno.ENOTDIR: NO_FOLDER,
    errno.ENOSPC: "the disk is full (make room, or name a file on another disk)",
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.EROFS: NOT_ALLOWED,
    errno.EISDIR: "a folder has this name (name another file)",
    errno.ENAMETOOLONG: "this name is too long (name another file)",
}


def land(
    target: Path, write: Callable[[BinaryIO], None], replace: Callable[[Path, Path], None] = os.replace
) -> Path:
    """Let `write` fill a file of a temporary name beside `target`, then give it its name.

    Returns the name that it got: where another program holds `target` open, as Excel does, a number is
    added. Raises ResultError, and leaves nothing behind, where no file can be written.
    """
    draft = target.with_name(f"~importer-{os.getpid()}.tmp")
    try:
        with _Draft(draft) as file:
            write(file)
        if file.fault:
            raise file.fault
        try:
            replace(draft, target)
        except PermissionError:
            target = free_target(target)
            replace(draft, target)
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or str(error))
        raise ResultError(f"{target}: {reason}.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return target


def land_text(target: Path, text: str) -> Path:
    """As `land`, in UTF-8."""

    def write(file: BinaryIO) -> None:
        # Paths may have bytes that are no text.
        file.write(text.encode(errors="backslashreplace"))

    return land(target, write)


class _Draft(io.FileIO):
    """A new file that keeps the fault of the disk for later.

    The writers of workbooks try once more to end their file when they are thrown away, and complain with a
    traceback that nobody can catch.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w")
        self.fault: OSError | None = None

    def write(self, data: Any) -> int:
        rest = memoryview(data)
        while rest and not self.fault:
            try:
                rest = rest[super().write(rest) :]
            except OSError as error:
                self.fault = error
        return len(data)
