"""Ctrl-C and the system's wish to end, while rows are in the air."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from importer.errors import Interrupted

# SIGBREAK is what Windows sends instead of SIGTERM.
NAMES = {
    name: how
    for name, how in (
        ("SIGINT", "Ctrl-C"),
        ("SIGTERM", "the system"),
        ("SIGHUP", "the terminal, which was closed"),
        ("SIGBREAK", "Ctrl-Break"),
    )
    if hasattr(signal, name)
}


@contextmanager
def heard_out(interrupt: Callable[[str], None]) -> Iterator[None]:
    """The first signal only calls `interrupt`, with what sent it; a second one leaves the program at once."""

    def handle(number: int, _: FrameType | None) -> None:
        for name in NAMES:
            # What is in the air stays in the journal as `sending`, which is the safe side.
            signal.signal(getattr(signal, name), leave_at_once)
        interrupt(NAMES[signal.Signals(number).name])

    # A terminal that is closed does not end what was started with nohup.
    heeded = [name for name in NAMES if name != "SIGHUP" or signal.getsignal(signal.SIGHUP) != signal.SIG_IGN]
    before = {name: signal.signal(getattr(signal, name), handle) for name in heeded}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def unchanged(_by: str) -> None:
    """For `heard_out` where the work is done: how it has ended stands, and is told."""


def leave_at_once(_number: int, _frame: FrameType | None) -> None:
    sys.stderr.flush()
    os._exit(Interrupted.exit_code)
