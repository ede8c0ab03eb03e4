"""Processes, and what each of them took of the machine."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds on the wall, seconds of CPU, and the most memory it ever had."""

    seconds: float
    cpu: float
    megabytes: float


class Started:
    """A process that runs; `log` gets what it says on both outputs."""

    def __init__(self, words: Sequence[object], folder: Path, log: Path, extra: dict[str, str]) -> None:
        self.words = [str(word) for word in words]
        self.log = log
        paths = os.pathsep.join(filter(None, (str(TOP), os.environ.get("PYTHONPATH"))))
        with log.open("wb") as file:
            self._began = time.perf_counter()
            self._process = subprocess.Popen(
                [sys.executable, *self.words],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=folder,
                env=_environment() | {"PYTHONPATH": paths, "IMPORTER_STATE": str(folder / "state")} | extra,
            )

    def wait(self, *good: int) -> Spent:
        """Until it ends. Raises RuntimeError where it ends with another code than those that are good."""
        _, status, used = os.wait4(self._process.pid, 0)
        seconds = time.perf_counter() - self._began
        # Popen did not see the end itself, and would wait for it.
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._process.returncode not in (good or (0,)):
            said = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(self.words)} ended with {self._process.returncode}:\n{said}")
        # Linux counts in kilobytes, macOS in bytes.
        unit = 1e6 if sys.platform == "darwin" else 1e6 / 1024
        return Spent(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)

    def interrupt(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """As a user has it: what was compiled once is not compiled again at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def started(words: Sequence[object], folder: Path, log: Path, **extra: str) -> Iterator[Started]:
    """Python with these words, in that folder; it does not outlive the block."""
    process = Started(words, folder, log, extra)
    try:
        yield process
    finally:
        process.kill()


def spend(words: Sequence[object], folder: Path, *good: int, log: str = "log.txt") -> Spent:
    """What Python with these words took, from its start to its end."""
    with started(words, folder, folder / log) as process:
        return process.wait(*good)
