"""The journal that knows what was sent from a folder: by another, that would be sent again."""

import json
from pathlib import Path

from importer.errors import UsageError
from importer.journal import Journal
from importer.trays import write_json

ITS_JOURNAL = "journal.json"


def check_journal(folder: Path, journal: Journal) -> None:
    """Raises UsageError where the folder was worked through with another; the first one is written down.

    Raises ResultError too.
    """
    file, kept_in = folder / ITS_JOURNAL, str(journal.path.parent.resolve())
    told = _told(file)
    if told and told["journal"] != journal.mark:
        raise UsageError(
            f"{folder} belongs to another journal, in {told['kept_in']}. The one in {kept_in} does not know "
            "what was sent from here, and a sheet that is put back would be sent twice; so nothing was done. "
            f"Let IMPORTER_STATE name {told['kept_in']}, on the computer where that is. Only if that journal "
            f"is lost for good, delete {file}, and put nothing back that was imported before."
        )
    now: dict[str, object] = {"journal": journal.mark, "kept_in": kept_in}
    if told != now:
        write_json(file, now)


def _told(file: Path) -> dict[str, str]:
    """What the file says; nothing where there is none. Raises UsageError."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {"journal": str(told["journal"]), "kept_in": str(told["kept_in"])}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file}, which names the journal of this folder, cannot be read. Put it back as it was; nothing "
            "was done."
        ) from error
