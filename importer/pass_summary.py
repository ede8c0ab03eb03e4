"""What a pass has done, as JSON: one summary beside each file, and one of the whole pass."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from importer import __version__
from importer.history import past_run
from importer.journal import Journal
from importer.passes import FileReport, PassReport
from importer.records import Ended
from importer.runs import Runs


def file_as_json(file: FileReport) -> dict[str, Any]:
    return {
        "file": file.name,
        "place": file.place,
        "path": str(file.path),
        "run": file.run,
        "mapping": str(file.mapping) if file.mapping else None,
        "rows": file.rows,
        "outcomes": counts(file.outcomes),
        "result": str(file.result) if file.result else None,
        "started": file.started,
        "seconds": round(file.seconds, 3),
        "calls": file.calls,
        "refusals": file.refusals,
        "exit_code": file.exit_code,
        "stopped": file.reason or None,
        "importer": __version__,
    }


def file_from_json(told: Mapping[str, Any]) -> FileReport:
    """What `file_as_json` was made of. Raises KeyError, ValueError or TypeError for anything else."""
    return FileReport(
        told["file"], told["place"], Path(told["path"]), told["exit_code"], told["run"],
        Path(told["mapping"]) if told["mapping"] else None, told["rows"],
        {Ended(word): count for word, count in told["outcomes"].items()},
        Path(told["result"]) if told["result"] else None, told["stopped"] or "", told["started"],
        told["seconds"], told["calls"], told["refusals"],
    )  # fmt: skip


def pass_as_json(report: PassReport) -> dict[str, Any]:
    return {
        "folder": str(report.folder),
        "started": report.started,
        "ended": report.ended,
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "needs_person": report.needs_person,
        "stopped": str(report.stopped) if report.stopped else None,
        "rows": sum(file.rows for file in report.files),
        "outcomes": counts(report.outcomes),
        "files": [file_as_json(file) for file in report.files],
        "left": [
            {"file": left.name, "why": left.why, "needs_person": left.needs_person} for left in report.left
        ],
        "importer": __version__,
    }


def counts(outcomes: Mapping[Ended, int]) -> dict[str, int]:
    """All seven, those with none included."""
    return {ended.value: outcomes.get(ended, 0) for ended in Ended}


def differences(files: Iterable[FileReport], journal: Journal) -> Iterator[str]:
    """Where what is told of a file is not what the journal holds; nothing, unless the importer has a bug."""
    runs = Runs(journal)
    for file in files:
        if file.run is None:
            continue
        past = past_run(journal, runs.numbered(file.run))
        is_whole = file.rows == past.run.rows == sum(file.outcomes.values())
        # Another file's run may have settled since what nobody knew of this one's.
        more = {ended: past.outcomes[ended] - count for ended, count in file.outcomes.items()}
        settled = -more.pop(Ended.UNKNOWN, 0)
        if not is_whole or min(more.values(), default=0) < 0 or sum(more.values()) != settled:
            yield f"What the summary says of {file.name} is not what the journal holds of run {file.run}."
