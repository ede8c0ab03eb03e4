"""The lines of the table, and how they read as Markdown."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

HEAD = "| work | measured | peak memory | bar | |\n|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Line:
    """One work and what it took. `is_met` None: there is no bar, or it could not be measured."""

    work: str
    measured: str
    memory: str
    bar: str
    is_met: bool | None = None

    def __str__(self) -> str:
        verdict = {True: "ok", False: "missed", None: ""}[self.is_met]
        return f"| {self.work} | {self.measured} | {self.memory} | {self.bar} | {verdict} |"


def machine() -> str:
    """In one line."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        told = []
    names = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
