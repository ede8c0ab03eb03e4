"""What the program prints, on whatever kind of console or pipe."""

import os
import sys
from typing import TextIO


def out(text: str, stream: TextIO | None = None, end: str = "\n") -> None:
    """Print a line. Where nobody reads it any more, the work goes on all the same."""
    stream = stream or sys.stdout
    try:
        print(text, file=stream, end=end, flush=True)
    except OSError:
        # A closed pipe, a full disk, a terminal that is gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def survive_any_console() -> None:
    """A console that knows only cp1252 gets names in every script as escapes, one that is closed nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 (as long as the program)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
