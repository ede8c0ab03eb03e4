"""Sheets that were moved after their run: the journal learns where they are now."""

import os
from pathlib import Path

from importer.database import writing
from importer.journal import Journal

# Table and column of each path in the journal that may lie in a folder that is moved.
PATHS = (("runs", "sheet"), ("runs", "result"), ("undo_files", "path"))


def sheets_in(folder: Path, journal: Journal) -> list[Path]:
    """The sheets that were run from somewhere below this folder, in the order of their first runs."""
    inside = f"{folder}{os.sep}"
    with journal.guarded():
        found = journal.database.execute(
            "SELECT sheet FROM runs WHERE substr(sheet, 1, ?) = ? GROUP BY sheet ORDER BY min(number)",
            [len(inside), inside],
        ).fetchall()
    return [Path(sheet) for (sheet,) in found]


def moved(folder: Path, to: Path, journal: Journal) -> None:
    """All that lay in `folder` lies in `to` now, under the same names."""
    inside = f"{folder}{os.sep}"
    with journal.guarded(), writing(journal.database):
        for table, column in PATHS:
            journal.database.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608 (names from above)
                f"WHERE substr({column}, 1, ?) = ?",
                [f"{to}{os.sep}", len(inside) + 1, len(inside), inside],
            )
