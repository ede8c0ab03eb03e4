"""What a pass has done so far, on the disk: where it is killed, the next one tells of it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from importer.errors import ResultError
from importer.pass_summary import file_as_json, file_from_json
from importer.passes import WORKING, FileReport, PassReport
from importer.trays import SO_FAR, write_json


class SoFar:
    """The files that a pass has put away, until somebody was told of them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / WORKING / SO_FAR

    def files(self) -> list[FileReport]:
        """Empty where the last pass came to its end, or nothing can be read."""
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))["files"]
            return [file_from_json(each) for each in told]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def add(self, file: FileReport) -> None:
        """Before the file is moved, so that none is missing. Raises ResultError."""
        others = [each for each in self.files() if each.path != file.path]
        write_json(self._path, {"files": [file_as_json(each) for each in [*others, file]]})

    def forget(self, told: Iterable[FileReport]) -> None:
        """Everybody was told of these; what another pass has put away meanwhile stays."""
        names = {file.path.parent.name for file in told}
        others = [each for each in self.files() if each.path.parent.name not in names and each.path.exists()]
        with suppress(OSError, ResultError):
            if others:
                write_json(self._path, {"files": [file_as_json(each) for each in others]})
            else:
                self._path.unlink(missing_ok=True)

    def joined(self, report: PassReport) -> PassReport:
        """The report, with the files of earlier passes that were killed before they told of them."""
        # By its own folder, which keeps its name in every tray.
        own = {file.path.parent.name for file in report.files}
        untold = (file for file in self.files() if file.path.parent.name not in own and file.path.exists())
        return replace(report, files=(*untold, *report.files))
