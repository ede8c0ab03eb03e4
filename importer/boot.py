"""Which start of the machine it is: the monotonic clock counts from there."""

import time
from contextlib import suppress
from pathlib import Path


def boot() -> str:
    """Names the time since the machine was started; by about when that was, where it has no name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"{time.time() - time.monotonic():.0f}"


def is_same_boot(one: str, other: str) -> bool:
    """A wall clock that is set anew makes another one of it, where it goes by the time."""
    with suppress(ValueError):
        return abs(int(one) - int(other)) <= 60
    return one == other
