"""What cannot happen, and did: told so that somebody can mend it, without people's data."""

import traceback
from pathlib import Path

from importer.errors import ImportStopped


def places_of(bug: Exception) -> str:
    """Where in the program it happened; its own text may hold a cell's content."""
    places = " < ".join(
        f"{Path(at.filename).name}:{at.lineno}" for at in traceback.extract_tb(bug.__traceback__)
    )
    return f"{type(bug).__name__} in {places}"


def bug_told(bug: Exception) -> ImportStopped:
    """What ends the run, or the file's import."""
    return ImportStopped(
        f"This is a bug in the importer ({places_of(bug)}).\n"
        "What was sent is in the journal: nothing is sent twice when the same command is run again."
    )
