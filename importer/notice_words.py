"""How a notice of a pass reads: counts and paths only, since others than the sheet's owners may read it."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from importer.cell_text import visible
from importer.history_words import outcomes_in_words
from importer.passes import ATTENTION, DONE, FAILED, WORKING, FileReport, PassReport
from importer.records import Ended
from importer.spelling import counted, duration

# Chats cut a message that is longer, and nobody reads it there.
MOST_IN_CHAT = 20

PLACES = (FAILED, ATTENTION, WORKING, DONE)

# What has stopped a pass says so in words that may quote a cell or LeadSquared: these are told instead.
STOPPED = {
    2: "the command, a mapping or a folder cannot be used",
    3: "by a rule, and the next pass goes on",
    4: "it was interrupted, and the next pass goes on",
    5: "LeadSquared refuses the keys, or cannot be reached",
    6: "another one is at work",
    7: "the journal or the disk cannot be written",
    70: "a bug in the importer",
}

CARD = "application/vnd.microsoft.card.adaptive"


def headline(report: PassReport) -> str:
    """`importer: 2 files need a person (1 failed) in /srv/leads`."""
    places = Counter(file.place for file in report.files)
    needing = places[FAILED] + places[ATTENTION] + sum(left.needs_person for left in report.left)
    said = []
    if needing:
        failed = f" ({places[FAILED]:,} failed)" if places[FAILED] else ""
        said.append(f"{counted(needing, 'file')} {'needs' if needing == 1 else 'need'} a person{failed}")
    if report.stopped:
        said.append(f"stopped early (exit code {report.stopped.exit_code})")
    if not said:
        said.append(f"{counted(places[DONE], 'file')} done" if report.files else "nothing to do")
    return visible(f"importer: {', '.join(said)} in {report.folder}")


def lines(report: PassReport, summary: Path, most: int | None = None) -> list[str]:
    """All else there is to tell; of more than `most` files only the first, those that need a person."""
    said = [
        f"Began {report.started} UTC, took {duration(report.seconds)}: "
        f"{counted(sum(file.rows for file in report.files), 'row')}{_counts(report.outcomes)}."
    ]
    if report.stopped:
        said.append(f"It stopped early: {STOPPED.get(report.stopped.exit_code, 'for a reason of its own')}.")
    files = sorted(report.files, key=lambda file: PLACES.index(file.place))
    said += map(_line, files[:most])
    if more := len(files[most:]) if most is not None else 0:
        said.append(f"and {counted(more, 'more file')}")
    stuck = sum(left.needs_person for left in report.left)
    if waiting := len(report.left) - stuck:
        said.append(f"{counted(waiting, 'file')} left for the next pass")
    if stuck:
        said.append(f"{counted(stuck, 'file')} cannot be taken: the summary says which, and why")
    if any(file.place == ATTENTION for file in report.files):
        said.append("Which rows, and what to do: the result workbook beside each file.")
    said.append(f"All else, and why something stopped: {summary}")
    # A file's name may hold a line break, or be no text at all.
    return [visible(line) for line in said]


def _line(file: FileReport) -> str:
    code = f" (exit code {file.exit_code})" if file.exit_code else ""
    return f"{file.place}: {file.path}: {counted(file.rows, 'row')}{_counts(file.outcomes)}{code}"


def _counts(outcomes: Mapping[Ended, int]) -> str:
    counts = {word: outcomes.get(word, 0) for word in Ended}
    return f", {outcomes_in_words(counts)}" if any(counts.values()) else ""


def as_json(report: PassReport, summary: Path) -> dict[str, Any]:
    return {
        "text": "\n".join([headline(report), *lines(report, summary, MOST_IN_CHAT)]),
        "exit_code": report.exit_code,
        "needs_person": report.needs_person,
        "folder": visible(str(report.folder)),
        "started": report.started,
        "seconds": round(report.seconds, 3),
        "outcomes": {word: report.outcomes[word] for word in Ended},
        "files": [
            {
                "path": visible(str(file.path)),
                "place": file.place,
                "rows": file.rows,
                "outcomes": {word: file.outcomes.get(word, 0) for word in Ended},
            }
            for file in report.files
        ],
        "left": len(report.left),
        "summary": visible(str(summary)),
    }


def for_slack(report: PassReport, summary: Path) -> dict[str, Any]:
    """Below the headline as it stands: in a file's name could be a link, or a call for everybody."""
    body = "\n".join(lines(report, summary, MOST_IN_CHAT)).replace("`", "'")
    text = f"{headline(report)}\n```\n{body}\n```"
    return {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}


def for_teams(report: PassReport, summary: Path) -> dict[str, Any]:
    """A card, of runs of text: other than its text blocks, they take no word of a file's name as markup."""
    told = [_run(headline(report), weight="Bolder")]
    told += [_run(line) for line in lines(report, summary, MOST_IN_CHAT)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": told,
    }
    return {
        "type": "message",
        "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}],
    }


def _run(text: str, **looks: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}
