"""The log file: appended to, private, rotated by its size; one that fails harms nobody."""

import io
import logging
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from importer.errors import UsageError

MOST_BYTES = 10_000_000
OLD_FILES = 5

# What we write begins with its time, so that a file that does not is somebody's own.
OWN_LINE = re.compile(rb'(\{"time": ")?\d{4}-\d\d-\d\dT\d\d:')

# A result may get such a name later, and must find it free.
NO_LOG = (".csv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".yaml", ".yml")


class LogFile:
    """`failed` is told once, in a sentence, when it can no longer be written. Raises UsageError.

    others: files that it must not be.
    """

    def __init__(self, path: Path, failed: Callable[[str], None], others: Iterable[Path] = ()) -> None:
        try:
            _refuse(path, others)
            self._file = _Rotated(path, failed)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(
                f"--log-file: {path} cannot be written: {reason}. Nothing was done; name another file."
            ) from error

    def write(self, lines: str) -> None:
        self._file.handle(logging.makeLogRecord({"msg": lines}))

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()


def _refuse(path: Path, others: Iterable[Path]) -> None:
    if path.suffix.lower() in NO_LOG:
        raise UsageError(
            f"--log-file: {path} has the name of a sheet or mapping: a log ends in .log or .txt."
        )
    if any(_is_same(path, other) for other in others):
        raise UsageError(f"--log-file: {path} is another file of this command: name one of its own.")
    if path.is_dir():
        raise UsageError(f"--log-file: {path} is a folder: name a file in it.")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"--log-file: {path}: there is no folder {path.resolve().parent}.")
    if path.exists() and not (path.is_file() and _is_own(path)):
        raise UsageError(
            f"--log-file: {path} is there already, and is no log of the importer: name another file, so that "
            "it stays as it is."
        )


def _is_same(path: Path, other: Path) -> bool:
    is_there = path.exists() and other.exists()
    return path.resolve() == other.resolve() or (is_there and path.samefile(other))


def _is_own(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(40)
    return not head or OWN_LINE.match(head) is not None


class _Rotated(RotatingFileHandler):
    def __init__(self, path: Path, failed: Callable[[str], None]) -> None:
        self._failed = failed
        self._has_failed = False
        super().__init__(path, maxBytes=MOST_BYTES, backupCount=OLD_FILES, encoding="utf-8")

    def _open(self) -> io.TextIOWrapper:
        # Nothing is kept back, which a full disk would make fail once more when the file is closed.
        return io.TextIOWrapper(
            _Appended(self.baseFilename, "a", opener=_private),  # raw, as python -u has it
            encoding="utf-8", errors="backslashreplace", newline="\n", write_through=True,
        )  # fmt: skip

    def doRollover(self) -> None:  # noqa: N802 (logging's own name)
        try:
            super().doRollover()
        except OSError:
            # Windows renames no file that another process holds open. It grows on, and is tried again later.
            self.stream = self._open()
            self.maxBytes = Path(self.baseFilename).stat().st_size + MOST_BYTES

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        # Logging calls this from where it has caught what went wrong.
        if not self._has_failed:
            self._has_failed = True
            self._failed(f"The log file {self.baseFilename} cannot be written any more. The work goes on.")


class _Appended(io.FileIO):
    """Writes all or raises. What follows a line that was cut off by a full disk begins on one of its own."""

    _is_torn = False

    def write(self, data: Any) -> int:
        rest = memoryview(b"\n" + bytes(data) if self._is_torn else data)
        while rest:
            try:
                rest = rest[super().write(rest) :]
            except OSError:
                self._is_torn = self._is_torn or len(rest) < len(data)
                raise
        self._is_torn = False
        return len(data)


def _private(path: str, flags: int) -> int:
    file = os.open(path, flags, 0o600)
    if hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchmod(file, 0o600)
    return file
