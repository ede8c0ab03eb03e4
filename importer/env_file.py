"""A file of host, keys and the like, as `--env-file` names it: lines `NAME=VALUE`, read literally."""

import os
import re
import stat
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from importer.errors import UsageError
from importer.settings import NEEDED
from importer.spelling import as_typed

NAMES = (
    *NEEDED,
    *("LSQ_RATE", "LSQ_DAILY_CALLS", "IMPORTER_STATE"),
    *("IMPORTER_WEBHOOK", "IMPORTER_SMTP", "IMPORTER_MAIL_TO", "IMPORTER_MAIL_FROM"),
)
"""The environment variables of this program."""

LINE = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*([^\0]*)")
OTHERS_MAY = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


def read_env_file(path: Path) -> dict[str, str]:
    """What the file says of NAMES; the names of other programs are left out.

    Raises UsageError, which names the line and never tells a value.
    """
    found: dict[str, str] = {}
    line_of: dict[str, int] = {}
    for number, line in _lines(path):
        match = LINE.fullmatch(line)
        if not match:
            raise UsageError(
                f"{path}, line {number}: this is no NAME=VALUE, and no comment that begins with #."
            )
        name, value = match.groups()
        if name in found:
            raise UsageError(
                f"{path}: {name} stands in line {line_of[name]} and again in line {number}: keep one of them."
            )
        if name in NAMES:
            found[name] = _unquoted(value)
            line_of[name] = number
        elif name.upper().startswith(("LSQ_", "IMPORTER_")):
            raise UsageError(
                f"{path}, line {number}: {name} is no name that the importer knows{_hint(name)}."
            )
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, each with its number."""
    try:
        text = _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path} is not UTF-8: save it as a text file in UTF-8.") from fault
    # Not splitlines(), which would also part a value at characters that are no end of a line.
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.removesuffix("\r").strip(" \t")
        if bare and not bare.startswith("#"):
            yield number, bare


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder: --env-file takes a file of lines NAME=VALUE.")
        with path.open("rb") as file:
            _refuse_shared(path, os.fstat(file.fileno()).st_mode)
            return file.read()
    except FileNotFoundError as fault:
        raise UsageError(f"--env-file: there is no file {path}.") from fault
    except OSError as fault:
        raise UsageError(f"--env-file: {path} cannot be read ({fault.strerror}).") from fault


def _refuse_shared(path: Path, mode: int) -> None:
    # Elsewhere the mode says nothing of who may read it.
    if os.name == "posix" and mode & OTHERS_MAY:
        raise UsageError(
            f"{path} holds keys, and other users of this machine can read or change it. "
            f"Type: {as_typed(['chmod', '600', str(path)])}"
        )


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if is_quoted else value


def _hint(name: str) -> str:
    close = get_close_matches(name.upper(), NAMES, n=1)
    return f" (did you mean {close[0]}?)" if close else f": it knows {', '.join(NAMES)}"
