"""Figures and commands as they stand in sentences."""

import os
import re
import shlex
from collections.abc import Sequence


def duration(seconds: float) -> str:
    """`40 s`, `12 min`, `5 h 36 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 row`, `1,200 rows`; `plural` where it is not made with an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or f'{noun}s'}"


def as_typed(words: Sequence[str]) -> str:
    """A command line that can be copied into a terminal; on Windows into PowerShell."""
    return " ".join(map(for_powershell, words)) if os.name == "nt" else shlex.join(words)


def for_powershell(word: str) -> str:
    """The word as PowerShell takes it, which parts commands at ; and | and knows $."""
    return word if re.fullmatch(r"[\w.:\\/=+-]+", word) else "'" + word.replace("'", "''") + "'"
