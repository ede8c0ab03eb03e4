"""The verb `look`: what a sheet's file is and what its columns hold, without a mapping."""

import time
from dataclasses import dataclass
from pathlib import Path

from importer.file_facts import FileFacts
from importer.profile import SheetProfile, profile_of
from importer.reading import Reading
from importer.sheet import open_sheet


@dataclass(frozen=True, slots=True)
class LookReport:
    """What was seen. `worksheet` is the one that was read; "" where the file has none."""

    sheet: Path
    reading: Reading
    file: FileFacts
    worksheet: str
    profile: SheetProfile
    seconds: float


def look(sheet: Path, reading: Reading) -> LookReport:
    """Read the whole sheet and write nothing. Raises SheetError where it cannot be read."""
    started = time.monotonic()
    opened = open_sheet(sheet, reading)
    profile = profile_of(opened, reading.header_row)
    return LookReport(sheet, reading, opened.facts, opened.worksheet, profile, time.monotonic() - started)
