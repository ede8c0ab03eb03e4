"""The object on stdout that sums up a run or a check."""

import json
from pathlib import Path
from typing import Any, Protocol

from importer.streams import out


class Report(Protocol):
    """What both have."""

    @property
    def sheet(self) -> Path: ...
    @property
    def mapping(self) -> Path: ...
    @property
    def rows(self) -> int: ...
    @property
    def result(self) -> Path | None: ...
    @property
    def seconds(self) -> float: ...
    @property
    def exit_code(self) -> int: ...


def print_json(run: int | None, report: Report, counts: dict[str, Any], stopped: str | None) -> None:
    said = {
        "run": run,
        "sheet": str(report.sheet),
        "mapping": str(report.mapping),
        "rows": report.rows,
        **counts,
        "result": str(report.result) if report.result else None,
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "stopped": stopped,
    }
    out(json.dumps(said))
